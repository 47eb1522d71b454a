"""Finish of a cloud restore: one transaction in which the member’s vault changes hands, whole or not at all."""

from dataclasses import dataclass

from sqlalchemy import update

from webapp import limits
from webapp.clock import now
from webapp.crypto.signatures import finish_bytes, verify
from webapp.database import db, in_transaction
from webapp.flows.restore_request import IllegalMove, Move, State
from webapp.models.device import Device, DeviceState
from webapp.models.device_lock import DeviceLock
from webapp.models.event import Event
from webapp.models.pairing import Pairing
from webapp.models.restore_request import RestoreRequest
from webapp.models.sign_in import SignIn
from webapp.models.tab_key import TabKey
from webapp.models.undo import Undo
from webapp.models.user import User
from webapp.models.vault import StaleVault, Vault


@dataclass(frozen=True)
class Finish:
    """What the new device sends: the new epoch’s first file with the keys and lock that go with it."""

    epoch: int
    counter: int
    base_sha256: str
    verify_key: bytes
    ended_signature: bytes
    keyslot: bytes
    server_share: bytes
    proof: bytes
    version: int
    """Of the device lock. A browser that tries again with another PIN counts on, so that each salt has its number."""
    name: str
    kit: int
    items: int
    file: bytes
    file_sha256: str


def finish_restore(request: RestoreRequest, user: User, sign_in_id: str, origin: str, sent: Finish) -> Device:
    """Begin the new epoch, in the caller’s transaction with `user` locked. Returns the new device.

    The same Finish again changes nothing and returns the same device. Raises IllegalMove (the request is not
    released), StaleVault (the vault moved on since: read it again), BadSignature (the ended epoch’s key did not sign).
    """
    assert in_transaction()
    if request.state == State.COMPLETED and request.finished_sha256 == sent.file_sha256:
        return db.session.get_one(Device, request.device_id)
    if request.state != State.RELEASED:
        raise IllegalMove(State(request.state), Move.FINISH)
    former = Vault.current(user)
    assert former is not None
    if sent.epoch != Vault.next_epoch(user.id) or sent.base_sha256 != former.sha256 or sent.counter <= former.counter:
        raise StaleVault(former)
    _verify(request, user, origin, former, sent)
    request.finish(user, sent.file_sha256)
    Pairing.stop_open(user)
    undo = _keep_undo(request, user, former, sent)
    device = _enrol(request, user, sent, undo)
    Vault.begin(user, device.id, sent.epoch, sent.verify_key, sent.counter, sent.items, sent.file)
    user.kit_number, user.kit_confirmed_at = sent.kit, None
    user.end_sessions(but=sign_in_id)
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(device_id=device.id, looked_at=now()))
    TabKey.mark(sign_in_id, device.id)
    return device


def _verify(request: RestoreRequest, user: User, origin: str, former: Vault, sent: Finish) -> None:
    signed = finish_bytes(
        origin,
        user.organisation_id,
        user.id,
        request.id,
        (former.epoch, sent.epoch),
        request.device_id,
        (request.sign_public, request.recipient),
        sent.verify_key,
        bytes.fromhex(sent.file_sha256),
    )
    verify("spare-key/v1/finish", signed, sent.ended_signature, former.verify_key)


def _keep_undo(request: RestoreRequest, user: User, former: Vault, sent: Finish) -> Undo:
    undo = Undo(
        user_id=user.id,
        way="cloud_backup",
        former_epoch=former.epoch,
        epoch=sent.epoch,
        former_kit=user.kit_number,
        former_kit_confirmed_at=user.kit_confirmed_at,
        restore_request_id=request.id,
        until=now() + limits.UNDO_WINDOW,
    )
    db.session.add(undo)
    return undo


def _enrol(request: RestoreRequest, user: User, sent: Finish, undo: Undo) -> Device:
    """Make the request’s device the one active device; the others keep their sealed share for an undo."""
    device = Device(
        id=request.device_id,
        user_id=user.id,
        name=sent.name,
        browser=request.browser,
        recipient=request.recipient,
        sign_public=request.sign_public,
        tries_left=limits.PIN_TRIES,
    )
    for other in Device.of(user.id):
        TabKey.forget(device_id=other.id)
        if other.state != DeviceState.UNPAIRED:
            other.unpair(device, sent.epoch, undo.until)
            Event.append("device.unpaired", user.organisation_id, actor=user, subject=user, object_id=other.id)
    db.session.add(device)
    db.session.flush()
    DeviceLock.store(device, sent.version, sent.keyslot, sent.server_share, sent.proof)
    Event.append("device.enrolled", user.organisation_id, actor=user, subject=user, object_id=device.id)
    return device
