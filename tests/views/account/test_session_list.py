"""Where somebody is signed in, and ending it."""

import hashlib
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.journal.event import Event
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


def session_of(client: FlaskClient) -> str:
    """The id of the session of this browser."""
    with client.session_transaction() as cookie:
        return hashlib.sha256(cookie["_user_id"].encode()).hexdigest()


def end(person: Person, client: FlaskClient) -> Any:
    return person.post(f"/sessions/{session_of(client)}/ending")


def rows(page: str) -> int:
    return page.count("<tr>") - 1


def events(app: Flask) -> list[dict[str, Any]]:
    with app.app_context():
        return [event.details for event in db.session.scalars(select(Event).where(Event.kind == "user.sessions_ended"))]


def test_it_lists_ones_own_the_present_one_first(alice: Person, charlie: Person, clock: MovableClock) -> None:
    alice.get("/settings")
    clock.advance(hours=2)
    phone = alice.app.test_client()
    phone.environ_base["HTTP_USER_AGENT"] = "Mozilla/5.0 (iPhone) Safari/605"
    phone.post("/sign-in", data={"email": alice.email, "password": alice.password})
    charlie.get("/settings")
    page = alice.get("/sessions").text
    assert rows(page) == 2
    assert page.index("Firefox on Windows") < page.index("This one") < page.index("Safari on iPhone")
    assert "127.0.0.1" in page
    assert "In this browser and 1 other." in alice.get("/settings").text
    assert "In this browser only." in charlie.get("/settings").text


def test_ending_one_signs_that_browser_out_and_locks_its_tabs(app: Flask, alice: Person) -> None:
    device, other = enrolled(alice), alice.another_browser()
    with app.app_context(), transaction() as session:
        for number, client in enumerate((alice.client, other)):
            TabKey.mark(session_of(client), device.id)
            TabKey.store(f"{number:032x}", session.get_one(SignIn, session_of(client)), device.id, bytes(32))
    answer = end(alice, other)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/sessions")
    page = alice.get("/sessions").text
    assert "Firefox on Windows is signed out" in page
    assert rows(page) == 1
    assert other.get("/settings").status_code == 303
    with app.app_context():
        assert {key.sign_in_id for key in db.session.scalars(select(TabKey))} == {session_of(alice.client)}
    assert events(app) == [{"number": 1}]


def test_what_has_ended_already_is_no_accident(app: Flask, alice: Person) -> None:
    other = alice.another_browser()
    gone = session_of(other)
    other.post("/sign-out")
    assert alice.post(f"/sessions/{gone}/ending").status_code == 303
    assert "was signed out already" in alice.get("/sessions").text
    assert events(app) == []


def test_ending_the_present_one_is_signing_out(alice: Person) -> None:
    assert end(alice, alice.client).headers["Location"] == "/sign-in"
    assert alice.get("/settings").status_code == 303


@pytest.mark.parametrize("person", ["charlie", "bob", "olga"])
def test_nobody_ends_anothers(alice: Person, request: pytest.FixtureRequest, person: str) -> None:
    stranger: Person = request.getfixturevalue(person)
    assert end(stranger, alice.client).status_code == 404
    assert stranger.post(f"/sessions/{'0' * 64}/ending").status_code == 404
    assert alice.get("/settings").status_code == 200


def test_all_others_end_at_once(app: Flask, alice: Person, charlie: Person) -> None:
    others = [alice.another_browser() for _ in range(2)]
    charlie.get("/settings")
    assert "End All Other Sessions" in alice.get("/sessions").text
    assert alice.post("/sessions/ending").headers["Location"] == "/sessions"
    page = alice.get("/sessions").text
    assert "signed out everywhere but here" in page
    assert "End All Other Sessions" not in page
    assert [client.get("/settings").status_code for client in (*others, charlie.client)] == [303, 303, 200]
    alice.post("/sessions/ending")
    assert "signed in nowhere but here" in alice.get("/sessions").text
    assert events(app) == [{"number": 2}]


def test_ending_is_never_a_link(alice: Person) -> None:
    assert alice.get("/sessions/ending").status_code == 405
    assert alice.get(f"/sessions/{session_of(alice.client)}/ending").status_code == 405
