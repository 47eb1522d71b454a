"""What a finished recovery replaced, for as long as it can be taken back."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from webapp.clock import now
from webapp.database import Base
from webapp.models.columns import Id, new_id


class Undo(Base):
    """The epoch that ended and the one that began; the devices carry `unpaired_epoch`.

    Undoing a recovery is not built yet. It will read `way`, `former_kit` and `made_at`, and set `undone_at`.
    """

    __tablename__ = "undo"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    way: Mapped[str] = mapped_column(String(30))
    former_epoch: Mapped[int]
    epoch: Mapped[int]
    former_kit: Mapped[int]
    restore_request_id: Mapped[str | None] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(default=now)
    until: Mapped[datetime]
    undone_at: Mapped[datetime | None]
