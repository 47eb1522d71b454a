"""Activity: what happened, newest first, all of it or what is looked for. Events are only ever added."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, current_app, request

from webapp.models.journal.event import Event
from webapp.models.journal.kinds import grouped
from webapp.models.journal.listing import EventList, TooManyPeople, people_called
from webapp.models.refusals import FieldRefused
from webapp.web.access import current_member
from webapp.web.rendering import Context, render

bp = Blueprint("admin_activity", __name__, url_prefix="/admin")

PAGE = 50
FIELDS = ("person", "kind", "from", "to")


@dataclass(frozen=True, kw_only=True)
class ActivityPage(Context):
    """A page of what happened, newest first, and what is looked for."""

    typed: Mapping[str, str]
    """By field: person, kind, from, to."""
    kinds: Mapping[str, Sequence[str]]
    """Of events, by group."""
    events: Sequence[Event] = ()
    older: int | None = None
    """The number to go on from."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Codes by field."""


@bp.get("/activity")
def list_events() -> str | tuple[str, int]:
    """A page of the events that are asked for, from before the one with the number `before`."""
    typed = {name: " ".join(request.args.get(name, "").split()) for name in FIELDS}
    before = request.args.get("before", type=int)
    kinds = _kinds()
    page = ActivityPage(typed=typed, kinds=kinds)
    try:
        wanted = _wanted(current_member().organisation_id, kinds=kinds, **typed)
    except FieldRefused as error:
        return render("admin/activity/index.html", replace(page, errors={error.field: error.code})), 422
    events, older = wanted.page(PAGE, before)
    return render("admin/activity/index.html", replace(page, events=events, older=older))


def _kinds() -> dict[str, list[str]]:
    """All that there are words for, by group."""
    words = current_app.jinja_env.get_template("admin/activity/events.html").module.words  # type: ignore[attr-defined]
    return grouped(words)


def _wanted(organisation_id: str, *, person: str, kind: str, kinds: dict[str, list[str]], **dates: str) -> EventList:
    """Raises FieldRefused."""
    chosen = kinds.get(kind) or [one for members in kinds.values() for one in members if one == kind]
    if kind and not chosen:
        raise FieldRefused("kind", "no_kind")
    since = _day("from", dates["from"])
    until = _day("to", dates["to"])
    if since and until and since > until:
        raise FieldRefused("to", "dates_crossed")
    return EventList(
        organisation_id,
        people=_people(organisation_id, person) if person else None,
        kinds=chosen or None,
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def _day(field: str, text: str) -> datetime | None:
    """The beginning of a day, in UTC. Raises FieldRefused."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise FieldRefused(field, "no_date") from None
    if not 1970 <= day.year < 2970:
        raise FieldRefused(field, "no_date")
    return datetime.combine(day, time(), UTC)


def _people(organisation_id: str, text: str) -> list[str]:
    try:
        found = people_called(organisation_id, text)
    except TooManyPeople:
        raise FieldRefused("person", "many_people") from None
    if not found:
        raise FieldRefused("person", "no_person")
    return found
