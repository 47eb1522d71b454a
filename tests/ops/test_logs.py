"""The log: a line each, with time, level, event and the id of the request; nothing of people, nothing that opens."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.invitations import invite
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp.ops import logs

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(app: Flask) -> Iterator[Lines]:
    """What the application has said since, as production writes it."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.json_formatter())
    app.logger.addHandler(handler)
    app.logger.setLevel(logging.INFO)

    def read() -> list[dict[str, Any]]:
        text = stream.getvalue()
        stream.seek(0)
        stream.truncate()
        return [json.loads(line) for line in text.splitlines()]

    yield read
    app.logger.removeHandler(handler)
    app.logger.setLevel(logging.NOTSET)


def test_a_request_is_one_line(client: FlaskClient, organisation: str, lines: Lines) -> None:
    answer = client.get("/sign-in?next=/vault")
    (line,) = lines()
    assert line.pop("time").endswith("Z")
    assert line.pop("milliseconds") >= 0
    said = {"level": "info", "event": "request", "method": "GET", "route": "/sign-in", "status": 200}
    assert line == {**said, "request_id": answer.headers["X-Request-Id"]}


def test_it_names_the_rule_of_an_address_and_never_what_stands_in_it(app: Flask, bob: Person, lines: Lines) -> None:
    link = invite(app, bob.organisation_id)
    lines()
    visitor = app.test_client()
    visitor.get(f"{link}?words=zirkuspferd", headers={"Referer": "http://localhost/zirkuspferd"})
    visitor.post("/sign-in", data={"email": "alice@example.org", "password": "zirkuspferd"})
    visitor.get("/zirkuspferd")
    visitor.open("/sign-in", method="ZIRKUSPFERD")
    said = lines()
    assert [line["route"] for line in said] == ["/join/<token>", "/sign-in", "no route", "no route"]
    text = json.dumps(said).lower()
    for secret in (link.rpartition("/")[2].lower(), "zirkuspferd", "alice", "127.0.0.1", "firefox"):
        assert secret not in text


def test_a_poll_is_no_news_until_it_fails(alice: Person, lines: Lines) -> None:
    enrolled(alice)
    lines()
    assert alice.get("/sessions/state").status_code == 200
    assert alice.get("/healthz").status_code == 200
    assert lines() == []
    assert alice.get("/readyz").status_code == 503
    assert [line["route"] for line in lines()] == ["/readyz"]


@pytest.mark.parametrize("given", ["from-a-visitor", ""])
def test_without_a_proxy_every_request_gets_an_id_of_ours(client: FlaskClient, organisation: str, given: str) -> None:
    ids = {client.get("/sign-in", headers={"X-Request-Id": given}).headers["X-Request-Id"] for _ in range(3)}
    assert len(ids) == 3
    assert all(len(each) == 32 for each in ids)


class TestBehindAProxy:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"TRUSTED_PROXIES": "1"}

    @pytest.mark.parametrize("given", ["7f3b-21.A_z", "a" * 64])
    def test_its_id_is_kept(self, client: FlaskClient, organisation: str, lines: Lines, given: str) -> None:
        assert client.get("/sign-in", headers={"X-Request-Id": given}).headers["X-Request-Id"] == given
        assert lines()[-1]["request_id"] == given

    @pytest.mark.parametrize("given", ["a" * 65, "a b", "é", '"}'])
    def test_what_is_no_id_is_replaced(self, client: FlaskClient, organisation: str, lines: Lines, given: str) -> None:
        answer = client.get("/sign-in", headers={"X-Request-Id": given})
        assert len(answer.headers["X-Request-Id"]) == 32
        assert lines()[-1]["request_id"] == answer.headers["X-Request-Id"]


def test_an_accident_is_told_with_the_id_of_its_request(
    app: Flask, client: FlaskClient, organisation: str, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False

    def fail() -> str:
        raise RuntimeError("planted")

    monkeypatch.setitem(app.view_functions, "sessions.new_sign_in", logs_public(fail))
    answer = client.get("/sign-in?next=/zirkuspferd")
    assert answer.status_code == 500
    told, request = lines()
    assert told["level"] == "error"
    assert "RuntimeError: planted" in told["exception"]
    assert "zirkuspferd" not in json.dumps(told)
    assert {told["request_id"], request["request_id"]} == {answer.headers["X-Request-Id"]}


def logs_public(view: Callable[[], str]) -> Callable[[], str]:
    view.access = "public"  # type: ignore[attr-defined]
    return view


def test_what_is_said_after_a_request_has_no_id_of_it(
    app: Flask, client: FlaskClient, organisation: str, lines: Lines, clock: MovableClock
) -> None:
    client.get("/sign-in")
    lines()
    app.logger.warning("about %s", "nothing")
    (line,) = lines()
    assert (line["event"], line["level"], "request_id" in line) == ("about nothing", "warning", False)


def test_lines_for_people_who_develop_are_text() -> None:
    record = logging.LogRecord("webapp", logging.INFO, __file__, 1, "request", None, None)
    record.route = "/sign-in"
    line = logs.readable_formatter().format(record)
    assert "request" in line
    assert "route=/sign-in" in line
