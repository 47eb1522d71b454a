"""What the server knows of an unlocked vault: that a device’s PIN was shown in a session, and the keys under which its
tabs keep the vault key. Closing the lock here closes it there.
"""

import hashlib
from datetime import datetime

from sqlalchemy import ForeignKey, Select, String, Text, delete, exists, or_, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import Base, db, in_transaction, read_once
from webapp.models.columns import Id
from webapp.models.server.sealing_key import SealingKey, seals
from webapp.models.signin.session import Locked, SignIn


class PinNotShown(Exception):
    """The device’s PIN was not typed in this session, or the vault was locked since: its key alone does little."""


class TabTaken(Exception):
    """The tab id belongs to another session, or to a mark."""


class TabKey(Base):
    """Two kinds of rows: a mark, without a key, for each session and device whose PIN was shown there; and a random key
    for each unlocked tab. All are deleted together, and don’t count once the session was idle too long.
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
        opened = {"last_device_id": device_id, "locked_why": ""}
        db.session.execute(update(SignIn).where(SignIn.id == sign_in_id).values(**opened))

    @staticmethod
    def is_open(sign_in: SignIn, device_id: str) -> bool:
        """Whether the device’s PIN was shown in this session, which was not locked since nor idle for too long."""
        if now() - sign_in.last_active_at > limits.TAB_KEY_IDLE:
            return False
        return _is_there(sign_in.id, device_id)

    @staticmethod
    def require(sign_in_id: str, device_id: str) -> None:
        """The same as things stand in the caller’s transaction. Raises PinNotShown."""
        assert in_transaction()
        sign_in = SignIn.alive(sign_in_id)
        if sign_in is None or not TabKey.is_open(sign_in, device_id):
            raise PinNotShown

    @staticmethod
    def shown_at(sign_in_id: str, device_id: str) -> datetime | None:
        """When the device’s PIN was last typed in this session, as long as it counts."""
        tab_key = db.session.get(TabKey, _mark_id(sign_in_id, device_id))
        return tab_key.made_at if tab_key else None

    @staticmethod
    def store(tab: str, sign_in: SignIn, device_id: str, key: bytes) -> None:
        """Keep the key of tab `tab` (an id made by the tab), in the caller’s transaction. Raises PinNotShown; TabTaken
        where that id is another session’s, or no tab’s."""
        TabKey.require(sign_in.id, device_id)
        kept = db.session.get(TabKey, tab)
        if kept and (kept.sign_in_id != sign_in.id or not kept.key):
            raise TabTaken
        sealed = SealingKey.seal(key, tab_key_context(tab))
        db.session.merge(TabKey(id=tab, sign_in_id=sign_in.id, device_id=device_id, key=sealed, made_at=now()))

    @staticmethod
    def open(tab: str, sign_in: SignIn, device_id: str) -> bytes | None:
        """The key, if this session and device stored it and the session has not been idle for too long.
        Raises SealingFailed."""
        tab_key = db.session.get(TabKey, tab)
        if not tab_key or not tab_key.key or tab_key.sign_in_id != sign_in.id or not TabKey.is_open(sign_in, device_id):
            return None
        if tab_key.device_id != device_id:
            return None
        return sealer().unseal(tab_key.key, tab_key_context(tab))

    @staticmethod
    def is_kept(tab: str, sign_in: SignIn) -> bool:
        """Whether the tab may stay open: `open` would give its key to the device that stored it."""
        tab_key = db.session.get(TabKey, tab)
        kept = tab_key is not None and bool(tab_key.key) and tab_key.sign_in_id == sign_in.id
        return kept and TabKey.is_open(sign_in, tab_key.device_id)  # type: ignore[union-attr]

    @staticmethod
    def any_of(sign_in_id: str) -> bool:
        """Whether a PIN was shown in the session, and it was not locked since."""
        return db.session.scalar(select(exists().where(TabKey.sign_in_id == sign_in_id))) or False

    @staticmethod
    def forget(*, sign_in_id: str | None = None, device_id: str | None = None, why: Locked | None = None) -> None:
        """Delete the marks and tab keys of a session or of a device: its tabs lock, and the PIN is asked again. Each
        session keeps why: by hand, or because of its device, unless something else is said."""
        whose = TabKey.sign_in_id == sign_in_id if sign_in_id else TabKey.device_id == device_id
        why = why or (Locked.BY_HAND if sign_in_id else Locked.DEVICE)
        _note_locked(select(TabKey.sign_in_id).where(whose), why)
        db.session.execute(delete(TabKey).where(whose))

    @staticmethod
    def tidy() -> None:
        """Remove those that `open` would not give out any more, in the caller’s transaction."""
        _note_locked(
            select(TabKey.sign_in_id).join(SignIn).where(SignIn.last_active_at < now() - limits.TAB_KEY_IDLE),
            Locked.IDLE,
        )
        idle = or_(SignIn.last_active_at < now() - limits.TAB_KEY_IDLE, SignIn.ended_at.is_not(None))
        db.session.execute(
            delete(TabKey)
            .where(TabKey.sign_in_id.in_(select(SignIn.id).where(idle)))
            .execution_options(synchronize_session=False)
        )


def _note_locked(whose: Select[str], why: Locked) -> None:
    noted = update(SignIn).where(SignIn.id.in_(whose)).values(locked_why=why)
    db.session.execute(noted.execution_options(synchronize_session=False))


@read_once
def _is_there(sign_in_id: str, device_id: str) -> bool:
    here = TabKey.sign_in_id == sign_in_id, TabKey.device_id == device_id
    return db.session.scalar(select(exists().where(*here))) or False


def _mark_id(sign_in_id: str, device_id: str) -> str:
    return hashlib.sha256(f"{sign_in_id}/{device_id}".encode()).hexdigest()[:32]


def tab_key_context(tab: str) -> str:
    """What a tab key is sealed for."""
    return f"tab-key/{tab}"


seals(TabKey.key, lambda row: tab_key_context(row.id))
