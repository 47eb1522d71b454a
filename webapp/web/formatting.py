"""Times as people say them. The server doesn’t know anybody’s time zone, so a clock time always says UTC."""

from datetime import datetime, timedelta

from flask import Flask
from markupsafe import Markup

from webapp.clock import clock_time, day, now, stamp

UNITS = (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1)))


def init_app(app: Flask) -> None:
    """Give templates the filters `ago`, `until`, `clock_time` and `day`."""
    app.jinja_env.filters["ago"] = lambda moment: _element(moment, ago(moment))
    app.jinja_env.filters["until"] = lambda moment: _element(moment, until(moment))
    app.jinja_env.filters["clock_time"] = lambda moment: _element(moment, clock_time(moment))
    app.jinja_env.filters["day"] = lambda moment: _element(moment, day(moment))


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


def _element(moment: datetime, words: str) -> Markup:
    return Markup('<time datetime="{}" title="{}">{}</time>').format(stamp(moment), clock_time(moment), words)
