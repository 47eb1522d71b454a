"""Times as people say them. The server doesn’t know anybody’s time zone, so a clock time always says UTC.

In a page each is an element: a script (`static/js/page/elements/exact-times.js`) writes it in the zone of whoever
reads, as its `data-time` says, keeps it up to date, and shows it to the second where somebody asks for that.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup

from webapp.clock import clock_time, day, now, stamp

UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def init_app(app: Flask) -> None:
    """Give templates the filters `ago`, `until`, `clock_time` and `day`, and what time it is."""
    app.jinja_env.filters["ago"] = lambda moment: _element(moment, "ago", ago(moment))
    app.jinja_env.filters["until"] = lambda moment: _element(moment, "until", until(moment))
    app.jinja_env.filters["clock_time"] = _clock_time
    app.jinja_env.filters["day"] = lambda moment: _element(moment, "day", day(moment))
    app.jinja_env.globals["server_time"] = lambda: stamp(now())


def ago(moment: datetime) -> str:
    """`just now`, `5 minutes ago`, `2 days ago`; after four weeks the day."""
    past = now() - moment
    if past >= timedelta(days=28):
        return day(moment)
    for name, unit in UNITS:
        number = past // unit
        if number >= 1:
            return f"{number} {name}{'' if number == 1 else 's'} ago"
    return "just now"


def until(moment: datetime) -> str:
    """`in 3 days`, `in 2 hours`, `in a minute`; `now` once it is there."""
    left = moment - now()
    if left <= timedelta(0):
        return "now"
    for name, unit in UNITS:
        number = left // unit
        if number >= 1:
            return f"in {number} {name}{'' if number == 1 else 's'}"
    return "in a minute"


def ago_changes_at(moment: datetime) -> datetime:
    """When `ago` will say something else."""
    past = now() - moment
    unit = next((unit for _, unit in UNITS if past >= unit), timedelta(minutes=1))
    return moment + (past // unit + 1) * unit


def _clock_time(moment: datetime, among: Iterable[datetime] = ()) -> Markup:
    """`among`: what is listed with it. Where two of them would read the same, both say their seconds."""
    is_shared = sum(clock_time(other) == clock_time(moment) for other in among) > 1
    return _element(moment, "seconds" if is_shared else "clock", clock_time(moment, seconds=is_shared))


def _element(moment: datetime, form: str, words: str) -> Markup:
    """What changes by itself isn’t read out each time, wherever it stands."""
    quiet = Markup(' aria-live="off"') if form in ("ago", "until") else ""
    return Markup('<time datetime="{}" data-time="{}"{}>{}</time>').format(stamp(moment), form, quiet, words)
