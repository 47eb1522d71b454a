"""Devices that came by a pairing, as rows: what they unpair, and what “This wasn’t me” does about them."""

from tests.support.pairing.devices import add_device
from tests.support.pairing.rows import pairing_row
from tests.support.people.people import Person
from tests.support.vault.devices import MadeDevice
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.models.accounts.recently_paired import RecentlyPaired, revoke_recent
from webapp.models.accounts.unpairing import unpair
from webapp.models.accounts.veto import veto
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing


def add_paired(person: Person, name: str = "Chrome on Android") -> MadeDevice:
    """A device that a pairing made a moment ago."""
    made = add_device(person, name)
    with person.app.app_context():
        pairing_id = pairing_row(person, State.COMPLETED, person.device.id if person.device else None)
        with transaction() as session:
            row = session.get_one(Pairing, pairing_id)
            row.device_id, row.ended_at = made.id, now()
    return made


def unpair_by(person: Person, by: MadeDevice, *devices: MadeDevice) -> None:
    """As that device’s own page does it."""
    with person.app.app_context(), transaction() as session:
        rows = [session.get_one(Device, each.id) for each in devices]
        unpair(User.locked(person.user_id), session.get_one(Device, by.id), rows)


def listed(person: Person, said_by: MadeDevice | None = None) -> dict[str, list[str]]:
    """The ids of what the page of a link lists, and of what each has unpaired."""
    with person.app.app_context():
        user = db.session.get_one(User, person.user_id)
        by = db.session.get(Device, said_by.id if said_by else "")
        return {each.device.id: [gone.id for gone in each.has_unpaired] for each in RecentlyPaired.of(user, by)}


def say(person: Person, *ticked: MadeDevice, said_by: MadeDevice | None = None, undo_id: str = "") -> None:
    """“This wasn’t me”, with these ticked; by mail, or with a device."""
    with person.app.app_context(), transaction() as session:
        user = User.locked(person.user_id)
        by = session.get(Device, said_by.id if said_by else "")
        ids = {each.id for each in ticked}
        paired = [each for each in RecentlyPaired.of(user, by) if each.device.id in ids]
        veto(user, "a link from a mail", undo_id)
        revoke_recent(user, paired, "a link from a mail")


def state(person: Person, device: MadeDevice) -> str:
    """As the database has it now."""
    with person.app.app_context():
        return str(db.session.get_one(Device, device.id).state)
