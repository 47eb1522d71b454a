"""Delivery of the outbox: which mails are due, which worker has claimed which, and what became of them.

A worker claims several mails at once, and renews the claim of each before handing it over: if a claim has expired
because the worker stood still, another worker may have the mail. Claims of a worker that died expire, too. A mail that
the server accepted just as the worker died is sent again, with the same Message-ID.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, Update, exists, func, select, update
from sqlalchemy.orm import aliased, joinedload

from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.columns import new_id
from webapp.models.directory.user import User
from webapp.models.notices.link import Link
from webapp.models.notices.notice import PROTECTS, Notice
from webapp.models.recovery.restore_request import RestoreRequest

BATCH = 50
CLAIM = timedelta(minutes=2)
"""Longer than handing one mail over may take."""
NAMED = 3
"""How many people a notice about their mail names."""
RETRY = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))


class Delivery:
    """Every method is a transaction of its own, or none."""

    @staticmethod
    def claim() -> tuple[str, Sequence[str]]:
        """Up to BATCH mails that are due, oldest first, for this worker alone; and the name of the claim. What another
        worker is claiming at this moment is passed over."""
        name = new_id()
        with transaction() as session:
            due = select(Notice.id).where(*_due()).order_by(Notice.made_at, Notice.id).limit(BATCH)
            found = session.scalars(due.with_for_update(skip_locked=True)).all()
            mine = update(Notice).where(Notice.id.in_(found)).execution_options(synchronize_session=False)
            session.execute(mine.values(claim=name, next_try_at=now() + CLAIM))
        return name, found

    @staticmethod
    def begin(notice_id: str, claim: str) -> bool:
        """Count a try, unless the claim was lost meanwhile; then the mail is another’s."""
        with transaction() as session:
            mine = _claimed([notice_id], claim).values(tries=Notice.tries + 1, next_try_at=now() + CLAIM)
            return session.execute(mine.returning(Notice.id)).scalar() is not None

    @staticmethod
    def release(notice_ids: Collection[str], claim: str) -> None:
        """These were not tried: they are anybody’s again."""
        if notice_ids:
            with transaction() as session:
                session.execute(_claimed(notice_ids, claim).values(claim=None, next_try_at=now()))

    @staticmethod
    def arrived(notice_id: str) -> None:
        """A mail server has taken it."""
        with transaction() as session:
            notice = session.get_one(Notice, notice_id)
            notice.mailed_at = now()
            notice.claim = None
            notice.last_error = ""
            if "link" in notice.details:
                session.get_one(Link, notice.details["link"]).mail_accepted()
            RestoreRequest.notice_arrived(notice_id)

    @staticmethod
    def put_off(notice_id: str, claim: str, why: str) -> None:
        """Try it again later, and later each time."""
        with transaction() as session:
            notice = session.get_one(Notice, notice_id, with_for_update=True)
            if notice.claim == claim:
                pause = RETRY[min(notice.tries, len(RETRY)) - 1]
                notice.last_error = why
                notice.claim = None
                notice.next_try_at = now() + pause

    @staticmethod
    def put_off_all(notice_ids: Collection[str], claim: str, why: str) -> None:
        """The same for what was claimed where there is no server to be reached: that counts as a try of each."""
        for notice_id in notice_ids:
            if Delivery.begin(notice_id, claim):
                Delivery.put_off(notice_id, claim, why)

    @staticmethod
    def give_up(notice_id: str, why: str) -> Sequence["Lost"]:
        """No further try: the server refused it for good."""
        with transaction() as session:
            notice = session.get_one(Notice, notice_id)
            notice.last_error = why
            return _given_up([notice])

    @staticmethod
    def give_up_late() -> Sequence["Lost"]:
        """Those that were tried, and are too old to be news by now."""
        old = Notice.mailed_at.is_(None), Notice.failed_at.is_(None), Notice.made_at <= now() - limits.MAIL_LIFE
        late = select(Notice).where(*old, Notice.tries > 0, Notice.next_try_at <= now())
        if db.session.scalar(late.with_only_columns(Notice.id).limit(1)) is None:
            return []
        with transaction() as session:
            oldest = late.order_by(Notice.made_at, Notice.id).limit(BATCH)
            return _given_up(session.scalars(oldest.with_for_update(skip_locked=True)).all())


@dataclass(frozen=True)
class Lost:
    """A mail that goes to nobody any more, as the log may name it."""

    id: str
    kind: str
    why: str
    """A name, or the code of the server’s answer: its words may hold an address."""


def undelivered(organisation_id: str, limit: int, user_id: str | None = None) -> Sequence[Notice]:
    """The newest mail of each person that was given up in the last 30 days, newest first, unless a later one to them
    went out: what was wrong with it was mended then."""
    failed = select(Notice.user_id, func.max(Notice.failed_at).label("at")).where(
        Notice.failed_at > now() - limits.MAIL_FAILURE_SHOWN
    )
    latest = failed.group_by(Notice.user_id).subquery()
    later = aliased(Notice)
    went = exists().where(later.user_id == latest.c.user_id, later.mailed_at > latest.c.at)
    query = select(Notice).join(latest, (Notice.user_id == latest.c.user_id) & (Notice.failed_at == latest.c.at))
    query = query.join(User, User.id == Notice.user_id).where(User.organisation_id == organisation_id, ~went)
    if user_id:
        query = query.where(Notice.user_id == user_id)
    ordered = query.options(joinedload(Notice.user)).order_by(Notice.failed_at.desc(), Notice.id)
    found: dict[str, Notice] = {}
    for notice in db.session.scalars(ordered.limit(limit * 5)):
        found.setdefault(notice.user_id, notice)
    return list(found.values())[:limit]


def _due() -> tuple[ColumnElement[bool], ...]:
    unsent = Notice.mailed_at.is_(None), Notice.failed_at.is_(None)
    return *unsent, Notice.next_try_at <= now(), Notice.made_at > now() - limits.MAIL_LIFE


def _given_up(notices: Sequence[Notice]) -> Sequence[Lost]:
    """Note it, and tell the admins, in the caller’s transaction, where it was to protect somebody: of each person once,
    until a day passes without. What is about an admin’s own mail, the others hear."""
    reached = [notice for notice in notices if notice.kind in PROTECTS and notice.user.is_enabled]
    people = {notice.user_id: notice.user for notice in reached}
    known = select(Notice.user_id).where(Notice.user_id.in_(people), Notice.kind.in_(PROTECTS))
    for user_id in set(db.session.scalars(known.where(Notice.failed_at > now() - limits.MAIL_FAILURE_TOLD))):
        del people[user_id]
    for notice in notices:
        notice.failed_at = now()
        notice.claim = None
    if people:
        names = sorted(user.name for user in people.values())
        one = next(iter(people)) if len(people) == 1 else ""
        others = max(0, len(names) - NAMED)
        facts = {"names": ", ".join(names[:NAMED]), "others": others, "member_id": one}
        organisation_id = next(iter(people.values())).organisation_id
        Notice.give_admins(organisation_id, "mail_failed", but=one or None, **facts)
    return [Lost(notice.id, notice.kind, notice.last_error.partition(" ")[0]) for notice in notices]


def _claimed(notice_ids: Collection[str], claim: str) -> Update:
    mine = update(Notice).where(Notice.id.in_(notice_ids), Notice.claim == claim, Notice.mailed_at.is_(None))
    return mine.execution_options(synchronize_session=False)
