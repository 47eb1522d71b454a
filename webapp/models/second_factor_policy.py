"""Who has to have a second factor: the owner’s decision."""

from enum import StrEnum

from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.policy import PolicyNotChanged, locked_by_owner
from webapp.models.second_factor import SecondFactor
from webapp.models.user import User


class FactorPolicy(StrEnum):
    """For whom it is required."""

    NOBODY = "nobody"
    """Recommended to admins, offered to everyone."""
    ADMINS = "admins"
    EVERYONE = "everyone"


def change_policy(by: User, typed: str) -> None:
    """Set it and tell every other admin, in the caller’s transaction. Raises PolicyNotChanged."""
    organisation, by = locked_by_owner(by, "factor_policy_owner")
    if typed not in list(FactorPolicy):
        raise PolicyNotChanged("factor_policy_missing")
    before = organisation.second_factor_policy
    if before == typed:
        return
    organisation.second_factor_policy = typed
    Event.append("policy.second_factor_changed", organisation.id, actor=by, before=before, after=typed)
    Notice.give_admins(organisation.id, "second_factor_policy", but=by.id, owner=by.name, before=before, after=typed)


def is_required_of(user: User) -> bool:
    """Whether the policy asks this person for a second factor."""
    policy = user.organisation.second_factor_policy
    return policy == FactorPolicy.EVERYONE or (policy == FactorPolicy.ADMINS and user.is_admin)


def has_to_set_up(user: User) -> bool:
    """Whether this person is asked for one that they don’t have."""
    return is_required_of(user) and SecondFactor.of(user.id) is None
