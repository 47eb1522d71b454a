"""PostgreSQL stopped and started under the application: it says to wait, once in the log, and goes on by itself."""

import logging
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg.errors import DiskFull, IoError, OutOfMemory, ReadOnlySqlTransaction
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, InternalError

from tests.support.run import patience
from tests.support.servers.applications import BrowserLikeClient, dispose, make_app, migrate
from tests.support.servers.own_postgresql import OwnPostgresql, own_postgresql
from tests.support.servers.production import SETTINGS
from tests.support.servers.sealing_keys import fresh_key
from webapp import config, create_app, worker
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.audit_key import AuditKey, audit_key_context
from webapp.models.server.heartbeat import Heartbeat
from webapp.models.server.sealing_key import SealingKey
from webapp.ops import checks
from webapp.web.access import public
from webapp.web.database_outage import is_away

AWAY, BACK = "the database is away", "the database is back"
OCTETS = {"Accept": "application/octet-stream"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnPostgresql]:
    """With an organisation in it."""
    with own_postgresql() as made:
        migrate(made.url, tmp_path_factory.mktemp("migrated"))
        app = make_app({"DATABASE_URL": made.url}, tmp_path_factory.mktemp("first"))
        with app.app_context(), transaction() as session:
            session.add(Organisation(name="Example Works"))
        dispose(app)
        yield made


@pytest.fixture
def settings() -> dict[str, str]:
    """One sealing key for all whose applications share this database."""
    return {"SEALING_KEYS": SETTINGS["SEALING_KEYS"]}


@pytest.fixture(autouse=True)
def _running(server: OwnPostgresql) -> Iterator[None]:
    """Before each test, and after it."""
    yield
    if not server.is_running():
        server.start()


@pytest.fixture
def database_url(server: OwnPostgresql) -> str:
    return server.url


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the log says, without what stands after a colon."""
    return [record.getMessage().partition(":")[0] for record in caplog.records if record.name == "webapp"]


def test_while_it_is_away_everybody_is_asked_to_wait_and_the_log_says_it_once(
    server: OwnPostgresql, client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert client.get("/sign-in").status_code == 200
    server.stop()
    for path in ("/sign-in", "/sign-in", "/forgot-password"):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5"), path
    assert said(caplog) == [AWAY]
    assert [record.exc_info for record in caplog.records] == [None]
    server.start()
    assert client.get("/sign-in").status_code == 200
    assert client.get("/sign-in").status_code == 200
    assert said(caplog) == [AWAY, BACK]


def test_what_was_answered_stands_where_the_database_goes_after_the_last_question(
    server: OwnPostgresql, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def ask() -> str:
        found = str(db.session.scalar(text("SELECT 'found'")))
        server.stop()
        return found

    app.add_url_rule("/healthz/last-question", view_func=public(ask))
    assert app.test_client().get("/healthz/last-question").text.startswith("found")
    assert said(caplog) == [AWAY]
    server.start()
    assert app.test_client().get("/sign-in").status_code == 200


def test_a_page_that_was_only_looked_at_asks_again_by_itself(server: OwnPostgresql, client: FlaskClient) -> None:
    server.stop()
    looked, sent = client.get("/sign-in"), client.post("/sign-in", data={"email": "a@b.example", "password": "p"})
    fragment, octets = client.get("/sign-in", headers={"HX-Request": "true"}), client.get("/sign-in", headers=OCTETS)
    refresh = "<wait-for-server>"
    assert {answer.status_code for answer in (looked, sent, fragment, octets)} == {503}
    assert refresh in looked.text
    assert refresh not in sent.text, "it would drop what was sent"
    assert fragment.headers["Spare-Key"] == "1"
    assert octets.mimetype == "text/plain", "nobody’s answer: it is repeated, where that is harmless"


def test_somebody_who_is_signed_in_is_asked_to_wait_too(server: OwnPostgresql, app: Flask) -> None:
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = "token"
    server.stop()
    for path in ("/vault", "/admin/", "/sessions/state", "/sign-in"):
        answer = browser.get(path)
        assert (answer.status_code, "being looked after" in answer.text) == (503, True), path
    assert browser.get("/no-such-page").status_code == 404


def test_probes_tell_it(server: OwnPostgresql, client: FlaskClient) -> None:
    server.stop()
    assert client.get("/healthz").status_code == 200
    answer = client.get("/readyz?exclude=worker")
    assert (answer.status_code, answer.get_json()["database"]) == (503, {"ok": False})
    server.start()
    assert client.get("/readyz?exclude=worker").status_code == 200


def test_no_connection_that_was_kept_fails_after_a_restart(
    server: OwnPostgresql, app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with app.app_context():
        kept = [db.engine.connect() for _ in range(4)]
        for connection in kept:
            connection.execute(text("SELECT 1"))
            connection.close()
    server.stop()
    server.start()
    barrier = threading.Barrier(4)
    statuses = []

    def ask() -> None:
        barrier.wait()
        statuses.append(app.test_client().get("/sign-in").status_code)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert statuses == [200] * 4
    assert AWAY not in said(caplog)


@pytest.fixture
def read_only(server: OwnPostgresql, app: Flask) -> Iterator[Callable[[bool], None]]:
    """`read_only(True)`: as a standby is, for every connection that begins from now on."""

    def turn(on: bool) -> None:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("SET transaction_read_only = off")
            connection.execute(f"ALTER SYSTEM SET default_transaction_read_only = {on}")
            connection.execute("SELECT pg_reload_conf()")

        def is_turned() -> bool:
            with psycopg.connect(server.url) as asked:
                return asked.execute("SHOW transaction_read_only").fetchone() == ("on" if on else "off",)

        patience.wait_until(is_turned, "the setting read")
        dispose(app)

    yield turn
    turn(False)


def test_one_that_takes_no_writes_asks_to_wait_and_the_log_says_it_once(
    client: FlaskClient, read_only: Callable[[bool], None], caplog: pytest.LogCaptureFixture
) -> None:
    read_only(True)
    data = {"email": "a@b.example", "password": "p"}
    for _ in range(2):
        assert client.post("/sign-in", data=data).status_code == 503
        assert client.get("/sign-in").status_code == 200, "what only reads goes on"
    assert client.get("/readyz?exclude=worker").get_json()["database"] == {"ok": False}
    assert said(caplog) == [AWAY]
    read_only(False)
    assert client.get("/readyz?exclude=worker").get_json()["database"] == {"ok": True}
    for _ in range(2):
        assert client.post("/sign-in", data=data).status_code == 422
    assert said(caplog) == [AWAY, BACK]
    assert [record.exc_info for record in caplog.records if record.name == "webapp"] == [None, None]


def test_check_says_that_it_takes_no_writes(app: Flask, read_only: Callable[[bool], None]) -> None:
    read_only(True)
    with app.app_context():
        found = {each.name: each.problem for each in checks.database(has_sealing_keys=False, is_production=True)}
        with pytest.raises(InternalError) as refused, transaction() as session:
            session.add(Organisation(name="Another"))
    assert "takes no writes" in found["database"]
    assert "takes no writes (cannot execute INSERT" in checks.database_problem(refused.value)


@pytest.mark.parametrize("error", [DiskFull, OutOfMemory, IoError, ReadOnlySqlTransaction])
def test_a_disk_that_is_full_or_fails_counts_as_away(error: type[psycopg.Error]) -> None:
    assert is_away(DBAPIError("INSERT", {}, error("no room")))


def production(server: OwnPostgresql, folder: Path, **others: str) -> Flask:
    """As a web process makes it."""
    environ = {
        **SETTINGS,
        "DATABASE_URL": server.url,
        "PUBLIC_URL": "http://localhost",
        "SPAREKEY_INSTANCE": str(folder),
    }
    app = create_app(config.load({**environ, **others}))
    app.test_client_class = BrowserLikeClient
    logging.getLogger().handlers.clear()
    return app


@pytest.fixture
def _root_logger() -> Iterator[None]:
    """Production takes the log into its hands."""
    root = logging.getLogger()
    before = list(root.handlers)
    yield
    root.handlers = before


@pytest.mark.usefixtures("_root_logger")
def test_a_web_process_that_starts_before_it_proves_its_keys_once_it_is_there(
    server: OwnPostgresql, tmp_path: Path
) -> None:
    server.stop()
    app = production(server, tmp_path)
    client = app.test_client()
    assert (client.get("/sign-in").status_code, client.get("/healthz").status_code) == (503, 200)
    assert not app.extensions["is_proved"]
    server.start()
    assert client.get("/sign-in").status_code == 200
    assert app.extensions["is_proved"]
    dispose(app)


@pytest.mark.usefixtures("_root_logger")
def test_one_that_finds_former_tables_waits_for_the_upgrade_and_says_so(
    server: OwnPostgresql, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.stop()
    app = production(server, tmp_path)
    server.start()
    told: list[str] = []
    monkeypatch.setattr(app.logger, "critical", lambda form, *values: told.append(form % values))
    with psycopg.connect(server.url) as connection:
        (newest,) = connection.execute("SELECT version_num FROM alembic_version").fetchone() or ("",)
        connection.execute("UPDATE alembic_version SET version_num = '0009'")
    assert app.test_client().get("/sign-in").status_code == 503
    assert app.test_client().get("/readyz?exclude=worker,mail").get_json()["migrations"]["ok"] is False
    assert told == [f"The database is at 0009, and this version needs {newest}: run `flask --app webapp upgrade-db`."]
    with psycopg.connect(server.url) as connection:
        connection.execute("UPDATE alembic_version SET version_num = %s", (newest,))
    assert app.test_client().get("/sign-in").status_code == 200
    dispose(app)


@pytest.mark.usefixtures("_root_logger")
def test_one_whose_key_turns_out_to_be_wrong_serves_nothing(server: OwnPostgresql, tmp_path: Path) -> None:
    right = production(server, tmp_path)
    with right.app_context(), transaction() as session:
        found = session.query(Organisation).one()
        seed = SealingKey.seal(b"s", audit_key_context(found.id))
        session.add(AuditKey(organisation_id=found.id, public=b"p" * 32, seed=seed))
    dispose(right)
    server.stop()
    wrong = production(server, tmp_path, SEALING_KEYS=fresh_key("2026"))
    server.start()
    answers = [wrong.test_client().get("/sign-in") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [503, 503]
    assert "lacks a key of its own" in answers[0].text
    dispose(wrong)


def test_the_worker_goes_on_by_itself(
    server: OwnPostgresql, app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    between: list[Callable[[], None]] = [server.stop, lambda: None, lambda: None, server.start, lambda: None]
    after = iter(between)

    class Rounds(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            """What happens between two rounds; after the last the worker is stopped. Mail’s thread waits for that."""
            if threading.current_thread() is not threading.main_thread():
                return super().wait(patience.HUNG)
            happens = next(after, None)
            happens() if happens else self.set()
            return self.is_set()

    monkeypatch.setattr(worker, "threading", SimpleNamespace(Event=Rounds, Thread=threading.Thread))
    monkeypatch.setattr(signal, "signal", lambda *_: None)
    worker.run(app)
    assert said(caplog) == [AWAY, BACK]
    with app.app_context():
        assert Heartbeat.age() is not None
