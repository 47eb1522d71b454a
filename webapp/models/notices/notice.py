"""A notice to one person: a banner where they are signed in and a mail, from one row (the transactional outbox)."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import current_app
from sqlalchemy import JSON, ForeignKey, Index, String, Text, func, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction, read_once
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.columns import Id, new_id
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, Purpose

FOR_ADMINS = {
    *("restore_requested", "restore_released_admin", "restore_completed_admin", "password_reset_admin"),
    *("own_recovery_completed_admin", "second_factor_reset_admin", "second_factor_policy"),
    *("hold_begun_admin", "hold_lifted_admin", "recovery_undone_admin", "wait_changed"),
    *("key_replaced_admin", "backups_going_admin", "backups_stay_admin", "backups_gone_admin", "retention_changed"),
    *("account_changed_admin", "ways_changed_admin", "restore_key_warning"),
    *("mail_failed", "policy_changed"),
}
MAIL_ONLY = {"password_link", "mail_code", "mail_test"}
"""They carry a secret, or nothing: they go to the mailbox, and no page shows them."""
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
PROTECTS = VETOED_BY_MAIL | {
    *("password_link", "hold_begun", "hold_begun_admin", "restore_requested", "restore_key_warning"),
    *("key_replaced", "key_replaced_admin", "backups_going", "backups_going_admin", "account_changed_admin"),
    *("signed_out_by_admin", "account_disabled", "role_changed", "ways_changed", "retention_changed"),
}
"""These mails warn in time to stop something, or let somebody in. Admins are told when one can’t be delivered."""
OF_THEIR_OWN = {"pairing_locked", "pairing_unfinished", "restore_key_warning"}
"""Later notices of the same pairing or request don’t replace these, and dismissing those doesn’t dismiss these."""

PRESSING = {
    *("restore_requested_by_you", "restore_approved", "restore_approved_waiting", "restore_released"),
    *("restore_completed", "own_recovery_begun", "own_recovery_completed", "recovery_undone", "hold_begun"),
    *("pairing_opened", "pairing_completed", "pairing_unfinished", "pairing_locked"),
}
"""Recoveries and pairings of the reader’s own account, which can still be stopped or undone. They stand first, and no
other notice pushes them out."""
GATHERED = {
    *("new_sign_in", "password_changed", "second_factor_on", "second_factor_off", "second_factor_guessed"),
    *("one_time_codes_made", "one_time_code_used"),
}
"""Somebody who knows the password can cause any number of these, so the newest stands for all of its kind."""


class Notice(Base):
    """Written with what it announces; rendered and mailed by the worker afterwards, so mail never holds a lock.

    `kind` names the text (`templates/mail/<noun>/<kind>.txt`), `details` fills it. Neither may hold a secret.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_unsent", "next_try_at", "mailed_at"),
        Index("ix_notice_failed", "failed_at"),
    )

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
    """What the last try came to, or what the mail server said: for the admins’ pages."""
    claim: Mapped[str | None] = mapped_column(String(32))
    """Of the worker that has it in hand, until `next_try_at` (`webapp.models.outbox.delivery`)."""
    failed_at: Mapped[datetime | None]
    """When its mail was given up."""

    user: Mapped[User] = relationship()

    @staticmethod
    def give(user: User, kind: str, **details: Any) -> "Notice":
        """Tell one person, in the caller’s transaction."""
        assert in_transaction()
        if kind in VETOED_BY_MAIL:
            # The mail about a new account speaks of a month: its link must not be dead before.
            lasts = details.get("way") == RecoveryMethod.NEW_ACCOUNT
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
    def shown_to(user: User, here: str = "") -> Sequence["Notice"]:
        """The notices that the person has not dismissed: pressing ones first, then newest first, and only the latest of
        each topic. `here`: the `notice_id` of a session that sees no notice about itself."""
        latest: dict[str, Notice] = {}
        for notice in _kept_for(user.id):
            # Before one takes the place of others: my own sign-in must not hide somebody else’s.
            if not here or notice.details.get("sign_in") != here:
                latest.setdefault(notice.topic, notice)
        return sorted(latest.values(), key=lambda notice: not notice.is_pressing)

    @staticmethod
    def in_sight(notices: Sequence["Notice"]) -> Sequence["Notice"]:
        """Of the notices of `shown_to`, all pressing ones and a number of the others. The kinds take turns, so a flood
        of one kind pushes out only its own."""
        turns: Counter[str] = Counter()
        others = []
        for at, notice in enumerate(notices):
            if not notice.is_pressing:
                turns[notice.kind] += 1
                others.append((turns[notice.kind], at))
        kept = {at for _, at in sorted(others)[: limits.NOTICES_SHOWN]}
        return [notice for at, notice in enumerate(notices) if notice.is_pressing or at in kept]

    @property
    def is_pressing(self) -> bool:
        """Whether the reader may have to act on it; false once nothing of it can be undone."""
        return self.kind in PRESSING and now() - self.made_at < limits.NEW_ACCOUNT_UNDO_WINDOW

    def gathered(self) -> tuple[int, datetime]:
        """How many notices it stands for, itself included, and since when."""
        alone = 1, self.made_at
        return _kept_for(self.user_id).get(self, alone) if self.kind in GATHERED else alone

    @property
    def warns_member(self) -> bool:
        """Whether it is about the reader’s own vault, rather than about somebody an admin looks after."""
        return self.kind not in FOR_ADMINS

    @property
    def topic(self) -> str:
        """A later notice of the same topic replaces this one. The topic is its request, pairing, recovery, key removal
        or member, for GATHERED kinds the kind, else its own id."""
        if self.kind in OF_THEIR_OWN:
            return self.id
        if self.kind in GATHERED:
            return self.kind
        named = (self.details.get(name) for name in ("request", "pairing", "recovery", "removal", "member_id"))
        return str(next(filter(None, named), self.id))

    def dismiss(self) -> None:
        """Put it away, with the earlier ones of its topic, in the caller’s transaction."""
        assert in_transaction()
        shown = select(Notice).where(Notice.user_id == self.user_id, Notice.dismissed_at.is_(None))
        for notice in db.session.scalars(shown.where(Notice.made_at <= self.made_at)):
            if notice.topic == self.topic:
                notice.dismissed_at = now()


@read_once
def _kept_for(user_id: str) -> "Mapping[Notice, tuple[int, datetime]]":
    """What the person has not put away, of each kind the newest, newest first: with how many there are of its kind up
    to it, and since when."""
    newest_first = (Notice.made_at.desc(), Notice.id)
    rank = func.row_number().over(partition_by=Notice.kind, order_by=newest_first).label("rank")
    number = func.count().over(partition_by=Notice.kind, order_by=Notice.made_at).label("number")
    since = func.min(Notice.made_at).over(partition_by=Notice.kind).label("since")
    mine = select(Notice.id, rank, number, since).where(Notice.user_id == user_id, Notice.dismissed_at.is_(None))
    ranked = mine.where(Notice.kind.not_in(MAIL_ONLY)).subquery()
    rows = select(Notice, ranked.c.number, ranked.c.since).join(ranked, ranked.c.id == Notice.id)
    rows = rows.where(ranked.c.rank <= limits.NOTICES_READ).order_by(*newest_first)
    return {notice: (how_many, first_at) for notice, how_many, first_at in db.session.execute(rows)}
