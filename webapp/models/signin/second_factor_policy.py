"""Who has to have a second factor: the owner’s decision."""

from enum import StrEnum

from webapp.models.directory.user import User
from webapp.models.signin.second_factor import SecondFactor


class FactorPolicy(StrEnum):
    """For whom it is required."""

    NOBODY = "nobody"
    """Recommended to admins, offered to everyone."""
    ADMINS = "admins"
    EVERYONE = "everyone"


def is_required_of(user: User) -> bool:
    """Whether the policy asks this person for a second factor."""
    policy = user.organisation.second_factor_policy
    return policy == FactorPolicy.EVERYONE or (policy == FactorPolicy.ADMINS and user.is_admin)


def has_to_set_up(user: User) -> bool:
    """Whether this person is asked for one that they don’t have."""
    return is_required_of(user) and SecondFactor.of(user.id) is None
