"""The key under which an unlocked tab keeps its vault key, so that closing the lock here closes it there."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text, delete, exists, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import Base, db
from webapp.models.columns import Id
from webapp.models.sign_in import SignIn


class TabKey(Base):
    """A random key per unlocked tab; dead when the session has been idle too long."""

    __tablename__ = "tab_key"

    id: Mapped[Id] = mapped_column(primary_key=True)
    sign_in_id: Mapped[str] = mapped_column(String(64), ForeignKey("sign_in.id"), index=True)
    device_id: Mapped[Id] = mapped_column(ForeignKey("device.id"), index=True)
    key: Mapped[str] = mapped_column(Text)
    made_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def store(tab: str, sign_in: SignIn, device_id: str, key: bytes) -> None:
        """Keep the key of tab `tab` (an id made by the tab), in the caller’s transaction."""
        sealed = sealer().seal(key, tab_key_context(tab))
        db.session.merge(TabKey(id=tab, sign_in_id=sign_in.id, device_id=device_id, key=sealed, made_at=now()))

    @staticmethod
    def open(tab: str, sign_in: SignIn, device_id: str) -> bytes | None:
        """The key, if this session and device stored it and the session has not been idle for too long."""
        found = db.session.get(TabKey, tab)
        if not found or found.sign_in_id != sign_in.id or found.device_id != device_id:
            return None
        if now() - sign_in.last_active_at > limits.TAB_KEY_IDLE:
            return None
        return sealer().unseal(found.key, tab_key_context(tab))

    @staticmethod
    def any_of(sign_in_id: str) -> bool:
        """Whether the session has an unlocked tab."""
        return db.session.scalar(select(exists().where(TabKey.sign_in_id == sign_in_id))) or False

    @staticmethod
    def forget(*, sign_in_id: str | None = None, device_id: str | None = None) -> None:
        """Delete the tab keys of a session or of a device: locks every tab it has."""
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


def tab_key_context(tab: str) -> str:
    """What a tab key is sealed for."""
    return f"tab-key/{tab}"
