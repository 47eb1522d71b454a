"""The mail that waits, as numbers: nobody’s name, nobody’s address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from webapp import limits
from webapp.clock import now
from webapp.database import db
from webapp.models.notices.notice import Notice


@dataclass(frozen=True)
class Outbox:
    """`waiting`: mails that have not left; `failing`: those of them that a mail server has refused, or did not take, at
    least once; `oldest`: since when the first of them waits."""

    waiting: int = 0
    failing: int = 0
    oldest: datetime | None = None
    why: str = ""
    """What the last try of that one came to; "": there was none."""

    @staticmethod
    def present() -> "Outbox":
        """As it is. Without a mail server nothing waits: a notice has arrived once it is written."""
        if not Notice.goes_by_mail():
            return Outbox()
        unsent = Notice.mailed_at.is_(None), Notice.failed_at.is_(None)
        waits = *unsent, Notice.made_at > now() - limits.MAIL_LIFE
        failing = func.count().filter(Notice.last_error != "")
        row = db.session.execute(select(func.count(), failing, func.min(Notice.made_at)).where(*waits)).one()
        oldest = select(Notice.last_error).where(*waits).order_by(Notice.made_at, Notice.id).limit(1)
        return Outbox(*row, db.session.scalar(oldest) or "")

    @property
    def age(self) -> timedelta:
        """How long the first mail has been waiting."""
        return now() - self.oldest if self.oldest else timedelta(0)

    @property
    def is_late(self) -> bool:
        """Whether that is too long."""
        return self.age > limits.OUTBOX_LATE
