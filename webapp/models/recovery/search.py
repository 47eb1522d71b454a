"""The list of restore requests: a page, newest first, by where they stand and whose they are; and how many wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from webapp.clock import now
from webapp.database import db
from webapp.flows.restore_request import State
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.recovery.clock_moves import open_by_clock
from webapp.models.recovery.restore_request import RestoreRequest

PAGE = 50
SHOWN = ("all", "waiting", "open", "decided")
"""`templates/admin/requests/index.html` has the words."""


@dataclass(frozen=True)
class RequestSearch:
    """Which requests are wanted."""

    show: str = "all"
    person: str = ""
    """Words of the member’s name or address."""

    @staticmethod
    def of(show: str, person: str) -> "RequestSearch":
        """From what an address says; what there isn’t is left out."""
        return RequestSearch(show if show in SHOWN else "all", " ".join(person.split())[:100])

    @property
    def asked_by(self) -> Mapping[str, str]:
        """For an address that leads to the same."""
        found = {"show": self.show if self.show != "all" else "", "person": self.person}
        return {name: value for name, value in found.items() if value}

    def page(self, organisation_id: str, before: str = "") -> tuple[Sequence[RestoreRequest], str | None]:
        """The newest, or those behind the one with id `before`; and the id the next page goes on from."""
        asked = RestoreRequest
        query = select(asked).join(User, User.id == asked.user_id)
        query = query.where(asked.organisation_id == organisation_id, *self._conditions())
        last = db.session.execute(
            select(asked.made_at, asked.id).where(asked.id == before, asked.organisation_id == organisation_id)
        ).first()
        if last is not None:
            query = query.where(tuple_(asked.made_at, asked.id) < (last.made_at, last.id))
        query = query.options(joinedload(asked.user), joinedload(asked.decider))
        found = db.session.scalars(query.order_by(asked.made_at.desc(), asked.id.desc()).limit(PAGE + 1)).all()
        return found[:PAGE], found[PAGE - 1].id if len(found) > PAGE else None

    def _conditions(self) -> list[ColumnElement[bool]]:
        asked = RestoreRequest
        found: list[ColumnElement[bool]] = []
        if self.person:
            words = self.person.lower()
            found.append(or_(*(name.contains(words, autoescape=True) for name in User.searched_names())))
        if self.show == "decided":
            found.append(asked.decided_at.is_not(None))
        elif self.show != "all":
            found.append(open_by_clock())
            if self.show == "waiting":
                found.append(asked.stored_state == State.REQUESTED)
        return found


def waiting_requests(organisation_id: str, limit: int = 50) -> Sequence[RestoreRequest]:
    """Requests an admin has to decide, the oldest first."""
    query = select(RestoreRequest).where(RestoreRequest.organisation_id == organisation_id)
    query = query.where(RestoreRequest.stored_state == State.REQUESTED, RestoreRequest.expires_at > now())
    query = query.options(joinedload(RestoreRequest.user), joinedload(RestoreRequest.backup))
    return db.session.scalars(query.order_by(RestoreRequest.made_at).limit(limit)).all()


def waiting_version(organisation_id: str) -> tuple[str, int]:
    """What changes whenever the waiting requests do, and how many they are, in one SELECT."""
    waiting = (
        select(func.count())
        .select_from(RestoreRequest)
        .where(RestoreRequest.organisation_id == organisation_id, RestoreRequest.stored_state == State.REQUESTED)
        .where(RestoreRequest.expires_at > now())
        .scalar_subquery()
    )
    query = select(Organisation.requests_version, waiting).where(Organisation.id == organisation_id)
    version, count = db.session.execute(query).one()
    return f"{version}-{count}", count


def version_of(organisation: Organisation, waiting: Sequence[RestoreRequest], limit: int) -> tuple[str, int]:
    """The same, where those that wait were read already, at most `limit` of them, after the organisation: nothing that
    moves in between is missed by who asks with this version."""
    if len(waiting) == limit:
        return waiting_version(organisation.id)
    return f"{organisation.requests_version}-{len(waiting)}", len(waiting)
