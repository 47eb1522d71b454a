"""One person as the pages about them need them: found, and what may be done to their account."""

from typing import Any

from flask import abort

from webapp.database import db
from webapp.models import Device, DeviceState, Role, SignIn, User
from webapp.models.coverage import gaps_of_person
from webapp.models.membership import may_change_role, may_manage
from webapp.security import me

SESSIONS_SHOWN = 20


def find_person(user_id: str) -> User:
    """The organisation’s person with this id. Anything else is a 404."""
    found = db.session.get(User, user_id)
    if found is None or found.organisation_id != me().organisation_id:
        abort(404)
    return found


def member_facts(person: User) -> dict[str, Any]:
    """What the fragments about an account need."""
    sessions = SignIn.alive_of(person) if person.is_enabled else []
    devices = Device.of(person.id)
    left = [device for device in devices if device.state != DeviceState.UNPAIRED]
    return {
        "manage_refusal": may_manage(me(), person),
        "role_refusal": may_change_role(me(), person),
        "roles": list(Role),
        "sessions": sessions[:SESSIONS_SHOWN],
        "sessions_number": len(sessions),
        "paired": left,
        "opening": sum(device.opens for device in left),
        "unpaired": [device for device in devices if device.state == DeviceState.UNPAIRED],
        "gaps": gaps_of_person(person) if person.is_enabled else [],
        "errors": {},
    }
