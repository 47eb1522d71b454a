"""What Prometheus may know: how much is asked, how it is answered, what waits. Nothing of people.

Each web process counts in files of a folder that `serve` made (the client library’s multi-process mode), so whichever
answers tells of all. They share METRICS_PORT, as they share PORT: when one dies, the others go on answering.
"""

import os
import shutil
import socket
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from flask import Flask, g
from prometheus_client import CollectorRegistry, Counter, Gauge, make_wsgi_app, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy import event, func, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from webapp.database import db
from webapp.models.outbox.counts import Outbox
from webapp.models.recovery.clock_moves import open_by_clock
from webapp.models.server.heartbeat import Heartbeat
from webapp.ops.logs import is_poll, method, route

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
"""Where the client library looks for it, before anything of it is imported."""

REQUESTS = Counter("sparekey_requests", "Requests answered, without polls", ["route", "method", "status"])
POLLS = Counter("sparekey_polls", "Polls answered: pages that asked by themselves", ["route", "status"])
LIMITS_HIT = Counter("sparekey_limits_hit", "Requests refused because there were too many", ["route"])
UNDER_WAY = Gauge("sparekey_requests_under_way", "Requests being answered", multiprocess_mode="livesum")
CONNECTIONS = Gauge("sparekey_database_connections", "Open connections to the database", multiprocess_mode="livesum")
CONNECTIONS_USED = Gauge("sparekey_database_connections_used", "Those in use", multiprocess_mode="livesum")


def init_app(app: Flask) -> None:
    """Count; and tell, where this process is one of the web server’s and METRICS_PORT is set."""
    app.before_request(_begin)
    app.after_request(_count)
    app.teardown_request(_end)
    with app.app_context():
        for name, gauge in {"connect": CONNECTIONS, "checkout": CONNECTIONS_USED}.items():
            event.listen(db.engine, name, lambda *_, gauge=gauge: gauge.inc())
        for name, gauge in {"close": CONNECTIONS, "checkin": CONNECTIONS_USED}.items():
            event.listen(db.engine, name, lambda *_, gauge=gauge: gauge.dec())
    if app.config["METRICS_PORT"] and FOLDER in os.environ:
        tell(app, app.config["METRICS_BIND"], app.config["METRICS_PORT"])


def parent(instance: Path) -> Path:
    """Where `prepare` makes it: in the instance folder, unless nobody may write there."""
    return instance if os.access(instance, os.W_OK | os.X_OK) else Path(tempfile.gettempdir())


def prepare(instance: Path) -> None:
    """A folder for the counts of the web server that this process becomes; those of servers that are gone go."""
    folder = parent(instance) / ("metrics" if parent(instance) == instance else "sparekey-metrics")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for former in folder.iterdir():
        if former.name == str(os.getpid()) or not _is_alive(former.name):
            shutil.rmtree(former, ignore_errors=True)
    own = folder / str(os.getpid())
    own.mkdir(mode=0o700)
    os.environ[FOLDER] = str(own)


def tell(app: Flask, bind: str, port: int) -> WSGIServer:
    """Answer `/metrics` there, in a thread of its own."""
    family = _Server6 if ":" in bind else _Server
    server = make_server(bind, port, _only_metrics(app), server_class=family, handler_class=_Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class _Server(ThreadingMixIn, WSGIServer):
    """All web processes listen at one port; whichever is free answers."""

    daemon_threads = True
    allow_reuse_port = True


class _Server6(_Server):
    address_family = socket.AF_INET6


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Who asks for the counts is no news."""


class Standing(Collector):
    """What the database knows, looked up when it is asked for."""

    def __init__(self, app: Flask) -> None:
        self._app = app

    def collect(self) -> Iterable[Metric]:
        """The client library’s hook."""
        with self._app.app_context():
            try:
                found = list(_standing())
            except SQLAlchemyError:
                found = []
        yield GaugeMetricFamily("sparekey_database_up", "Whether the database answers", bool(found))
        yield from found


def _standing() -> Iterator[Metric]:
    outbox = Outbox.present()
    age = Heartbeat.age()
    waiting = db.session.scalar(select(func.count()).where(open_by_clock()))
    told = {
        "restore_requests_open": ("Restore requests that wait for an admin or a member", waiting),
        "outbox_waiting": ("Mails that have not left", outbox.waiting),
        "outbox_failing": ("Those of them that failed at least once", outbox.failing),
        "outbox_oldest_seconds": ("How long the first of them waits", outbox.age.total_seconds()),
        "worker_heartbeat_age_seconds": (
            "How long ago the worker was at work",
            None if age is None else age.total_seconds(),
        ),
    }
    for name, (words, value) in told.items():
        if value is not None:
            yield GaugeMetricFamily(f"sparekey_{name}", words, float(value))


def _only_metrics(app: Flask) -> WSGIApplication:
    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/metrics":
            start_response("404 Not Found", [("Content-Type", "text/plain")])
            return [b"See /metrics.\n"]
        tell_all: WSGIApplication = make_wsgi_app(_registry(app), disable_compression=True)
        return tell_all(environ, start_response)

    return answer


def _registry(app: Flask) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(Standing(app))
    folder = Path(os.environ[FOLDER])
    for file in folder.glob("gauge_live*_*.db"):
        process = file.stem.rpartition("_")[2]
        if not _is_alive(process):
            multiprocess.mark_process_dead(int(process), str(folder))  # type: ignore[no-untyped-call]
    multiprocess.MultiProcessCollector(registry, str(folder))  # type: ignore[no-untyped-call]
    return registry


def _is_alive(process: str) -> bool:
    try:
        os.kill(int(process), 0)
    except PermissionError:
        return True
    except (OSError, ValueError):
        return False
    return True


def _begin() -> None:
    g.is_counted = True
    UNDER_WAY.inc()


def _count(response: Response) -> Response:
    status = str(response.status_code)
    if is_poll():
        POLLS.labels(route(), status).inc()
    else:
        REQUESTS.labels(route(), method(), status).inc()
    if response.status_code == 429:
        LIMITS_HIT.labels(route()).inc()
    return response


def _end(_error: BaseException | None) -> None:
    if g.pop("is_counted", False):
        UNDER_WAY.dec()
