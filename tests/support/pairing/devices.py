"""Further devices of a member, as a pairing leaves them, and what the member does with them."""

import secrets
from collections.abc import Callable

from sqlalchemy import select

from tests.support.people.people import Person
from tests.support.vault.devices import MadeDevice
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.accounts.unpairing import acting_device, unpair
from webapp.models.columns import new_id
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


def add_device(
    person: Person, name: str = "Chrome on Android", state: DeviceState = DeviceState.ACTIVE, *, own_name: str = ""
) -> MadeDevice:
    """A device beside `person.device`, which opens the same vault. The list inside the vault doesn’t know it."""
    device = person.new_device()
    device.name = own_name or name
    if person.device:
        device.vault_key, device.kit = person.device.vault_key, person.device.kit
    lock = device.lock()
    with person.app.app_context(), transaction() as session:
        row = Device(
            id=device.id,
            user_id=person.user_id,
            name=device.name,
            browser=name,
            sign_public=device.sign_public,
            recipient=device.recipient,
            state=state,
            tries_left=limits.PIN_TRIES,
        )
        session.add(row)
        session.flush()
        DeviceLock.store(row, 1, lock["keyslot"], lock["server_share"], lock["proof"])
    return device


def session_of(user_id: str) -> str:
    """The id of a session of theirs that is alive, in an application context; a new one where there is none."""
    user = db.session.get_one(User, user_id)
    for found in SignIn.alive_of(user):
        return found.id
    facts = {"browser": "Firefox on Linux", "address": "192.0.2.1"}
    with transaction() as session:
        row = SignIn(
            id=secrets.token_hex(32), user_id=user_id, session_epoch=User.locked(user_id).session_epoch, **facts
        )
        session.add(row)
        return row.id


def open_tab(person: Person, device: MadeDevice | None = None) -> None:
    """The person’s own browser has the vault open, as after the right PIN."""
    opened = device or person.device
    assert opened
    with person.app.app_context(), transaction() as session:
        query = select(SignIn).where(SignIn.user_id == person.user_id, SignIn.device_id == opened.id)
        for found in session.scalars(query):
            TabKey.mark(found.id, opened.id)
            TabKey.store(new_id(), found, opened.id, bytes(32))


def doing(person: Person, verb: Callable[..., object], *device_ids: str) -> object:
    """As the view does it, by the person’s own browser."""
    with transaction() as session:
        user = User.locked(person.user_id)
        found = session.scalars(select(SignIn).where(SignIn.user_id == user.id).order_by(SignIn.created_at)).first()
        assert found
        if not TabKey.is_open(found, found.device_id or ""):  # the PIN is typed for it
            found.last_active_at = now()
            TabKey.mark(found.id, found.device_id or "")
        by = acting_device(user, found.id)
        devices = [session.get_one(Device, each) for each in device_ids]
        if verb is unpair:
            return len(unpair(user, by, devices))
        return verb(user, by, *devices)


def told(*kinds: str) -> list[str]:
    """Which notices of these kinds were given."""
    return list(db.session.scalars(select(Notice.kind).where(Notice.kind.in_(kinds)).order_by(Notice.made_at)))
