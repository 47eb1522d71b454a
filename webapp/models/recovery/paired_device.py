"""The last step of a pairing: the new device is stored, with its lock, beside the others."""

from dataclasses import dataclass

from sqlalchemy import update

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.flows.pairing import IllegalMove, Move, State
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.pairing.pairing import Pairing
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


@dataclass(frozen=True)
class PairedDevice:
    """What the new device sends once it holds the vault key: its lock."""

    keyslot: bytes
    server_share: bytes
    proof: bytes
    version: int
    name: str


def complete_pairing(pairing: Pairing, user: User, sign_in_id: str, sent: PairedDevice) -> Device:
    """Store it and make it active, in the caller’s transaction with `user` locked. Again changes nothing. Raises
    IllegalMove. Epoch, vault and the other devices stay as they are."""
    assert in_transaction()
    if pairing.state == State.COMPLETED:
        return db.session.get_one(Device, pairing.device_id)
    if pairing.state != State.CONFIRMED:
        raise IllegalMove(State(pairing.state), Move.COMPLETE)
    pairing.complete()
    device = Device(
        id=pairing.device_id,
        user_id=user.id,
        name=sent.name,
        browser=pairing.browser,
        recipient=pairing.recipient,
        sign_public=pairing.sign_public,
        tries_left=limits.PIN_TRIES,
    )
    db.session.add(device)
    db.session.flush()
    DeviceLock.store(device, sent.version, sent.keyslot, sent.server_share, sent.proof)
    Event.append("device.enrolled", user.organisation_id, actor=user, subject=user, object_id=device.id)
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(device_id=device.id, looked_at=now()))
    TabKey.mark(sign_in_id, device.id)
    return device
