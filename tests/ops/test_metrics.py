"""What Prometheus is told: how much is asked and how it ends, what waits, and nobody’s name."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from prometheus_client import REGISTRY, CollectorRegistry, generate_latest

from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.requests import waiting_request
from tests.views.account.test_notices import give
from webapp.config import MailServer
from webapp.database import db, transaction
from webapp.models.notices.notice import Notice
from webapp.models.server.heartbeat import Heartbeat
from webapp.ops import metrics
from webapp.web.rate_limits import SIGN_IN_ACCOUNT

Grown = Callable[..., float]


@pytest.fixture
def grown() -> Grown:
    """By how much a number has grown since the test began: other tests count, too."""
    before: dict[tuple[str, tuple[tuple[str, str], ...]], float] = {}
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            before[sample.name, tuple(sorted(sample.labels.items()))] = sample.value

    def read(name: str, **labels: str) -> float:
        now = REGISTRY.get_sample_value(name, labels) or 0
        return now - before.get((name, tuple(sorted(labels.items()))), 0)

    return read


def standing(app: Flask) -> dict[str, float]:
    """What is looked up in the database."""
    return {sample.name: sample.value for metric in metrics.Standing(app).collect() for sample in metric.samples}


def test_requests_are_counted_by_route_method_and_status(client: FlaskClient, organisation: str, grown: Grown) -> None:
    client.get("/sign-in")
    client.get("/sign-in?next=/vault")
    client.post("/sign-in", data={"email": "a@b.example"})
    client.get("/no-such-page")
    count = "sparekey_requests_total"
    assert grown(count, route="/sign-in", method="GET", status="200") == 2
    assert grown(count, route="/sign-in", method="POST", status="422") == 1
    assert grown(count, route="no route", method="GET", status="404") == 1


def test_polls_are_counted_apart(alice: Person, grown: Grown) -> None:
    enrolled(alice)
    alice.get("/sessions/state")
    assert grown("sparekey_polls_total", route="/sessions/state", status="200") == 1
    assert grown("sparekey_requests_total", route="/sessions/state", method="GET", status="200") == 0


def test_limits_that_were_hit_are_counted(client: FlaskClient, bob: Person, grown: Grown) -> None:
    typed = {"email": "bob@example.org", "password": "wrong"}
    statuses = [client.post("/sign-in", data=typed).status_code for _ in range(SIGN_IN_ACCOUNT.burst + 1)]
    assert statuses[-1] == 429
    assert grown("sparekey_limits_hit_total", route="/sign-in") == statuses.count(429)


def test_what_is_under_way_and_what_is_connected_goes_down_again(
    app: Flask, client: FlaskClient, organisation: str, grown: Grown, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[float, float]] = []
    view = app.view_functions["sessions.new_sign_in"]

    def look(**values: object) -> object:
        answer = view(**values)
        seen.append((grown("sparekey_requests_under_way"), grown("sparekey_database_connections_used")))
        return answer

    look.access = "public"  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "sessions.new_sign_in", look)
    client.get("/sign-in")
    assert seen == [(1, 1)]
    assert (grown("sparekey_requests_under_way"), grown("sparekey_database_connections_used")) == (0, 0)


@pytest.mark.databases
def test_what_waits_is_looked_up(app: Flask, alice: Person, organisation_key: ActiveKey) -> None:
    assert "sparekey_worker_heartbeat_age_seconds" not in standing(app), "no worker ever ran"
    enrolled(alice)
    waiting_request(alice, organisation_key)
    app.config["SMTP"] = MailServer("mail.example.org", 587, "starttls")
    waiting = standing(app)["sparekey_outbox_waiting"]
    notice = give(alice)
    with app.app_context():
        Heartbeat.beat()
        with transaction() as session:
            session.get_one(Notice, notice).last_error = "SMTPDataError"
    found = standing(app)
    ages = {found.pop(f"sparekey_{name}") for name in ("outbox_oldest_seconds", "worker_heartbeat_age_seconds")}
    assert all(0 <= age < 60 for age in ages)
    assert found == {
        "sparekey_database_up": 1,
        "sparekey_restore_requests_open": 1,
        "sparekey_outbox_waiting": waiting + 1,
        "sparekey_outbox_failing": 1,
    }


def test_without_the_database_the_rest_is_told(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
        Path(str(db.engine.url.database)).unlink()
    assert standing(app) == {"sparekey_database_up": 0}


def test_nothing_that_is_told_names_anybody(app: Flask, alice: Person, organisation_key: ActiveKey) -> None:
    enrolled(alice)
    request = waiting_request(alice, organisation_key)
    registry = CollectorRegistry()
    registry.register(metrics.Standing(app))
    told = (generate_latest(REGISTRY) + generate_latest(registry)).decode()
    assert "sparekey_requests_total" in told
    for name in ("alice", "example.org", alice.user_id, alice.organisation_id, request.id):
        assert name not in told


def test_the_counts_of_servers_that_are_gone_are_removed_and_those_of_others_stay(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(metrics.FOLDER, "")
    folder = tmp_path / "metrics"
    for process in ("1", "99999999", str(os.getpid())):
        (folder / process).mkdir(parents=True)
        (folder / process / "counter_7.db").touch()
    metrics.prepare(tmp_path)
    assert os.environ[metrics.FOLDER] == str(folder / str(os.getpid()))
    assert sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.db")) == ["1/counter_7.db"]
