"""One person as the pages about them need them: found, and what may be done to their account."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import abort
from sqlalchemy.orm import joinedload

from webapp.database import db
from webapp.models.accounts.membership import may_change_role, may_manage
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.reports.coverage import Gap, gaps_of_person
from webapp.models.signin.session import SignIn
from webapp.web.access import current_member
from webapp.web.rendering import Context

SESSIONS_SHOWN = 20


@dataclass(frozen=True, kw_only=True)
class OnePerson(Context):
    """Whom a page or a part of it is about."""

    person: User


@dataclass(frozen=True, kw_only=True)
class Account(Context):
    """A person’s account, and what may be done to it."""

    manage_refusal: str | None
    """Why I may not change it, as a code."""
    role_refusal: str | None
    """Why I may not change the role, as a code."""
    sessions: Sequence[SignIn]
    """The latest."""
    sessions_number: int
    paired: Sequence[Device]
    """Those that are not unpaired."""
    opening: int
    """How many of them open the vault."""
    unpaired: Sequence[Device]
    gaps: Sequence[Gap]
    errors: Mapping[str, str] = field(default_factory=dict)
    """Codes by the part of the page."""


def find_person(user_id: str) -> User:
    """The organisation’s person with this id. Anything else is a 404."""
    user = db.session.get(User, user_id, options=[joinedload(User.second_factor)])
    if user is None or user.organisation_id != current_member().organisation_id:
        abort(404)
    return user


def account(person: User) -> Account:
    """How a person’s account stands."""
    sessions = SignIn.alive_of(person) if person.is_enabled else []
    devices = Device.of(person.id)
    left = [device for device in devices if device.state != DeviceState.UNPAIRED]
    return Account(
        manage_refusal=may_manage(current_member(), person),
        role_refusal=may_change_role(current_member(), person),
        sessions=sessions[:SESSIONS_SHOWN],
        sessions_number=len(sessions),
        paired=left,
        opening=sum(device.opens for device in left),
        unpaired=[device for device in devices if device.state == DeviceState.UNPAIRED],
        gaps=gaps_of_person(person) if person.is_enabled else [],
    )
