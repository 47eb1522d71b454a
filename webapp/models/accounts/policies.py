"""What only owners set, for the whole organisation: a table of policies, each with where it is kept, what it may be,
what is recorded and who is told.

A new one is a row in `POLICIES`, its words in `templates/admin/settings/policies.html`, and the place where it takes
effect: the form, the view and the notice are the same for every `Number` and every `Choice`.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy import insert, select

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.recovery_methods import EVERY_METHOD, METHOD_NAMES
from webapp.models.columns import new_id
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.method_policy import brings_back, methods_off
from webapp.models.refusals import Refused
from webapp.models.signin.second_factor_policy import FactorPolicy
from webapp.models.vaults.retention import Retention

TOLD_AT_ONCE = 1_000
"""How many notices one statement writes."""


class PolicyNotChanged(Refused):
    """It stays as it was; `code` says why."""


@dataclass(frozen=True, kw_only=True)
class Policy:
    """One of them. `owner`: the code of the refusal for whoever is none; `event`, `notice`: the kinds that say it."""

    name: str
    event: str
    notice: str = "policy_changed"
    owner: str = "policy_owner"

    def value_of(self, organisation: Organisation) -> Any:
        """As it is set."""
        raise NotImplementedError

    def keep(self, organisation: Organisation, value: Any) -> None:
        """Set it."""
        raise NotImplementedError

    def refusal(self, organisation: Organisation, value: Any) -> str | None:
        """The code of why it may not be that; None: it may."""
        raise NotImplementedError

    def recorded(self, before: Any, after: Any) -> dict[str, Any]:
        """What the event says."""
        return {"before": before, "after": after}

    def told(self, before: Any, after: Any) -> dict[str, Any]:
        """What the notice to every other admin says."""
        return {"before": before, "after": after}

    def tell_members(self, organisation: Organisation, by: User, before: Any, after: Any) -> None:
        """Whom else it concerns: nobody."""


@dataclass(frozen=True, kw_only=True)
class Simple(Policy):
    """One column, one field of a form at `/admin/<address>`. `wrong`: the code of the refusal of any other value."""

    column: str
    address: str
    field: str = "value"
    wrong: str = "policy_wrong"

    def value_of(self, organisation: Organisation) -> Any:
        """As it is set."""
        return getattr(organisation, self.column)

    def keep(self, organisation: Organisation, value: Any) -> None:
        """Set it."""
        setattr(organisation, self.column, value)

    def told(self, before: Any, after: Any) -> dict[str, Any]:
        """What the notice says. Where several policies share a kind of notice, it names this policy."""
        named = {"policy": self.name} if self.notice == Policy.notice else {}
        return {**named, "before": before, "after": after}


@dataclass(frozen=True, kw_only=True)
class Number(Simple):
    """A whole number within bounds: the least, the usual and the most."""

    bounds: tuple[int, int, int]

    def refusal(self, organisation: Organisation, value: int) -> str | None:
        """Outside of its bounds."""
        least, _, most = self.bounds
        return None if least <= value <= most else self.wrong


@dataclass(frozen=True, kw_only=True)
class Choice(Simple):
    """One of some words."""

    choices: type[StrEnum]

    def refusal(self, organisation: Organisation, value: str) -> str | None:
        """None of them."""
        return None if value in list(self.choices) else self.wrong


@dataclass(frozen=True, kw_only=True)
class RetentionPolicy(Policy):
    """Which cloud backups stay. It is applied when a member’s next backup is made, never before."""

    def value_of(self, organisation: Organisation) -> Retention:
        """The rule."""
        return Retention.of(organisation)

    def keep(self, organisation: Organisation, value: Retention) -> None:
        """Its three columns."""
        organisation.backups_kept = value.last
        organisation.backup_days_kept = value.days
        organisation.backup_weeks_kept = value.weeks

    def refusal(self, organisation: Organisation, value: Retention) -> str | None:
        """Outside of its bounds."""
        return None if value.is_sane else "retention_range"

    def recorded(self, before: Retention, after: Retention) -> dict[str, Any]:
        """Both rules."""
        return {"before": asdict(before), **asdict(after)}

    def told(self, before: Retention, after: Retention) -> dict[str, Any]:
        """The new one."""
        return asdict(after)


@dataclass(frozen=True, kw_only=True)
class WaysPolicy(Policy):
    """Which ways back are off. One that brings a vault back has to be left: Create New Account doesn’t, nor do cloud
    backups without a key. Every member is told, too."""

    def value_of(self, organisation: Organisation) -> frozenset[str]:
        """Those that are off."""
        return methods_off(organisation.id)

    def keep(self, organisation: Organisation, value: frozenset[str]) -> None:
        """In one column; the lists of requests say whether they can be approved."""
        organisation.ways_off = " ".join(sorted(value))
        Organisation.touch_requests(organisation.id)

    def refusal(self, organisation: Organisation, value: frozenset[str]) -> str | None:
        """None would be left."""
        works = any(brings_back(way, organisation.id) for way in EVERY_METHOD if way not in value)
        return None if works else "ways_none"

    def recorded(self, before: frozenset[str], after: frozenset[str]) -> dict[str, Any]:
        """By name, what is off."""
        return {"before": _named(before) or "nothing", "after": _named(after) or "nothing"}

    def told(self, before: frozenset[str], after: frozenset[str]) -> dict[str, Any]:
        """By name, what is off and what is on."""
        return {"off": _named(after), "on": _named(set(EVERY_METHOD) - after)}

    def tell_members(self, organisation: Organisation, by: User, before: Any, after: Any) -> None:
        """As `Notice.give(member, "ways_changed", …)` would, for ten thousand of them in ten statements."""
        details = {"owner": by.name, **self.told(before, after)}
        members = select(User.id).where(User.organisation_id == organisation.id, User.disabled_at.is_(None))
        ids = db.session.scalars(members.where(User.role == Role.MEMBER)).all()
        at = now()
        common = {"kind": "ways_changed", "details": details, "made_at": at, "next_try_at": at, "tries": 0}
        for begin in range(0, len(ids), TOLD_AT_ONCE):
            some = ids[begin:][:TOLD_AT_ONCE]
            rows = [{"id": new_id(), "user_id": each, "last_error": "", **common} for each in some]
            db.session.execute(insert(Notice), rows)


METHODS = WaysPolicy(name="ways", event="policy.ways_changed", notice="ways_changed_admin", owner="ways_owner")
RETENTION = RetentionPolicy(
    name="retention", event="policy.retention_changed", notice="retention_changed", owner="retention_owner"
)
SIMPLE: tuple[Number | Choice, ...] = (
    Number(  # requests that are open keep the longer of two waits, so nobody shortens one they are in
        name="waiting_time",
        column="approval_wait_hours",
        bounds=limits.APPROVAL_WAIT_HOURS,
        address="waiting-time",
        field="hours",
        owner="wait_owner",
        wrong="wait_range",
        event="policy.wait_changed",
        notice="wait_changed",
    ),
    Choice(
        name="second_factor",
        column="second_factor_policy",
        choices=FactorPolicy,
        address="second-factor-policy",
        field="policy",
        owner="factor_policy_owner",
        wrong="factor_policy_missing",
        event="policy.second_factor_changed",
        notice="second_factor_policy",
    ),
)
POLICIES: tuple[Policy, ...] = (METHODS, *SIMPLE, RETENTION)


def change(policy: Policy, by: User, value: Any) -> None:
    """Set it and tell every other admin, in the caller’s transaction; the same again changes nothing. Raises
    PolicyNotChanged."""
    organisation, by = locked_by_owner(by, policy.owner)
    code = policy.refusal(organisation, value)
    if code:
        raise PolicyNotChanged(code)
    before = policy.value_of(organisation)
    if before == value:
        return
    policy.keep(organisation, value)
    Event.append(policy.event, organisation.id, actor=by, **policy.recorded(before, value))
    Notice.give_admins(organisation.id, policy.notice, but=by.id, owner=by.name, **policy.told(before, value))
    policy.tell_members(organisation, by, before, value)


def allow_methods(by: User, allowed: Collection[str]) -> None:
    """Allow these ways and no other, in the caller’s transaction. Raises PolicyNotChanged."""
    if not set(allowed) <= set(EVERY_METHOD):
        locked_by_owner(by, METHODS.owner)
        raise PolicyNotChanged("ways_unknown")
    change(METHODS, by, frozenset(EVERY_METHOD) - set(allowed))


def locked_by_owner(by: User, refusal: str) -> tuple[Organisation, User]:
    """The organisation, locked until the caller’s transaction ends, and whoever sets something there as they stand now
    that no role changes meanwhile. Raises PolicyNotChanged with the code `refusal` unless that is an enabled owner."""
    assert in_transaction()
    organisation = Organisation.locked(by.organisation_id)
    by = db.session.get_one(User, by.id, populate_existing=True)
    if by.role != Role.OWNER or not by.is_enabled:
        raise PolicyNotChanged(refusal)
    return organisation, by


def _named(ways: Collection[str]) -> str:
    return ", ".join(name for way, name in METHOD_NAMES.items() if way in ways)
