"""Asking for a link: the same answer and the same work whoever’s the address is."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from tests.support.people.password_links import answered
from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.config import Mode
from webapp.database import db, transaction
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.directory.user import User


@pytest.fixture(autouse=True)
def mail_is_read(app: Flask) -> None:
    """In development every mail is on the mailbox page."""
    app.config["MODE"] = Mode.DEVELOPMENT


def asks(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(PasswordResetRequest.id))) or 0


def test_the_sign_in_page_leads_there(client: FlaskClient, organisation: str) -> None:
    assert '<a href="/forgot-password">Forgot password</a>' in client.get("/sign-in").text
    assert client.get("/forgot-password").status_code == 200


def test_a_link_goes_to_the_account_and_to_nobody_else(app: Flask, client: FlaskClient, alice: Person) -> None:
    for email in (" ALICE@Example.org", "nobody@example.org"):
        answer = client.post("/forgot-password", data={"email": email})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/forgot-password/sent")
    assert asks(app) == 2
    assert answered(app) == [alice.email]
    assert asks(app) == 0


def test_the_answer_says_what_to_look_for_and_no_address(client: FlaskClient, olga: Person) -> None:
    page = client.get("/forgot-password/sent").text
    assert "If that is the address of an account here, a link is on its way" in page
    assert "spam folder" in page
    assert "for an hour" in page
    assert olga.email in page, "the contact"


def test_known_unknown_and_disabled_get_the_same_answer(app: Flask, alice: Person, charlie: Person) -> None:
    with app.app_context(), transaction():
        User.locked(charlie.user_id).disabled_at = now()
    answers = []
    for email in (alice.email, charlie.email, "nobody@example.org"):
        client = app.test_client()
        answer = client.post("/forgot-password", data={"email": email})
        del answer.headers["X-Request-Id"]  # drawn for each request, whoever it is about
        answers.append((answer.status_code, answer.headers.to_wsgi_list(), answer.text))
    assert answers[0] == answers[1] == answers[2]
    assert answered(app) == [alice.email]


@pytest.mark.parametrize("email", ["", "alice", "alice@", "a b@example.org", f"{'a' * 300}@example.org"])
def test_what_is_no_address_comes_back_with_a_sentence(
    app: Flask, client: FlaskClient, alice: Person, email: str
) -> None:
    answer = client.post("/forgot-password", data={"email": email})
    assert answer.status_code == 422
    assert "no whole email address" in answer.text
    assert f'value="{email[:254]}"' in answer.text
    assert asks(app) == 0


def test_asking_is_counted_for_an_address_whoever_asks(app: Flask, alice: Person, clock: MovableClock) -> None:
    data = {"email": alice.email}
    assert [app.test_client().post("/forgot-password", data=data).status_code for _ in range(5)] == [303] * 4 + [429]
    blocked = app.test_client().post("/forgot-password", data={"email": "Alice@example.org"})
    assert blocked.status_code == 429
    assert "asked for too often" in blocked.text
    assert "Alice@example.org" in blocked.text
    assert int(blocked.headers["Retry-After"]) > 0
    clock.advance(minutes=16)
    assert app.test_client().post("/forgot-password", data=data).status_code == 303


def test_asking_is_counted_for_a_network_whatever_the_address(app: Flask, organisation: str) -> None:
    answers = [app.test_client().post("/forgot-password", data={"email": f"{n}@b.org"}).status_code for n in range(21)]
    assert answers == [303] * 20 + [429]


def test_without_mail_it_says_whom_to_ask(app: Flask, client: FlaskClient, alice: Person, olga: Person) -> None:
    app.config["MODE"] = Mode.PRODUCTION
    page = client.get("/forgot-password").text
    assert "This server sends no mail. Ask your IT admin, Olga," in page
    assert "<form" not in page
    answer = client.post("/forgot-password", data={"email": alice.email})
    assert answer.status_code == 409
    assert "This server sends no mail" in answer.text
    assert asks(app) == 0


def test_only_development_points_to_its_mailbox(app: Flask, client: FlaskClient, organisation: str) -> None:
    assert 'href="/mailbox"' in client.get("/forgot-password/sent").text
    app.config["MODE"] = Mode.PRODUCTION
    assert "mailbox</a>" not in client.get("/forgot-password/sent").text


def test_who_is_signed_in_may_ask_too(app: Flask, alice: Person) -> None:
    assert alice.get("/forgot-password").status_code == 200
    assert alice.post("/forgot-password", data={"email": alice.email}).status_code == 303
    assert answered(app) == [alice.email]
