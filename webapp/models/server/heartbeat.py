"""When the worker was last at work: a row that it writes again and again, and that probes look at."""

from datetime import datetime, timedelta

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, insert_missing, transaction

WORKER = "worker"


class Heartbeat(Base):
    """One row for all workers: it tells whether any is at work."""

    __tablename__ = "heartbeat"

    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    beaten_at: Mapped[datetime]

    @staticmethod
    def beat() -> None:
        """Note that the worker is at work, in a transaction of its own, unless that was noted a moment ago."""
        age = Heartbeat.age()
        if age is not None and timedelta(0) <= age < limits.HEARTBEAT_GRAIN:
            return
        with transaction() as session:
            insert_missing(Heartbeat, name=WORKER, beaten_at=now())
            session.get_one(Heartbeat, WORKER, with_for_update=True, populate_existing=True).beaten_at = now()

    @staticmethod
    def age() -> timedelta | None:
        """How long ago; None where no worker ever ran."""
        last = Heartbeat.last()
        return now() - last if last else None

    @staticmethod
    def last() -> datetime | None:
        """When that was."""
        heartbeat = db.session.get(Heartbeat, WORKER, populate_existing=True)
        return heartbeat.beaten_at if heartbeat else None
