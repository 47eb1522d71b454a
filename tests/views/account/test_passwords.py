"""Forgot password, and the link with which a new one is chosen."""

import logging

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.pages.page_scripts import scripts_of
from tests.support.people.password_links import NEW, asked, newest, reset
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.crypto import passwords
from webapp.crypto.passwords import hash_password, matches
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.link import Link, Purpose
from webapp.models.signin.session import SignIn
from webapp.views.account import passwords as views


def user(person: Person) -> User:
    """As it stands; call it in a context of the application."""
    return db.session.get_one(User, person.user_id)


def is_password(person: Person, password: str) -> bool:
    with person.app.app_context():
        return matches(password, user(person).password_hash or None)


def everything(app: Flask) -> str:
    """What a link could change."""
    with app.app_context():
        return str([db.session.execute(select(table.__table__)).all() for table in (Link, User, SignIn)])


def test_the_page_says_whose_account_it_is(client: FlaskClient, alice: Person) -> None:
    enrolled(alice)
    page = client.get(asked(alice))
    assert page.status_code == 200
    assert "For the account of Alice at Example Works" in page.text
    assert f'value="{alice.email}"' in page.text
    assert "every browser of yours has to be brought back" in page.text
    assert scripts_of(page.text) == ["dist/invite.js"]


def test_looking_changes_nothing(app: Flask, client: FlaskClient, alice: Person) -> None:
    link = asked(alice)
    before = everything(app)
    for _ in range(3):
        assert client.get(link).status_code == client.head(link).status_code == 200
    assert everything(app) == before


def test_the_link_sets_the_password_and_leads_back_to_the_vault(client: FlaskClient, alice: Person) -> None:
    enrolled(alice)
    answer = client.post(asked(alice), data={"password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/devices/here")
    assert client.get("/settings").status_code == 200
    assert is_password(alice, NEW)
    assert alice.get("/settings").status_code == 303, "every other session ends"
    client.post("/devices/none")
    assert "You reset your password" in client.get("/recovery").text
    with alice.app.app_context():
        assert [device.state for device in Device.of(alice.user_id)] == [DeviceState.PRIOR]


def test_somebody_without_a_vault_goes_on_joining(client: FlaskClient, alice: Person) -> None:
    assert client.post(asked(alice), data={"password": NEW}).headers["Location"] == "/join/vault"


def test_after_an_admins_reset_the_reason_names_the_admin(client: FlaskClient, alice: Person, bob: Person) -> None:
    enrolled(alice)
    link = reset(alice, bob)
    assert alice.get("/settings").status_code == 303
    assert not is_password(alice, alice.password)
    assert "Your former password no longer works" in client.get(link).text
    assert client.post(link, data={"password": NEW}).headers["Location"] == "/devices/here"
    client.post("/devices/none")
    assert "Bob reset your password" in client.get("/recovery").text


def test_forgot_password_after_an_admins_reset_keeps_the_admin_as_the_reason(
    client: FlaskClient, alice: Person, bob: Person
) -> None:
    enrolled(alice)
    former = reset(alice, bob)
    link = asked(alice)
    assert client.get(former).status_code == 200, "nobody voids a link by asking for another"
    client.post(link, data={"password": NEW})
    assert client.get(former).status_code == 410, "a password that was set does"
    client.post("/devices/none")
    assert "Bob reset your password" in client.get("/recovery").text


def test_a_refused_password_keeps_the_link(client: FlaskClient, alice: Person) -> None:
    link = asked(alice)
    for password, words in (
        ("short", "fewer than 12"),
        ("password1234", "tried first"),
        ("alice@example.org", "mostly"),
    ):
        answer = client.post(link, data={"password": password})
        assert answer.status_code == 422
        assert words in answer.text
    assert is_password(alice, alice.password)
    assert client.post(link, data={"password": NEW}).status_code == 303


def test_used_expired_replaced_altered_and_guessed_links_get_one_answer(
    app: Flask, alice: Person, bob: Person, charlie: Person, olga: Person, clock: MovableClock
) -> None:
    expired = reset(olga)
    clock.advance(minutes=61)
    used, overtaken, replaced = asked(alice), asked(alice), asked(bob)
    assert app.test_client().post(used, data={"password": NEW}).status_code == 303
    reset(bob, olga)
    altered = asked(charlie)[:-1]
    answers = []
    for link in (used, overtaken, expired, replaced, altered, f"/password/{'A' * 43}"):
        before = everything(app)
        for answer in (app.test_client().get(link), app.test_client().post(link, data={"password": NEW})):
            answers.append((answer.status_code, answer.text))
        assert everything(app) == before
    assert len(set(answers)) == 1
    assert answers[0][0] == 410
    assert 'href="/forgot-password"' in answers[0][1]


def test_a_link_of_another_purpose_sets_no_password(client: FlaskClient, alice: Person) -> None:
    with alice.app.app_context(), transaction():
        token = Link.make(User.locked(alice.user_id), Purpose.VETO).token
    assert client.post(f"/password/{token}", data={"password": NEW}).status_code == 410
    assert is_password(alice, alice.password)


def test_a_disabled_account_says_so_to_who_holds_its_link(client: FlaskClient, alice: Person) -> None:
    link = asked(alice)
    with alice.app.app_context(), transaction():
        User.locked(alice.user_id).disabled_at = now()
    for answer in (client.get(link), client.post(link, data={"password": NEW})):
        assert answer.status_code == 410
        assert "This account is disabled" in answer.text
    assert is_password(alice, alice.password)


def test_whoever_else_is_signed_in_here_is_told_and_signed_out(app: Flask, alice: Person, charlie: Person) -> None:
    link = asked(alice)
    page = charlie.get(link).text
    assert f"signed in as {charlie.email}, but this link is for {alice.email}" in page
    assert charlie.post(link, data={"password": NEW}).status_code == 303
    assert alice.email in charlie.get("/settings").text, "the browser is alice’s now"
    with app.app_context():
        former = db.session.scalars(select(SignIn).where(SignIn.user_id == charlie.user_id)).one()
        assert former.ended_at


def test_one_of_two_at_once_sets_the_password(
    app: Flask, client: FlaskClient, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = asked(alice)

    def slowly(password: str) -> str:
        monkeypatch.setattr(passwords, "hash_password", hash_password)
        assert app.test_client().post(link, data={"password": NEW}).status_code == 303
        return hash_password(password)

    monkeypatch.setattr(passwords, "hash_password", slowly)
    assert client.post(link, data={"password": "another one of mine"}).status_code == 410
    assert is_password(alice, NEW)


def test_the_token_is_named_nowhere(
    app: Flask, client: FlaskClient, alice: Person, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = asked(alice)
    page = client.get(link)
    assert page.headers["Referrer-Policy"] == "strict-origin"
    assert '<meta name="referrer" content="strict-origin">' in page.text
    app.testing = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    monkeypatch.setattr(views, "refusal", lambda *_: 1 / 0)
    with caplog.at_level(logging.DEBUG):
        assert client.post(link, data={"password": NEW}).status_code == 500
    assert "/password/<token>" in caplog.text
    assert link.removeprefix("/password/") not in caplog.text


def test_a_link_takes_of_its_own_tries_whoever_guesses_at_others(client: FlaskClient, alice: Person) -> None:
    guesses = {client.post("/password/guessed", data={"password": NEW}).status_code for _ in range(40)}
    assert guesses == {410}, "256 bits are not found by guessing; a lookup is all that it costs"
    assert client.post(asked(alice), data={"password": NEW}).status_code == 303


def test_a_password_that_is_refused_takes_none(client: FlaskClient, alice: Person) -> None:
    link = asked(alice)
    assert {client.post(link, data={"password": "short"}).status_code for _ in range(40)} == {422}
    assert client.post(link, data={"password": NEW}).status_code == 303


def test_what_was_done_is_written_down(app: Flask, client: FlaskClient, alice: Person, bob: Person) -> None:
    client.post(asked(alice), data={"password": NEW})
    client.post(reset(alice, bob), data={"password": f"{NEW}!"})
    with app.app_context():
        kinds = list(db.session.scalars(select(Event.kind).where(Event.subject_id == alice.user_id).order_by(Event.id)))
        assert newest(alice)
    assert kinds == [
        *("password.link_sent", "user.password_reset", "user.signed_in"),
        *("user.password_reset", "password.chosen", "user.signed_in"),
    ]
