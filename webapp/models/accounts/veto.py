"""“This wasn’t me”: the member stops what somebody does in their name, from a mail or from a device of theirs."""

from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from webapp import limits
from webapp.database import db, in_transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import StopReason
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import Ended, SignIn
from webapp.models.signin.tab_key import TabKey


@dataclass(frozen=True)
class Running:
    """What there is to stop: an open restore request or pairing, a recovery that was begun or can be undone, or
    nothing; and what can’t be stopped any more."""

    asked: RestoreRequest | None
    begun: SelfServiceRecovery | None
    """One that needs nobody’s help, and has shown a key of the vault."""
    pairing: Pairing | None
    """The open one, or one that has got the vault key lately without being completed."""
    stack: list[Undo]
    """What can be undone, one after the other, the latest first."""
    hold: Hold | None

    @staticmethod
    def of(user: User) -> "Running":
        """As things stand for this member."""
        pairing = Pairing.open_of(user.id) or Pairing.unfinished_of(user.id)
        restore_request = RestoreRequest.open_of(user.id)
        begun = SelfServiceRecovery.open_of(user)
        stack = Undo.stack_of(user)
        if begun and stack and begun.made_at < stack[0].made_at:
            begun = None  # the member came back another way
        return Running(restore_request, begun, pairing, stack, Hold.of(user.id))

    @property
    def undo(self) -> Undo | None:
        """The latest recovery, while it can be undone."""
        return next(iter(self.stack), None)

    def concerning(self, device: Device) -> RestoreRequest | SelfServiceRecovery | Undo | None:
        """What this device shows unasked: a recovery in another browser, or the recovery that unpaired this device."""
        if device.state == DeviceState.UNPAIRED:
            return next((each for each in self.stack if each.brings_back(device)), None)
        runs = self.asked or self.begun
        return runs if runs and runs.device_id != device.id else None


def speaks_for_member(device: Device, user: User) -> bool:
    """Whether this device’s key is enough to say “This wasn’t me”. It is not after the device was unpaired, unless an
    undo can bring it back."""
    return device.state != DeviceState.UNPAIRED or Undo.bringing_back(user, device) is not None


def handed_out(hold: Hold) -> bool:
    """Whether somebody may have read the vault shortly before the hold: a backup was released, a pairing handed over
    the vault key, or a self-service recovery fetched the newest vault."""
    since = hold.made_at - limits.UNDO_WINDOW
    restore_request = RestoreRequest.latest_of(hold.user_id)
    if restore_request and restore_request.released_at and since < restore_request.released_at <= hold.made_at:
        return True
    confirmed = Pairing.confirmed_at > since, Pairing.confirmed_at <= hold.made_at
    shown = (
        SelfServiceRecovery.made_at > since,
        SelfServiceRecovery.made_at <= hold.made_at,
        SelfServiceRecovery.way != RecoveryMethod.NEW_ACCOUNT,
    )
    paired = exists().where(Pairing.user_id == hold.user_id, *confirmed)
    return bool(
        db.session.scalar(select(or_(paired, exists().where(SelfServiceRecovery.user_id == hold.user_id, *shown))))
    )


def veto(user: User, said_with: str, undo_id: str = "") -> None:
    """Stop the open restore request and pairing, hold the account, end every session and lock every open tab; undo the
    finished recovery, where it is the one of this id: it may have been the member’s own. In the caller’s transaction
    with `user` locked; again changes nothing more."""
    assert in_transaction()
    Event.append("recovery.vetoed", user.organisation_id, subject=user, said_with=said_with)
    RestoreRequest.stop_open(user, StopReason.VETO)
    Pairing.stop_open(user)
    for device in Device.of(user.id):
        TabKey.forget(device_id=device.id)
    undo = Undo.open_of(user)
    if undo and undo.id == undo_id:
        undo.undo(user)
    else:
        SignIn.end_every(user, why=Ended.VETOED)
    SignIn.forget_browsers(user.id)
    Hold.begin(user, said_with)
