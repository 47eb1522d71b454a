"""Which ways back the organisation allows: owners switch them, everybody is told, every step of a way asks here.

The stricter wins for what waits: a request, pairing or recovery that is under way stands still at its next step while
its way is off, and goes on if it is allowed again in time. It can always be withdrawn.
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import insert, select

from webapp.clock import now
from webapp.database import db
from webapp.models.columns import new_id
from webapp.models.event import Event
from webapp.models.notice import Notice
from webapp.models.organisation import Organisation
from webapp.models.organisation_key import OrganisationKey
from webapp.models.policy import PolicyNotChanged, locked_by_owner
from webapp.models.user import Role, User
from webapp.models.way import EVERY_WAY, WAY_NAMES, Way, WayOff

TOLD_AT_ONCE = 1_000
"""How many notices one statement writes."""


def ways_off(organisation_id: str) -> frozenset[str]:
    """What is switched off now, whatever was loaded before."""
    text = db.session.scalar(select(Organisation.ways_off).where(Organisation.id == organisation_id))
    return frozenset((text or "").split())


def demand_way(organisation_id: str, way: str) -> None:
    """Raises WayOff where the organisation has switched this way off."""
    if way in ways_off(organisation_id):
        raise WayOff(way)


def change_ways(by: User, allowed: Collection[str]) -> None:
    """Allow these ways and no other, and tell everybody, in the caller’s transaction. Raises PolicyNotChanged.

    One that brings a vault back has to be left: Create New Account doesn’t, nor do cloud backups without a key.
    """
    organisation, by = locked_by_owner(by, "ways_owner")
    if not set(allowed) <= set(EVERY_WAY):
        raise PolicyNotChanged("ways_unknown")
    if not any(brings_back(way, organisation.id) for way in allowed):
        raise PolicyNotChanged("ways_none")
    before, after = ways_off(organisation.id), set(EVERY_WAY) - set(allowed)
    if before == after:
        return
    organisation.ways_off = " ".join(sorted(after))
    Organisation.touch_requests(organisation.id)
    facts: dict[str, Any] = {"off": _named(after), "on": _named(allowed)}
    kept: dict[str, Any] = {"before": _named(before) or "nothing", "after": facts["off"] or "nothing"}
    Event.append("policy.ways_changed", organisation.id, actor=by, **kept)
    Notice.give_admins(organisation.id, "ways_changed_admin", but=by.id, owner=by.name, **facts)
    _tell_members(organisation.id, owner=by.name, **facts)


def brings_back(way: str, organisation_id: str) -> bool:
    """Whether this way, where it is allowed, can lead back to a vault, and will next week."""
    from webapp.models.key_removal import KeyRemoval

    if way == Way.CLOUD_BACKUP:
        goes = any(removal.key_id is None for removal in KeyRemoval.waiting(organisation_id))
        return OrganisationKey.active(organisation_id) is not None and not goes
    return way != Way.NEW_ACCOUNT


def other_ways(organisation_id: str) -> list[str]:
    """The allowed ways that bring a vault back without a cloud backup, in the order of the doors."""
    off = ways_off(organisation_id) | {Way.CLOUD_BACKUP, Way.NEW_ACCOUNT}
    return [way for way in WAY_NAMES if way not in off]


def _named(ways: Collection[str]) -> str:
    return ", ".join(name for way, name in WAY_NAMES.items() if way in ways)


def _tell_members(organisation_id: str, **details: Any) -> None:
    """As `Notice.give(member, "ways_changed", …)` would, for ten thousand of them in ten statements."""
    members = select(User.id).where(User.organisation_id == organisation_id, User.disabled_at.is_(None))
    ids, at = db.session.scalars(members.where(User.role == Role.MEMBER)).all(), now()
    common = {"kind": "ways_changed", "details": details, "made_at": at, "next_try_at": at, "tries": 0}
    for begin in range(0, len(ids), TOLD_AT_ONCE):
        rows = [{"id": new_id(), "user_id": each, "last_error": "", **common} for each in ids[begin:][:TOLD_AT_ONCE]]
        db.session.execute(insert(Notice), rows)
