"""A notice to one person: a banner where they are signed in and a mail, from one row (the transactional outbox)."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, Index, String, Text, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Id, new_id
from webapp.models.link import Link, Purpose
from webapp.models.user import User
from webapp.models.way import Way

FOR_ADMINS = {
    *("restore_requested", "restore_released_admin", "restore_completed_admin", "password_reset_admin"),
    *("own_recovery_completed_admin", "second_factor_reset_admin", "second_factor_policy"),
    *("hold_begun_admin", "hold_lifted_admin", "recovery_undone_admin", "wait_changed"),
    *("key_replaced_admin", "backups_going_admin", "backups_stay_admin", "backups_gone_admin", "retention_changed"),
    *("account_changed_admin", "ways_changed_admin"),
}
MAIL_ONLY = {"password_link", "mail_code"}
"""They carry a secret: they go to the mailbox, and no page shows them."""
VETOED_BY_MAIL = {
    *("restore_requested_by_you", "restore_approved", "restore_approved_waiting", "restore_released"),
    *("restore_completed", "password_was_reset", "password_changed", "new_sign_in", "recovery_undone"),
    *("own_recovery_begun", "own_recovery_completed", "kit_changed"),
    "earlier_vault_opened",
    *("second_factor_on", "second_factor_off", "second_factor_reset", "second_factor_guessed"),
    *("one_time_codes_made", "one_time_code_used"),
    *("pairing_opened", "pairing_completed", "pairing_declined", "pairing_locked", "hold_lifted"),
    "pairing_unfinished",
    *("device_unpaired", "device_returned", "device_destroyed", "lock_destroyed", "devices_taken"),
}
"""Their mails carry “This wasn’t me”."""
OF_THEIR_OWN = {"pairing_locked", "pairing_unfinished"}
"""Nothing else that is told of the same pairing takes their place, or is put away with them."""


class Notice(Base):
    """Written with what it announces; rendered and mailed by the worker afterwards, so mail never holds a lock.

    `kind` names the text (`templates/mail/<kind>.txt`), `details` fills it. Neither may hold a secret. `last_error` is
    for the page on which the operator will see what mail waits and why; nothing reads it yet.
    """

    __tablename__ = "notice"
    __table_args__ = (Index("ix_notice_unsent", "next_try_at", "mailed_at"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    kind: Mapped[str] = mapped_column(String(60))
    details: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    made_at: Mapped[datetime] = mapped_column(default=now)
    dismissed_at: Mapped[datetime | None]
    mailed_at: Mapped[datetime | None]
    seen_at: Mapped[datetime | None]
    """When a device of the reader first showed it."""
    tries: Mapped[int] = mapped_column(default=0)
    next_try_at: Mapped[datetime] = mapped_column(default=now)
    last_error: Mapped[str] = mapped_column(Text, default="")

    user: Mapped[User] = relationship()

    @staticmethod
    def give(user: User, kind: str, **details: Any) -> "Notice":
        """Tell one person, in the caller’s transaction."""
        assert in_transaction()
        if kind in VETOED_BY_MAIL:
            # The mail about a new account speaks of a month: its link must not be dead before.
            lasts = details.get("way") == Way.NEW_ACCOUNT
            life = limits.NEW_ACCOUNT_UNDO_WINDOW if lasts else limits.VETO_LIFE
            details["veto"] = Link.make(user, Purpose.VETO, veto_life=life).id
        notice = Notice(user_id=user.id, kind=kind, details=details)
        db.session.add(notice)
        return notice

    @staticmethod
    def goes_by_mail() -> bool:
        """Whether a mail server is set up at all; where there is none, a notice has arrived once it is written."""
        return current_app.config["SMTP"] is not None

    def is_seen(self) -> None:
        """Note that a device of the reader shows it, in the caller’s transaction."""
        assert in_transaction()
        self.seen_at = self.seen_at or now()

    @staticmethod
    def give_admins(
        organisation_id: str, kind: str, *, but: str | Collection[str] | None = None, **details: Any
    ) -> None:
        """Tell every enabled admin (but the people with these ids), in the caller’s transaction."""
        skipped = {but} if isinstance(but, str) else set(but or ())
        for admin in User.admins(organisation_id):
            if admin.id not in skipped:
                Notice.give(admin, kind, **details)

    @staticmethod
    def settle(kind: str, topic: str) -> None:
        """Put away everybody’s notices of this kind about `topic`: there is nothing left to do about it."""
        assert in_transaction()
        for notice in db.session.scalars(select(Notice).where(Notice.kind == kind, Notice.dismissed_at.is_(None))):
            if notice.topic == topic:
                notice.dismissed_at = now()

    @staticmethod
    def shown_to(user: User) -> Sequence["Notice"]:
        """What the person has not put away yet, newest first; of one request only how it stands now."""
        rows = db.session.scalars(
            select(Notice)
            .where(Notice.user_id == user.id, Notice.dismissed_at.is_(None), Notice.kind.not_in(MAIL_ONLY))
            .order_by(Notice.made_at.desc(), Notice.id)
            .limit(limits.NOTICES_READ)
        )
        latest: dict[str, Notice] = {}
        for notice in rows:
            latest.setdefault(notice.topic, notice)
        return list(latest.values())

    @property
    def warns_member(self) -> bool:
        """Whether it is about the reader’s own vault, rather than about somebody an admin looks after."""
        return self.kind not in FOR_ADMINS

    @property
    def topic(self) -> str:
        """What a later notice may take the place of this one for: its request, pairing, recovery, removal of keys or
        member; else only itself."""
        if self.kind in OF_THEIR_OWN:
            return self.id
        named = (self.details.get(name) for name in ("request", "pairing", "recovery", "removal", "member_id"))
        return str(next(filter(None, named), self.id))

    def dismiss(self) -> None:
        """Put it away, with the earlier ones of its topic, in the caller’s transaction."""
        assert in_transaction()
        shown = select(Notice).where(Notice.user_id == self.user_id, Notice.dismissed_at.is_(None))
        for notice in db.session.scalars(shown.where(Notice.made_at <= self.made_at)):
            if notice.topic == self.topic:
                notice.dismissed_at = now()

    @staticmethod
    def due() -> Sequence[str]:
        """Ids of notices whose mail is to be tried now, oldest first; what is old by now stays a banner."""
        return db.session.scalars(
            select(Notice.id)
            .where(Notice.mailed_at.is_(None), Notice.next_try_at <= now(), Notice.made_at > now() - limits.MAIL_LIFE)
            .order_by(Notice.made_at)
            .limit(50)
        ).all()
