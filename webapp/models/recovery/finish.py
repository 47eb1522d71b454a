"""Finish of a recovery: one transaction in which the member’s vault changes hands, whole or not at all."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import update

from webapp import limits
from webapp.clock import now
from webapp.crypto.signatures import finish_bytes, verify
from webapp.database import db, in_transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import State, StopReason
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import Ended, SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.vault import StaleVault, Vault


@dataclass(frozen=True)
class Finish:
    """What the new device sends: the new epoch’s first file with the keys and lock that go with it."""

    epoch: int
    counter: int
    base_sha256: str
    verify_key: bytes
    ended_signature: bytes
    """By the key of the epoch that ends; empty where a new account is begun without it."""
    keyslot: bytes
    server_share: bytes
    proof: bytes
    version: int
    """Of the device lock. A browser that tries again with another PIN counts on, so that each salt has its number."""
    name: str
    kit: int
    kit_verify_key: bytes | None
    items: int
    file: bytes
    file_sha256: str
    organisation_key: str | None = ""
    """Fingerprint of the recovery key that the new vault has on record; None: nobody compared any. "": not told, by a
    page from before browsers told it."""


def finish_restore(request: RestoreRequest, user: User, sign_in_id: str, origin: str, sent: Finish) -> Device:
    """Begin the new epoch, in the caller’s transaction with `user` locked. Returns the new device.

    The same Finish again changes nothing and returns the same device. Raises IllegalMove (the request is not
    released), StaleVault (the vault moved on since: read it again), BadSignature (the ended epoch’s key did not sign).
    """
    assert in_transaction()
    if request.state == State.COMPLETED and request.finished_sha256 == sent.file_sha256:
        return db.session.get_one(Device, request.device_id)
    request.require_released()
    former = _require_current(user, sent)
    _verify(request, request.id, user, origin, former, sent)
    request.finish(user, sent.file_sha256)
    return _change_hands(
        request, user, sign_in_id, sent, way=RecoveryMethod.CLOUD_BACKUP, restore_request_id=request.id
    )


def finish_own(own: SelfServiceRecovery, user: User, sign_in: SignIn, origin: str, sent: Finish) -> Device:
    """The same for a recovery that needed nobody’s help; an open restore request is stopped by it.

    Raises RecoveryOver, OnHold, PasswordNeeded, StaleVault, BadSignature.
    """
    assert in_transaction()
    if own.finished_at and own.finished_sha256 == sent.file_sha256:
        return db.session.get_one(Device, own.id)
    own.require_open(user, sign_in)
    former = _require_current(user, sent)
    if own.way != RecoveryMethod.NEW_ACCOUNT:
        _verify(own, str(own.way), user, origin, former, sent)
    own.finish(user, sign_in, sent.file_sha256)
    RestoreRequest.stop_open(user, StopReason.RECOVERED)
    return _change_hands(own, user, sign_in.id, sent, way=own.way, own_recovery_id=own.id)


def _require_current(user: User, sent: Finish) -> Vault:
    former = Vault.current(user)
    assert former is not None
    if sent.epoch != Vault.next_epoch(user.id) or sent.base_sha256 != former.sha256:
        raise StaleVault(former)
    # A leap is bounded, or a recovery could use the numbers up and leave none for later ones: a new account needs only
    # the password.
    leaps = (sent.counter - former.counter, limits.COUNTER_LEAP), (sent.kit - user.kit_number, limits.KIT_LEAP)
    if not all(0 < leap <= most for leap, most in leaps):
        raise StaleVault(former)
    return former


def _verify(
    asker: RestoreRequest | SelfServiceRecovery, reference: str, user: User, origin: str, former: Vault, sent: Finish
) -> None:
    signed = finish_bytes(
        origin,
        user.organisation_id,
        user.id,
        reference,
        (former.epoch, sent.epoch),
        asker.device_id,
        (asker.sign_public, asker.recipient),
        sent.verify_key,
        bytes.fromhex(sent.file_sha256),
    )
    verify("spare-key/v1/finish", signed, sent.ended_signature, former.verify_key)


def _change_hands(
    asker: RestoreRequest | SelfServiceRecovery, user: User, sign_in_id: str, sent: Finish, **undo_facts: Any
) -> Device:
    """Everything that a recovery changes, whichever way it came."""
    Pairing.stop_open(user)
    undo = _keep_undo(user, sent, **undo_facts)
    device = _enrol(asker, user, sent, undo)
    Vault.begin(user, device.id, sent.epoch, sent.verify_key, sent.counter, sent.items, sent.file)
    user.kit_number = sent.kit
    user.kit_confirmed_at = None
    user.kit_verify_key = sent.kit_verify_key
    _note_key(user, sent)
    SignIn.end_every(user, but=sign_in_id, why=Ended.RECOVERED)
    db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(device_id=device.id, looked_at=now()))
    TabKey.mark(sign_in_id, device.id)
    return device


def _note_key(user: User, sent: Finish) -> None:
    """Record whether cloud backups go on: they stop while the new vault names no recovery key that anybody compared."""
    if sent.organisation_key:
        user.key_unconfirmed_at = None
    elif sent.organisation_key is None and user.cloud_backups_at and user.key_unconfirmed_at is None:
        user.key_unconfirmed_at = now()
        Event.append("cloud_backups.unconfirmed", user.organisation_id, actor=user, subject=user)


def _keep_undo(user: User, sent: Finish, *, way: RecoveryMethod, **reference: Any) -> Undo:
    window = limits.NEW_ACCOUNT_UNDO_WINDOW if way == RecoveryMethod.NEW_ACCOUNT else limits.UNDO_WINDOW
    account = Undo.account_under(user)  # a later recovery must not shorten the undo of a new account
    undo = Undo(
        user_id=user.id,
        way=way,
        former_epoch=user.epoch,
        epoch=sent.epoch,
        former_kit=user.kit_number,
        former_kit_confirmed_at=user.kit_confirmed_at,
        former_kit_verify_key=user.kit_verify_key,
        former_key_unconfirmed_at=user.key_unconfirmed_at,
        until=max(now() + window, account.until) if account else now() + window,
        **reference,
    )
    db.session.add(undo)
    return undo


def _enrol(asker: RestoreRequest | SelfServiceRecovery, user: User, sent: Finish, undo: Undo) -> Device:
    """Make the asking device the one active device; the others keep their sealed share for an undo."""
    device = Device(
        id=asker.device_id,
        user_id=user.id,
        name=sent.name,
        browser=asker.browser,
        recipient=asker.recipient,
        sign_public=asker.sign_public,
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
