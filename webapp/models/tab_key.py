"""What the server knows of an unlocked vault: that a device’s PIN was shown in a session, and the keys under which its
tabs keep the vault key. Closing the lock here closes it there.
"""

import hashlib
from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, exists, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id
from webapp.models.sign_in import SignIn


class PinNotShown(Exception):
    """The device’s PIN was not typed in this session, or the vault was locked since: its key alone does little."""


class TabTaken(Exception):
    """No tab of this session has that id to itself."""


class TabKey(Base):
    """A mark for each session and device whose PIN was shown there, without a key, and a random key per unlocked tab.
    All of them go together, and are dead when the session has been idle too long.
    """

    __tablename__ = "tab_key"

    id: Mapped[Id] = mapped_column(primary_key=True)
    sign_in_id: Mapped[str] = mapped_column(String(64), ForeignKey("sign_in.id"), index=True)
    device_id: Mapped[Id] = mapped_column(ForeignKey("device.id"), index=True)
    key: Mapped[str] = mapped_column(Text)
    """Sealed; empty: this row is the mark."""
    made_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def mark(sign_in_id: str, device_id: str) -> None:
        """Note that the device’s PIN was shown, or chosen, in this session: in the transaction in which the proof was
        found right, or the lock stored, with the member locked."""
        assert in_transaction()
        row = TabKey(id=_mark_id(sign_in_id, device_id), sign_in_id=sign_in_id, device_id=device_id, key="")
        row.made_at = now()
        db.session.merge(row)
        db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(last_device_id=device_id))

    @staticmethod
    def is_open(sign_in: SignIn, device_id: str) -> bool:
        """Whether the device’s PIN was shown in this session, which was not locked since nor idle for too long."""
        if now() - sign_in.last_active_at > limits.TAB_KEY_IDLE:
            return False
        here = TabKey.sign_in_id == sign_in.id, TabKey.device_id == device_id
        return db.session.scalar(select(exists().where(*here))) or False

    @staticmethod
    def demand(sign_in_id: str, device_id: str) -> None:
        """The same as things stand in the caller’s transaction. Raises PinNotShown."""
        assert in_transaction()
        found = SignIn.alive(sign_in_id)
        if found is None or not TabKey.is_open(found, device_id):
            raise PinNotShown

    @staticmethod
    def shown_at(sign_in_id: str, device_id: str) -> datetime | None:
        """When the device’s PIN was last typed in this session, as long as it counts."""
        found = db.session.get(TabKey, _mark_id(sign_in_id, device_id))
        return found.made_at if found else None

    @staticmethod
    def store(tab: str, sign_in: SignIn, device_id: str, key: bytes) -> None:
        """Keep the key of tab `tab` (an id made by the tab), in the caller’s transaction. Raises PinNotShown; TabTaken
        where that id is another session’s, or no tab’s."""
        TabKey.demand(sign_in.id, device_id)
        kept = db.session.get(TabKey, tab)
        if kept and (kept.sign_in_id != sign_in.id or not kept.key):
            raise TabTaken
        sealed = sealer().seal(key, tab_key_context(tab))
        db.session.merge(TabKey(id=tab, sign_in_id=sign_in.id, device_id=device_id, key=sealed, made_at=now()))

    @staticmethod
    def open(tab: str, sign_in: SignIn, device_id: str) -> bytes | None:
        """The key, if this session and device stored it and the session has not been idle for too long."""
        found = db.session.get(TabKey, tab)
        if not found or not found.key or found.sign_in_id != sign_in.id or not TabKey.is_open(sign_in, device_id):
            return None
        if found.device_id != device_id:
            return None
        return sealer().unseal(found.key, tab_key_context(tab))

    @staticmethod
    def any_of(sign_in_id: str) -> bool:
        """Whether a PIN was shown in the session, and it was not locked since."""
        return db.session.scalar(select(exists().where(TabKey.sign_in_id == sign_in_id))) or False

    @staticmethod
    def forget(*, sign_in_id: str | None = None, device_id: str | None = None) -> None:
        """Delete the marks and tab keys of a session or of a device: its tabs lock, and the PIN is asked again."""
        query = delete(TabKey)
        query = (
            query.where(TabKey.sign_in_id == sign_in_id) if sign_in_id else query.where(TabKey.device_id == device_id)
        )
        db.session.execute(query)

    @staticmethod
    def tidy() -> None:
        """Remove those that `open` would not give out any more, in the caller’s transaction."""
        idle = or_(SignIn.last_active_at < now() - limits.TAB_KEY_IDLE, SignIn.ended_at.is_not(None))
        db.session.execute(
            delete(TabKey)
            .where(TabKey.sign_in_id.in_(select(SignIn.id).where(idle)))
            .execution_options(synchronize_session=False)
        )


def _mark_id(sign_in_id: str, device_id: str) -> str:
    return hashlib.sha256(f"{sign_in_id}/{device_id}".encode()).hexdigest()[:32]


def tab_key_context(tab: str) -> str:
    """What a tab key is sealed for."""
    return f"tab-key/{tab}"
