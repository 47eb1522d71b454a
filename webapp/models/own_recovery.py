"""A recovery that needs nobody’s help: with a local backup, with the Recovery Kit, or from nothing.

Whoever begins one proves to hold a key of the vault before anything is handed out; who begins anew has none, gets
nothing, and has typed the sign-in password lately.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto.signatures import own_recovery_bytes, verify
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Name
from webapp.models.device import Device
from webapp.models.event import Event
from webapp.models.hold import Hold, OnHold
from webapp.models.notice import Notice
from webapp.models.pairing import Pairing
from webapp.models.restore_request import RestoreRequest
from webapp.models.sign_in import SignIn
from webapp.models.user import User
from webapp.models.vault import Vault
from webapp.models.way import Way

LABEL = "spare-key/v1/own-recovery"


class KitUnknown(Exception):
    """The present kit is from before kits could prove themselves: it opens files, and begins no recovery."""


class PasswordNeeded(Exception):
    """Who holds no key of the vault types the sign-in password first."""


class RecoveryOver(Exception):
    """It was finished before with another file, or its time is up."""


class OwnRecovery(Base):
    """One new device of one session on its way to the vault. The id is the device’s."""

    __tablename__ = "own_recovery"

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    sign_in_id: Mapped[str] = mapped_column(String(64), index=True)
    """The session that began it, and alone can go on: a reset, or “This wasn’t me”, ends it."""
    way: Mapped[Way] = mapped_column(String(30))
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
    def is_due(self) -> bool:
        """Whether its time is up."""
        return self.finished_at is None and self.made_at + limits.OWN_RECOVERY_LIFE <= now()

    @staticmethod
    def of_session(sign_in_id: str, device_id: str) -> "OwnRecovery | None":
        """What this session began for this device."""
        found = db.session.get(OwnRecovery, device_id)
        return found if found and found.sign_in_id == sign_in_id else None

    def begin(self, user: User, sign_in: SignIn, proof: bytes | None, origin: str) -> "OwnRecovery":
        """Check the proof and keep it, in the caller’s transaction with `user` locked; the same again changes nothing.

        Raises OnHold, BadSignature (another key than that of the present epoch or kit), KitUnknown, PasswordNeeded,
        RecoveryOver (the device’s id was used before).
        """
        assert in_transaction()
        if Hold.of(user.id):
            raise OnHold
        self._verify(user, sign_in, proof, origin)
        earlier = OwnRecovery.of_session(sign_in.id, self.id)
        if earlier and (earlier.sign_public, earlier.recipient, earlier.way) == (
            self.sign_public,
            self.recipient,
            self.way,
        ):
            return earlier
        if _is_taken(self.id):
            raise RecoveryOver
        first = exists().where(OwnRecovery.sign_in_id == sign_in.id, OwnRecovery.way == self.way)
        is_told = db.session.scalar(select(first))
        db.session.add(self)
        facts = {"way": str(self.way), "browser": self.browser, "address": self.address}
        Event.append("own_recovery.begun", user.organisation_id, actor=user, subject=user, object_id=self.id, **facts)
        if self.way != Way.NEW_ACCOUNT and not is_told:
            Notice.give(user, "own_recovery_begun", recovery=sign_in.notice_id, **facts)
        return self

    def finish(self, user: User, sign_in: SignIn, finished_sha256: str) -> None:
        """Note that the member has a vault again. Part of `webapp.models.finish.finish_own`. Raises RecoveryOver,
        PasswordNeeded, OnHold."""
        assert in_transaction()
        if self.is_due or self.finished_at:
            raise RecoveryOver
        if Hold.of(user.id):
            raise OnHold
        if self.way == Way.NEW_ACCOUNT and not sign_in.has_shown_password:
            raise PasswordNeeded
        self.finished_at, self.finished_sha256 = now(), finished_sha256
        facts = {"way": str(self.way), "browser": self.browser, "address": self.address}
        Event.append(
            "own_recovery.completed", user.organisation_id, actor=user, subject=user, object_id=self.id, **facts
        )
        Notice.give(user, "own_recovery_completed", recovery=sign_in.notice_id, **facts)
        named = {"member": user.name, "email": user.email, "member_id": user.id}
        Notice.give_admins(user.organisation_id, "own_recovery_completed_admin", but=user.id, **named, **facts)

    def _verify(self, user: User, sign_in: SignIn, proof: bytes | None, origin: str) -> None:
        if self.way == Way.NEW_ACCOUNT:
            if not sign_in.has_shown_password:
                raise PasswordNeeded
            return
        vault = Vault.current(user)
        assert vault is not None
        key = user.kit_verify_key if self.way == Way.RECOVERY_KIT else vault.verify_key
        if key is None:
            raise KitUnknown
        whose = (user.organisation_id, user.id)
        exact = own_recovery_bytes(origin, whose, str(self.way), self.id, (self.sign_public, self.recipient))
        verify(LABEL, exact, proof or b"", key)


def _is_taken(device_id: str) -> bool:
    asked = exists().where(RestoreRequest.device_id == device_id)
    paired, own = exists().where(Pairing.device_id == device_id), exists().where(OwnRecovery.id == device_id)
    return bool(db.session.scalar(select(or_(asked, paired, own, exists().where(Device.id == device_id)))))
