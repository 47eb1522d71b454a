"""Taking a finished recovery back: the former epoch and its devices return, the newer vault is archived."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, exists, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction, read_once
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import StopReason
from webapp.models.columns import Id, new_id
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.signin.session import Ended, SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.vault import Vault


class UndoClosed(Exception):
    """The recovery can no longer be undone: its time is over, it was undone, or another one followed it."""


class Undo(Base):
    """The epoch that ended and the one that began; the devices carry `unpaired_epoch`."""

    __tablename__ = "undo"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    way: Mapped[RecoveryMethod] = mapped_column(String(30))
    former_epoch: Mapped[int]
    epoch: Mapped[int]
    former_kit: Mapped[int]
    former_kit_confirmed_at: Mapped[datetime | None]
    former_kit_verify_key: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    former_key_unconfirmed_at: Mapped[datetime | None]
    restore_request_id: Mapped[str | None] = mapped_column(String(32))
    own_recovery_id: Mapped[str | None] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime]
    undone_at: Mapped[datetime | None]

    @staticmethod
    @read_once
    def all_of(user_id: str) -> "Sequence[Undo]":
        """Every recovery that the member ever finished, undone or not, the latest first."""
        finished = select(Undo).where(Undo.user_id == user_id)
        return db.session.scalars(finished.order_by(Undo.made_at.desc(), Undo.epoch.desc())).all()

    @staticmethod
    def stack_of(user: User) -> "list[Undo]":
        """The recoveries that the present vault comes from, the latest first, down to the first whose time is over.
        They are undone in this order: else an attacker who recovered the account twice would keep it."""
        began = {each.epoch: each for each in Undo.all_of(user.id) if each.undone_at is None}
        stack = []
        epoch = user.epoch
        while (found := began.get(epoch)) and found.until > now():
            stack.append(found)
            epoch = found.former_epoch
        return stack

    @staticmethod
    def open_of(user: User) -> "Undo | None":
        """The recovery that began the present epoch, while it can be undone."""
        return next(iter(Undo.stack_of(user)), None)

    @staticmethod
    def is_uncovered(user: User) -> bool:
        """Whether a later recovery was undone. The one before it may be the member’s own, so saying “This wasn’t me”
        again doesn’t undo it unless they name it."""
        later = Undo.epoch > user.epoch, Undo.undone_at.is_not(None)
        return bool(db.session.scalar(select(exists().where(Undo.user_id == user.id, *later))))

    @staticmethod
    def account_under(user: User) -> "Undo | None":
        """The latest “Create New Account” beneath the present vault, while it can be undone: whoever began it holds the
        keys of every later epoch."""
        return next((each for each in Undo.stack_of(user) if each.way == RecoveryMethod.NEW_ACCOUNT), None)

    @staticmethod
    def bringing_back(user: User, device: Device) -> "Undo | None":
        """The recovery that unpaired the device, while it can be undone; later recoveries are undone first."""
        return next((each for each in Undo.stack_of(user) if each.brings_back(device)), None)

    @staticmethod
    def of_epoch(user: User) -> "Undo | None":
        """The recovery that began the present epoch, whether it can still be undone or not."""
        began = (each for each in Undo.all_of(user.id) if each.epoch == user.epoch and each.undone_at is None)
        return next(began, None)

    @property
    def asker(self) -> RestoreRequest | SelfServiceRecovery | None:
        """The restore request or self-service recovery that was finished; it names device and browser."""
        if self.own_recovery_id:
            return db.session.get(SelfServiceRecovery, self.own_recovery_id)
        with_backup = joinedload(RestoreRequest.backup)
        return db.session.get(RestoreRequest, self.restore_request_id or "", options=[with_backup])

    def brings_back(self, device: Device) -> bool:
        """Whether the device is one that this recovery unpaired."""
        return device.state == DeviceState.UNPAIRED and device.unpaired_epoch == self.epoch

    def undo(self, user: User, *, keep: str | None = None) -> None:
        """Bring the former epoch back, in the caller’s transaction with `user` locked. Raises UndoClosed.

        Ends every session (but the one with id `keep`) and an open restore request. The devices of the newer epoch are
        unpaired, their sealed share kept as long as an undo is.
        """
        assert in_transaction()
        db.session.refresh(self)
        if Undo.open_of(user) is not self:
            raise UndoClosed
        RestoreRequest.stop_open(user, StopReason.UNDO)
        Pairing.stop_open(user)
        self.undone_at = now()
        self._exchange_devices(user)
        former = db.session.get_one(Vault, (user.id, self.former_epoch))
        db.session.get_one(Vault, (user.id, self.epoch)).ended_at = now()
        former.ended_at = None
        user.epoch = self.former_epoch
        user.kit_number = self.former_kit
        user.kit_confirmed_at = self.former_kit_confirmed_at
        user.kit_verify_key = self.former_kit_verify_key
        user.key_unconfirmed_at = self.former_key_unconfirmed_at
        SignIn.end_every(user, but=keep, why=Ended.UNDONE)
        Event.append("recovery.undone", user.organisation_id, actor=None, subject=user, object_id=self.id)
        Notice.give(user, "recovery_undone", made_at=self.made_at.isoformat())
        facts = {"member": user.name, "email": user.email, "member_id": user.id}
        Notice.give_admins(user.organisation_id, "recovery_undone_admin", but=user.id, **facts)

    def _exchange_devices(self, user: User) -> None:
        for device in Device.of(user.id):
            if self.brings_back(device):
                device.come_back(user.reset_at)
                kind = "device.returned"
            elif device.state != DeviceState.UNPAIRED:
                TabKey.forget(device_id=device.id)
                device.unpair(None, None, now() + limits.UNDO_WINDOW)
                kind = "device.unpaired"
            else:
                continue
            Event.append(kind, user.organisation_id, subject=user, object_id=device.id)
