"""Diagnostics, for owners: what the service stands on, as this process sees it, and a mail to try the whole way out."""

import platform
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from flask import Blueprint, current_app, flash, request, url_for
from sqlalchemy import make_url, select
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import SealingFailed
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.outbox.counts import Outbox
from webapp.models.server.heartbeat import Heartbeat
from webapp.ops import checks, health, seal_rotation
from webapp.ops.proxy_hops import hops_of
from webapp.version import VERSION
from webapp.web.access import address, current_member, owners_only
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import MAIL_CODES, spend
from webapp.web.rendering import Context, render

bp = Blueprint("admin_diagnostics", __name__, url_prefix="/admin")

LITTLE = 0.1
"""Of a disk: less than that is said to be little."""


@dataclass(frozen=True, kw_only=True)
class Versions(Context):
    """What the service is made of. `migrations`: `present` and `needed`."""

    versions: Mapping[str, str]
    migrations: Mapping[str, str | None]


@dataclass(frozen=True, kw_only=True)
class SealingKeys(Context):
    """Whether what is sealed can be opened."""

    standings: Sequence[seal_rotation.Standing]
    sealing_problem: SealingFailed | None


@dataclass(frozen=True, kw_only=True)
class Work(Context):
    """Mail, and the worker that hands it over."""

    mail_server: Any
    mail_from: str
    outbox: Outbox
    test_mail: Notice | None
    """The newest that the reader sent."""
    heartbeat: datetime | None
    is_worker_late: bool


@dataclass(frozen=True, kw_only=True)
class Surroundings(Context):
    """The clock, the way of requests to this process, and the disks."""

    seconds_ahead: int | None
    """The server’s clock, of the database’s."""
    seconds_allowed: float
    address: str
    """Of the reader, as it is counted."""
    trusted: Any
    """Networks of proxies."""
    hops: Any
    """The way of this request."""
    disks: Sequence[Mapping[str, Any]]
    """`name`, `free`, `is_little`."""


@bp.get("/diagnostics")
@owners_only
def show_diagnostics() -> str:
    """Everything in one page; each part says what to do where it is not well."""
    return render("admin/diagnostics.html", _versions(), _keys(), _work(), _surroundings())


@bp.post("/diagnostics/mail")
@owners_only
def create_test_mail() -> BaseResponse:
    """Put a mail to whoever asks into the outbox: it takes the way of all others."""
    my_id = current_member().id
    if not Notice.goes_by_mail():
        flash("There is no mail server, so nothing was sent: SMTP_URL is set to none.", "warning")
    else:
        spend(MAIL_CODES, f"test:{my_id}")
        with transaction() as session:
            to = session.get_one(User, my_id)
            Notice.give(to, "mail_test")
        flash("The mail is in the outbox. Look here again in a moment.", "success")
    return redirect_to(url_for("admin_diagnostics.show_diagnostics"))


def _versions() -> Versions:
    names = {
        "Spare Key": VERSION,
        "Python": platform.python_version(),
        "Web server": f"granian {version('granian')}",
    }
    migrations = {"present": health.present_migration(), "needed": health.newest_migration()}
    return Versions(versions={**names, "Database": checks.database_name()}, migrations=migrations)


def _keys() -> SealingKeys:
    return SealingKeys(standings=seal_rotation.standing(), sealing_problem=health.sealing_problem())


def _work() -> Work:
    beaten_at = Heartbeat.last()
    query = select(Notice).where(Notice.user_id == current_member().id, Notice.kind == "mail_test")
    return Work(
        mail_server=current_app.config["SMTP"],
        mail_from=current_app.config["MAIL_FROM"],
        outbox=Outbox.present(),
        test_mail=db.session.scalar(query.order_by(Notice.made_at.desc()).limit(1)),
        heartbeat=beaten_at,
        is_worker_late=beaten_at is not None and now() - beaten_at > limits.HEARTBEAT_LATE,
    )


def _surroundings() -> Surroundings:
    ahead = health.clock_difference()
    return Surroundings(
        seconds_ahead=None if ahead is None else round(ahead.total_seconds()),
        seconds_allowed=checks.CLOCKS_APART.total_seconds(),
        address=address(),
        trusted=current_app.config["TRUSTED_PROXIES"],
        hops=hops_of(request.environ, current_app.config["TRUSTED_PROXIES"]),
        disks=_disks(),
    )


def _disks() -> list[dict[str, Any]]:
    """Of the folders that this process writes to. A database server’s is not in sight."""
    url = make_url(current_app.config["SQLALCHEMY_DATABASE_URI"])
    folders = {"The server’s own folder": Path(current_app.config["INSTANCE_PATH"])}
    if url.get_backend_name() == "sqlite" and url.database:
        folders["The database"] = Path(url.database).parent
    found = []
    for name, folder in folders.items():
        if folder.exists():
            usage = shutil.disk_usage(folder)
            found.append({"name": name, "free": usage.free, "is_little": usage.free < LITTLE * usage.total})
    return found
