"""The organisation: one to an installation, with the person to turn to."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import String, select, update
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, Name, new_id

if TYPE_CHECKING:
    from webapp.models.user import User


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
    """For whom a second factor is required: a `webapp.models.second_factor_policy.FactorPolicy`."""
    backups_kept: Mapped[int] = mapped_column(default=limits.BACKUPS_KEPT[1])
    """How many of a member’s newest cloud backups stay, however old they are; owners change it, and the next two."""
    backup_days_kept: Mapped[int] = mapped_column(default=limits.BACKUP_DAYS_KEPT[1])
    """For how many days one a day stays."""
    backup_weeks_kept: Mapped[int] = mapped_column(default=limits.BACKUP_WEEKS_KEPT[1])
    """For how many weeks one a week stays."""
    ways_off: Mapped[str] = mapped_column(String(100), default="")
    """Ways back that an owner has switched off, with spaces between them: `webapp.models.way_policy` has the verbs."""
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

        Held against other changes, not against rows that name the organisation (FOR NO KEY UPDATE): the events of
        somebody else, which hold up whoever writes events, would otherwise wait for this transaction.
        """
        assert in_transaction()
        lock = {"key_share": True}
        return db.session.get_one(Organisation, organisation_id, with_for_update=lock, populate_existing=True)

    @staticmethod
    def held(organisation_id: str) -> None:
        """Keep the organisation from being locked until the transaction ends: what depends on the state of a recovery
        key (a backup) starts here, after the member was locked, so that no key goes in between. Several hold it at
        once (FOR SHARE); whoever is going to write its row, as a request does, locks it: two who held it would then
        wait for each other."""
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

    def change_contact(self, by: "User", name: str, email: str, phone: str) -> None:
        """Set whom members turn to; all empty: the first owner again. In the caller’s transaction."""
        from webapp.models.event import Event

        self.contact_name, self.contact_email, self.contact_phone = name, email, phone
        Event.append("contact.changed", self.id, actor=by, name=name, email=email, phone=phone)

    def contact(self) -> dict[str, str]:
        """Who helps when nothing else does: as set, else the first owner."""
        if self.contact_email or self.contact_phone:
            return {"name": self.contact_name, "email": self.contact_email, "phone": self.contact_phone}
        from webapp.models.user import Role, User

        owner = db.session.scalars(
            select(User).where(User.role == Role.OWNER, User.disabled_at.is_(None)).order_by(User.created_at).limit(1)
        ).first()
        return {"name": owner.name if owner else "", "email": owner.email if owner else "", "phone": ""}
