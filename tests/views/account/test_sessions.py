"""Signing in and out."""

import hashlib
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.clock import now
from webapp.crypto import passwords
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.web.redirects import own_path


def sign_in(client: FlaskClient, person: Person, password: str | None = None, **more: str) -> Any:
    return client.post("/sign-in", data={"email": person.email, "password": password or person.password, **more})


def test_address_and_password_begin_a_session(client: FlaskClient, alice: Person) -> None:
    response = sign_in(client, alice)
    assert (response.status_code, response.headers["Location"]) == (303, "/join/vault")
    assert client.get("/settings").status_code == 200
    with alice.app.app_context():
        event = db.session.scalars(select(Event).where(Event.kind == "user.signed_in")).one()
        assert (event.actor_id, event.subject_id) == (alice.user_id, alice.user_id)


def test_capitals_and_blanks_around_the_address_don_t_matter(client: FlaskClient, alice: Person) -> None:
    response = client.post("/sign-in", data={"email": " ALICE@Example.ORG ", "password": alice.password})
    assert response.status_code == 303


def test_the_cookie_is_not_what_the_database_holds(client: FlaskClient, alice: Person) -> None:
    sign_in(client, alice)
    with client.session_transaction() as cookie:
        token = cookie["_user_id"]
    with alice.app.app_context():
        kept = db.session.scalars(select(SignIn.id)).all()
    assert kept == [hashlib.sha256(token.encode()).hexdigest()]
    assert token not in kept


def without_the_address(text: str) -> str:
    return re.sub(r'value="[^"]*"', "", text)


def test_unknown_wrong_and_disabled_get_the_same_answer_for_the_same_work(
    app: Flask, alice: Person, charlie: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context(), transaction():
        User.locked(charlie.user_id).disabled_at = now()
    worked: list[str | None] = []

    def counted(password: str, phc: str | None) -> bool:
        worked.append(phc)
        return original(password, phc)

    original = passwords.matches
    monkeypatch.setattr(passwords, "matches", counted)
    tries = [(alice.email, "wrong"), ("nobody@example.org", "wrong"), (charlie.email, charlie.password)]
    answers = [
        app.test_client().post("/sign-in", data={"email": email, "password": password}) for email, password in tries
    ]
    assert {answer.status_code for answer in answers} == {422}
    assert len({without_the_address(answer.text) for answer in answers}) == 1
    assert len(worked) == 3


def test_what_was_typed_comes_back_but_the_password(client: FlaskClient, alice: Person) -> None:
    page = sign_in(client, alice, "a wrong password").text
    assert f'value="{alice.email}"' in page
    assert "a wrong password" not in page


def test_tries_are_counted_for_an_account_wherever_they_come_from(
    app: Flask, alice: Person, clock: MovableClock
) -> None:
    clock.advance(days=1)
    for _ in range(10):
        assert sign_in(app.test_client(), alice, "wrong").status_code == 422
    blocked = sign_in(app.test_client(), alice)
    assert blocked.status_code == 429
    assert int(blocked.headers["Retry-After"]) <= 121
    assert "too many tries" in blocked.text
    clock.advance(minutes=3)
    assert sign_in(app.test_client(), alice).status_code == 303


def test_tries_are_counted_for_an_unknown_account_too(app: Flask, organisation: str) -> None:
    data = {"email": "nobody@example.org", "password": "wrong"}
    answers = [app.test_client().post("/sign-in", data=data).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


def test_tries_are_counted_for_an_address_whatever_the_account(app: Flask, alice: Person) -> None:
    for number in range(50):
        app.test_client().post("/sign-in", data={"email": f"{number}@example.org", "password": "wrong"})
    assert sign_in(app.test_client(), alice).status_code == 429


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("/vault?item=1", "/vault?item=1"),
        ("https://evil.example/", None),
        ("//evil.example/", None),
        ("/\\evil.example/", None),
        ("/\t/evil.example/", None),
        ("javascript:alert(1)", None),
        ("vault", None),
        ("", None),
        (None, None),
    ],
)
def test_signing_in_leads_to_own_paths_only(asked: str | None, found: str | None) -> None:
    assert own_path(asked) == found


def test_the_page_that_asked_for_a_sign_in_is_where_it_leads(client: FlaskClient, alice: Person) -> None:
    asked = client.get("/settings")
    assert asked.headers["Location"] == "/sign-in?next=/settings"
    assert 'name="next" value="/settings"' in client.get(asked.headers["Location"]).text
    assert sign_in(client, alice, next="/settings").headers["Location"] == "/settings"
    assert sign_in(client, alice, next="//evil.example").headers["Location"] == "/join/vault"


def test_signed_in_people_need_no_form(alice: Person) -> None:
    assert alice.get("/sign-in").headers["Location"] == "/join/vault"
    assert alice.get("/sign-in?next=/settings").headers["Location"] == "/settings"


def test_signing_in_as_somebody_else_ends_the_former_session(app: Flask, alice: Person, charlie: Person) -> None:
    sign_in(alice.client, charlie)
    with app.app_context():
        former = db.session.scalars(select(SignIn).where(SignIn.user_id == alice.user_id)).one()
        assert former.ended_at


def test_signing_out_ends_the_session_and_locks_its_tabs(app: Flask, alice: Person) -> None:
    device = enrolled(alice)
    with app.app_context(), transaction() as session:
        found = session.scalars(select(SignIn)).one()
        TabKey.store("ab" * 16, found, device.id, bytes(32))
    with alice.client.session_transaction() as cookie:
        token = cookie["_user_id"]
    response = alice.post("/sign-out")
    assert (response.status_code, response.headers["Location"]) == (303, "/sign-in")
    assert "You are signed out" in alice.get("/sign-in").text
    with alice.client.session_transaction() as cookie:
        cookie["_user_id"] = token  # a copy of the cookie is worth nothing afterwards
    assert alice.get("/settings").status_code == 303
    with app.app_context():
        assert not db.session.scalars(select(TabKey)).all()


def test_a_session_lasts_thirty_days_and_no_longer(alice: Person, clock: MovableClock) -> None:
    assert alice.get("/settings").status_code == 200
    clock.advance(days=limits.SESSION_LIFE.days - 1)
    assert alice.get("/settings").status_code == 200
    clock.advance(days=1)
    assert alice.get("/settings").status_code == 303


def test_disabling_somebody_ends_their_sessions(app: Flask, alice: Person) -> None:
    assert alice.get("/settings").status_code == 200
    with app.app_context(), transaction():
        User.locked(alice.user_id).disabled_at = now()
    assert alice.get("/settings").status_code == 303


def test_signing_out_is_never_a_link(alice: Person) -> None:
    assert alice.get("/sign-out").status_code == 405
    assert alice.get("/settings").status_code == 200


def test_before_there_is_an_organisation_the_page_says_how_to_make_one(client: FlaskClient) -> None:
    assert "webapp init" in client.get("/sign-in").text
