"""A recovery that needs nobody’s help: with a local backup, with the Recovery Kit, or from nothing.

Whoever begins one proves to hold a key of the vault before anything is handed out; who begins anew has none, gets
nothing, and has typed the sign-in password lately.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto.signatures import own_recovery_bytes, verify
from webapp.database import Base, db, in_transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.approval.hold import Hold, OnHold
from webapp.models.columns import Id, Name
from webapp.models.devices.ids import is_taken
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.method_policy import require_method
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import Vault

LABEL = "spare-key/v1/own-recovery"


class KitUnknown(Exception):
    """The present kit is from before kits could prove themselves: it opens files, and begins no recovery."""


class PasswordNeeded(Exception):
    """Who holds no key of the vault types the sign-in password first."""


class RecoveryOver(Exception):
    """It was finished before with another file, its time is up, or its session ended."""


class SelfServiceRecovery(Base):
    """One new device of one session on its way to the vault. The id is the device’s."""

    __tablename__ = "own_recovery"
    __table_args__ = (Index("ix_own_recovery_by_time", "organisation_id", "made_at"),)

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    sign_in_id: Mapped[str] = mapped_column(String(64), index=True)
    """The session that began it, and alone can go on: a reset, or “This wasn’t me”, ends it."""
    way: Mapped[RecoveryMethod] = mapped_column(String(30))
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    recipient: Mapped[Name]
    browser: Mapped[Name]
    address: Mapped[str] = mapped_column(String(45))
    made_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]
    finished_sha256: Mapped[str] = mapped_column(String(64), default="")
    """The first vault file of the new epoch, so that a repeated Finish is recognised."""

    @property
    def device_id(self) -> str:
        """The device it is for."""
        return self.id

    @property
    def is_open(self) -> bool:
        """Whether it can still be finished: not done, and its time not up."""
        return self.finished_at is None and now() < self.made_at + limits.OWN_RECOVERY_LIFE

    @staticmethod
    def of_session(sign_in_id: str, device_id: str) -> "SelfServiceRecovery | None":
        """What this session began for this device."""
        recovery = db.session.get(SelfServiceRecovery, device_id)
        return recovery if recovery and recovery.sign_in_id == sign_in_id else None

    @staticmethod
    def open_of(user: User) -> "SelfServiceRecovery | None":
        """The latest that has shown a key of the vault, was not finished, and whose session goes on."""
        begun = select(SelfServiceRecovery).where(
            SelfServiceRecovery.user_id == user.id, SelfServiceRecovery.way != RecoveryMethod.NEW_ACCOUNT
        )
        found = db.session.scalars(
            begun.where(
                SelfServiceRecovery.finished_at.is_(None),
                SelfServiceRecovery.made_at > now() - limits.OWN_RECOVERY_LIFE,
            ).order_by(SelfServiceRecovery.made_at.desc())
        ).all()
        return next((each for each in found if SignIn.alive(each.sign_in_id)), None)

    @staticmethod
    def tidy() -> None:
        """Forget what was begun long ago and never finished; what was finished says how a vault came to be."""
        assert in_transaction()
        long_ago = SelfServiceRecovery.made_at <= now() - limits.OWN_RECOVERY_KEPT
        db.session.execute(delete(SelfServiceRecovery).where(SelfServiceRecovery.finished_at.is_(None), long_ago))

    def begin(self, user: User, sign_in: SignIn, proof: bytes | None, origin: str) -> "SelfServiceRecovery":
        """Check the proof and keep it, in the caller’s transaction with `user` locked; the same again changes nothing.

        Raises OnHold, MethodOff, BadSignature (another key than that of the present epoch or kit), KitUnknown,
        PasswordNeeded, RecoveryOver (the device’s id was used before, or the session ended).
        """
        assert in_transaction()
        self._require_allowed(user, sign_in)
        self._verify(user, proof, origin)
        earlier = SelfServiceRecovery.of_session(sign_in.id, self.id)
        if earlier and earlier.is_open and earlier._device() == self._device():
            return earlier
        if is_taken(self.id):
            raise RecoveryOver
        db.session.add(self)
        facts = {"way": str(self.way), "browser": self.browser, "address": self.address}
        Event.append("own_recovery.begun", user.organisation_id, actor=user, subject=user, object_id=self.id, **facts)
        if self.way != RecoveryMethod.NEW_ACCOUNT and not self._is_told(sign_in):
            Notice.give(user, "own_recovery_begun", recovery=sign_in.notice_id, sign_in=sign_in.notice_id, **facts)
        return self

    def require_open(self, user: User, sign_in: SignIn) -> None:
        """That it may be finished now, with `user` locked. Raises RecoveryOver, OnHold, MethodOff, PasswordNeeded."""
        assert in_transaction()
        if not self.is_open:
            raise RecoveryOver
        self._require_allowed(user, sign_in)

    def finish(self, user: User, sign_in: SignIn, finished_sha256: str) -> None:
        """Note that the member has a vault again. Part of `webapp.models.recovery.finish.finish_own`."""
        assert in_transaction()
        self.finished_at = now()
        self.finished_sha256 = finished_sha256
        facts = {"way": str(self.way), "browser": self.browser, "address": self.address}
        Event.append(
            "own_recovery.completed", user.organisation_id, actor=user, subject=user, object_id=self.id, **facts
        )
        Notice.give(user, "own_recovery_completed", recovery=sign_in.notice_id, **facts)
        named = {"member": user.name, "email": user.email, "member_id": user.id}
        Notice.give_admins(user.organisation_id, "own_recovery_completed_admin", but=user.id, **named, **facts)

    def _require_allowed(self, user: User, sign_in: SignIn) -> None:
        """Check session, hold and method again now that `user` is locked. A reset may have ended the session meanwhile,
        and only the session proves here that it is the member."""
        if not sign_in.is_alive:
            raise RecoveryOver
        if Hold.of(user.id):
            raise OnHold
        require_method(self.organisation_id, self.way)
        if self.way == RecoveryMethod.NEW_ACCOUNT and not sign_in.has_shown_password:
            raise PasswordNeeded

    def _is_told(self, sign_in: SignIn) -> bool:
        """Whether the member was told lately of this session and method. The notices are asked, not the rows of
        recoveries: most rows give no notice, and somebody who begins a recovery every 55 minutes would be announced
        only once a month."""
        lately = select(Notice.details).where(Notice.user_id == self.user_id, Notice.kind == "own_recovery_begun")
        told = db.session.scalars(lately.where(Notice.made_at > now() - limits.OWN_RECOVERY_LIFE))
        return (sign_in.notice_id, self.way) in [(each["recovery"], each["way"]) for each in told]

    def _device(self) -> tuple[bytes, str, str]:
        return self.sign_public, self.recipient, str(self.way)

    def _verify(self, user: User, proof: bytes | None, origin: str) -> None:
        if self.way == RecoveryMethod.NEW_ACCOUNT:
            return
        vault = Vault.current(user)
        assert vault is not None
        key = user.kit_verify_key if self.way == RecoveryMethod.RECOVERY_KIT else vault.verify_key
        if key is None:
            raise KitUnknown
        whose = (user.organisation_id, user.id)
        exact = own_recovery_bytes(origin, whose, str(self.way), self.id, (self.sign_public, self.recipient))
        verify(LABEL, exact, proof or b"", key)
