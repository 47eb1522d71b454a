"""The organisation: one to an installation, with the person to turn to."""

from datetime import datetime

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Name, new_id


class Organisation(Base):
    """Its name, its IT admin contact, and the version of its list of requests."""

    __tablename__ = "organisation"

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[Name]
    contact_name: Mapped[Name] = mapped_column(default="")
    contact_email: Mapped[Name] = mapped_column(default="")
    contact_phone: Mapped[Name] = mapped_column(default="")
    is_demo: Mapped[bool] = mapped_column(default=False)
    approval_wait_hours: Mapped[int] = mapped_column(default=limits.APPROVAL_WAIT_HOURS[1])
    """How long an approval waits that no other admin could have given; owners change it."""
    second_factor_policy: Mapped[str] = mapped_column(String(20), default="nobody")
    """For whom a second factor is required: a `webapp.models.signin.second_factor_policy.FactorPolicy`."""
    backups_kept: Mapped[int] = mapped_column(default=limits.BACKUPS_KEPT[1])
    """How many of a member’s newest cloud backups stay, however old they are; owners change it, and the next two."""
    backup_days_kept: Mapped[int] = mapped_column(default=limits.BACKUP_DAYS_KEPT[1])
    """For how many days one a day stays."""
    backup_weeks_kept: Mapped[int] = mapped_column(default=limits.BACKUP_WEEKS_KEPT[1])
    """For how many weeks one a week stays."""
    ways_off: Mapped[str] = mapped_column(String(100), default="")
    """Ways back that an owner has switched off, with spaces between them: `webapp.models.pairing.method_policy` reads
    them."""
    requests_version: Mapped[int] = mapped_column(default=0)
    """Raised by every move of a restore request, so that a poll can say "nothing new" from one number."""
    created_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def the() -> "Organisation | None":
        """The one organisation, or None before `flask --app webapp init`."""
        return db.session.scalars(select(Organisation).limit(1)).first()

    @staticmethod
    def locked(organisation_id: str) -> "Organisation":
        """The organisation, with the row held until the transaction ends: key ceremonies, invites, and what people may
        do start here, so that two of them never interleave. Whoever locks a person too locks them first.

        The lock blocks other changes, but no rows that refer to the organisation (FOR NO KEY UPDATE). Else another
        transaction’s events would wait for this one, and with them everybody who writes events.
        """
        assert in_transaction()
        lock = {"key_share": True}
        return db.session.get_one(Organisation, organisation_id, with_for_update=lock, populate_existing=True)

    @staticmethod
    def held(organisation_id: str) -> None:
        """Let nobody lock the organisation until the transaction ends (FOR SHARE; several may hold it at once).
        Whatever depends on the state of a recovery key, such as a backup, calls this after locking the member, so that
        no key is removed in between. A transaction that will write the row, as a request’s does, calls `locked`
        instead: two that hold it would wait for each other."""
        assert in_transaction()
        db.session.get_one(Organisation, organisation_id, with_for_update={"read": True})

    @staticmethod
    def touch_requests(organisation_id: str) -> None:
        """Tell the waiting admin pages that a request moved."""
        db.session.execute(
            update(Organisation)
            .where(Organisation.id == organisation_id)
            .values(requests_version=Organisation.requests_version + 1)
        )
