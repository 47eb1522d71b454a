"""The list of restore requests: a page, newest first, by where they stand and whose they are; and how many wait."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.orm import joinedload

from webapp.clock import now
from webapp.database import db
from webapp.flows.restore_request import OPEN, State
from webapp.models.organisation import Organisation
from webapp.models.restore_request import RestoreRequest
from webapp.models.user import User

PAGE = 50
SHOWN = ("all", "waiting", "open", "decided")
"""`templates/admin/requests.html` has the words."""


@dataclass(frozen=True)
class SoughtRequests:
    """Which requests are wanted."""

    show: str = "all"
    person: str = ""
    """Words of the member’s name or address."""

    @staticmethod
    def of(show: str, person: str) -> "SoughtRequests":
        """From what an address says; what there isn’t is left out."""
        return SoughtRequests(show if show in SHOWN else "all", " ".join(person.split())[:100])

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
            names, words = (func.lower(User.name), User.email), self.person.lower()
            found.append(or_(*(name.contains(words, autoescape=True) for name in names)))
        if self.show == "decided":
            found.append(asked.decided_at.is_not(None))
        elif self.show != "all":
            states = [State.REQUESTED] if self.show == "waiting" else list(OPEN)
            found += [asked.state.in_(states), asked.expires_at > now()]
        return found


def waiting_version(organisation_id: str) -> tuple[str, int]:
    """What changes whenever the waiting requests do, and how many they are, in one SELECT."""
    waiting = (
        select(func.count())
        .select_from(RestoreRequest)
        .where(RestoreRequest.organisation_id == organisation_id, RestoreRequest.state == State.REQUESTED)
        .where(RestoreRequest.expires_at > now())
        .scalar_subquery()
    )
    query = select(Organisation.requests_version, waiting).where(Organisation.id == organisation_id)
    version, count = db.session.execute(query).one()
    return f"{version}-{count}", count
