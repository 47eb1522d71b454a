"""Activity: what happened, newest first, all of it or what is looked for. Events are only ever added."""

from datetime import UTC, date, datetime, time, timedelta

from flask import Blueprint, current_app, render_template, request

from webapp.models.event_kinds import grouped
from webapp.models.event_list import EventList, TooManyPeople, people_called
from webapp.security import me

bp = Blueprint("admin_activity", __name__, url_prefix="/admin")

PAGE = 50
FIELDS = ("person", "kind", "from", "to")


class Unclear(Exception):
    """A field that can’t be searched by; `field` and `code` say why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


@bp.get("/activity")
def list_events() -> str | tuple[str, int]:
    """A page of the events that are asked for, from before the one with the number `before`."""
    typed = {name: " ".join(request.args.get(name, "").split()) for name in FIELDS}
    before = request.args.get("before", type=int)
    kinds = _kinds()
    shown = {"typed": typed, "kinds": kinds, "events": [], "older": None, "errors": {}}
    try:
        wanted = _wanted(me().organisation_id, kinds=kinds, **typed)
    except Unclear as error:
        return render_template("admin/activity.html", **{**shown, "errors": {error.field: error.code}}), 422
    shown["events"], shown["older"] = wanted.page(PAGE, before)
    return render_template("admin/activity.html", **shown)


def _kinds() -> dict[str, list[str]]:
    """All that there are words for, by group."""
    words = current_app.jinja_env.get_template("admin/events.html").module.words  # type: ignore[attr-defined]
    return grouped(words)


def _wanted(organisation_id: str, *, person: str, kind: str, kinds: dict[str, list[str]], **dates: str) -> EventList:
    """Raises Unclear."""
    chosen = kinds.get(kind) or [one for members in kinds.values() for one in members if one == kind]
    if kind and not chosen:
        raise Unclear("kind", "no_kind")
    since, until = _day("from", dates["from"]), _day("to", dates["to"])
    if since and until and since > until:
        raise Unclear("to", "dates_crossed")
    return EventList(
        organisation_id,
        people=_people(organisation_id, person) if person else None,
        kinds=chosen or None,
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def _day(field: str, text: str) -> datetime | None:
    """The beginning of a day, in UTC. Raises Unclear."""
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise Unclear(field, "no_date") from None
    if not 1970 <= day.year < 2970:
        raise Unclear(field, "no_date")
    return datetime.combine(day, time(), UTC)


def _people(organisation_id: str, text: str) -> list[str]:
    try:
        found = people_called(organisation_id, text)
    except TooManyPeople:
        raise Unclear("person", "many_people") from None
    if not found:
        raise Unclear("person", "no_person")
    return found
