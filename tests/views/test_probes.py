"""What supervisors ask: whether the process is up, and whether all is well that it stands on."""

import os
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.servers.sealing_keys import turned_wrong
from tests.views.account.test_notices import give
from webapp import limits
from webapp.config import MailServer
from webapp.database import db, transaction
from webapp.models.notices.notice import Notice
from webapp.models.server.heartbeat import Heartbeat
from webapp.views import probes

PROBES = ("/healthz", "/readyz")


@pytest.fixture
def worker(app: Flask) -> Callable[[], None]:
    """A worker that has just been at work; called, it is again."""

    def beat() -> None:
        with app.app_context():
            Heartbeat.beat()

    beat()
    return beat


def parts(client: FlaskClient, query: str = "") -> tuple[int, list[str]]:
    """The status, and the names of the parts that are not well."""
    answer = client.get(f"/readyz{query}")
    said = answer.get_json()
    assert said.pop("ok") == (answer.status_code == 200)
    return answer.status_code, [name for name, part in said.items() if not part["ok"]]


@pytest.mark.databases
def test_all_is_well(client: FlaskClient, worker: Callable[[], None]) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.get_json()["ok"]) == (200, True)
    assert answer.get_json()["worker"] == {"ok": True, "seconds_since_heartbeat": 0}
    assert answer.get_json()["mail"] == {"ok": True, "waiting": 0, "seconds_oldest_waits": 0}


@pytest.mark.parametrize("path", PROBES)
@pytest.mark.parametrize("host", ["10.0.0.7:8000", "keys.example.org", "[::1]:8000"])
def test_they_answer_whatever_host_is_asked_for(
    client: FlaskClient, worker: Callable[[], None], path: str, host: str
) -> None:
    assert client.get("/sign-in", headers={"Host": host}).status_code == 421
    assert client.get(path, headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("path", PROBES)
def test_they_look_at_no_session_and_set_no_cookie(alice: Person, worker: Callable[[], None], path: str) -> None:
    enrolled(alice)
    answer = alice.client.get(path)
    assert (answer.status_code, answer.headers.get_all("Set-Cookie")) == (200, [])
    assert "alice" not in answer.text.lower()


def test_whether_the_process_is_up_is_asked_of_nobody_else(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = alice.client
    with app.app_context():
        monkeypatch.setattr(db.engine.pool, "connect", lambda: pytest.fail("asked the database"))
    assert browser.get("/healthz").get_json() == {"ok": True}


def test_without_a_worker_it_is_not_ready(client: FlaskClient) -> None:
    assert parts(client) == (503, ["worker"])


def test_a_worker_that_stopped_is_noticed_and_one_that_came_back_too(
    client: FlaskClient, worker: Callable[[], None], clock: MovableClock
) -> None:
    clock.advance(seconds=limits.HEARTBEAT_LATE.total_seconds() - 1)
    assert parts(client) == (200, [])
    clock.advance(seconds=2)
    assert parts(client) == (503, ["worker"])
    worker()
    assert parts(client) == (200, [])


def test_whoever_needs_only_the_web_leaves_parts_out(client: FlaskClient) -> None:
    assert parts(client, "?exclude=worker,mail") == (200, [])
    assert parts(client, "?exclude=mail") == (503, ["worker"])


def test_mail_that_does_not_leave_is_noticed(
    app: Flask, client: FlaskClient, alice: Person, worker: Callable[[], None], clock: MovableClock
) -> None:
    notice = give(alice)
    clock.advance(seconds=limits.OUTBOX_LATE.total_seconds() + 1)
    worker()
    assert parts(client) == (200, []), "without a mail server a notice has arrived"
    app.config["SMTP"] = MailServer("mail.example.org", 587, "starttls")
    assert parts(client) == (503, ["mail"])
    assert client.get("/readyz").get_json()["mail"]["waiting"] == 1
    with app.app_context(), transaction() as session:
        session.get_one(Notice, notice).mailed_at = session.get_one(Notice, notice).made_at
    assert parts(client) == (200, [])


def test_a_wrong_sealing_key_is_noticed(app: Flask, client: FlaskClient, alice: Person, worker: object) -> None:
    enrolled(alice)
    with turned_wrong(app):
        assert parts(client) == (503, ["sealing"])
    assert parts(client) == (200, [])


@pytest.mark.databases
def test_a_migration_that_lacks_is_noticed(app: Flask, client: FlaskClient, worker: object) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '0014'"))
    status, bad = parts(client)
    with app.app_context(), transaction() as session:
        session.execute(text(f"UPDATE alembic_version SET version_num = '{_newest(client)}'"))
    assert (status, bad) == (503, ["migrations"])
    assert parts(client) == (200, [])


def _newest(client: FlaskClient) -> str:
    return str(client.get("/readyz").get_json()["migrations"]["needed"])


def test_a_file_that_nobody_may_write_to_is_noticed(
    client: FlaskClient, worker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "access", lambda _path, mode: not mode & os.W_OK)
    assert parts(client) == (503, ["database"])


def test_a_part_that_fails_hides_no_other(
    app: Flask, client: FlaskClient, worker: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> dict[str, object]:
        raise OperationalError("SELECT 1", {}, Exception("no such table: heartbeat"))

    monkeypatch.setitem(probes.PARTS, "worker", fail)
    assert parts(client) == (503, ["worker"])
