"""For whoever supervises the service: whether this process is up, and whether all that it stands on is.

A probe comes by address, not by name, and without a session: it is answered whatever host it asks for. Nothing here
tells of people.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from webapp import limits
from webapp.config import ConfigurationError
from webapp.database import db
from webapp.models.outbox.counts import Outbox
from webapp.models.server.heartbeat import Heartbeat
from webapp.ops import health, startup_checks
from webapp.web.access import probe, public, quiet
from webapp.web.database_outage import availability, is_away

bp = Blueprint("probes", __name__)
Part = dict[str, Any]


@bp.get("/healthz")
@public
@quiet
@probe
def show_process() -> Response:
    """200: this process answers. It asks nobody else, so it says nothing of the database."""
    return jsonify(ok=True)


@bp.get("/readyz")
@public
@quiet
@probe
def show_parts() -> tuple[Response, int]:
    """200 where all parts are well, else 503, with each part: `ok`, and what it measured. `?exclude=worker,mail`:
    without these, as a proxy wants it that chooses among web processes."""
    excluded = set(request.args.get("exclude", "").split(","))
    parts = {name: _tried(part) for name, part in PARTS.items() if name not in excluded}
    is_ready = all(part["ok"] for part in parts.values())
    return jsonify(ok=is_ready, **parts), 200 if is_ready else 503


def _database() -> Part:
    db.session.execute(select(1))
    return {"ok": health.takes_writes()}


def _migrations() -> Part:
    present = health.present_migration()
    newest = health.newest_migration()
    return {"ok": present == newest, "present": present, "needed": newest}


def _sealing() -> Part:
    startup_checks.ensure(current_app._get_current_object())  # type: ignore[attr-defined]
    return {"ok": health.sealing_problem() is None}


def _worker() -> Part:
    age = Heartbeat.age()
    return {"ok": age is not None and age <= limits.HEARTBEAT_LATE, "seconds_since_heartbeat": _seconds(age)}


def _mail() -> Part:
    outbox = Outbox.present()
    return {"ok": not outbox.is_late, "waiting": outbox.waiting, "seconds_oldest_waits": _seconds(outbox.age)}


PARTS: dict[str, Callable[[], Part]] = {
    "database": _database,
    "migrations": _migrations,
    "sealing": _sealing,
    "worker": _worker,
    "mail": _mail,
}


def _tried(part: Callable[[], Part]) -> Part:
    try:
        return part()
    except SQLAlchemyError as error:
        db.session.rollback()
        if is_away(error):
            availability().lost(error)
        return {"ok": False}
    except ConfigurationError:
        return {"ok": False}


def _seconds(age: timedelta | None) -> int | None:
    return None if age is None else round(age.total_seconds())
