"""The second page of signing in: nothing of the account before it, and how long it waits."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from tests.support.pages.access import ADMIN, MEMBER
from tests.support.people.factors import with_second_factor
from tests.support.people.password_links import NEW, asked
from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.session import SignIn

CODE_PAGE = "/sign-in/code"


def password(client: FlaskClient, person: Person, **more: str) -> str:
    """Where the right password leads."""
    data = {"email": person.email, "password": person.password, **more}
    answer = client.post("/sign-in", data=data)
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/sessions").status_code == 200


def type_code(client: FlaskClient, code: str) -> int:
    return client.post(CODE_PAGE, data={"code": code}).status_code


def test_password_then_code_begin_a_session(client: FlaskClient, alice: Person) -> None:
    factor = with_second_factor(alice)
    assert password(client, alice) == CODE_PAGE
    assert not is_signed_in(client)
    page = client.get(CODE_PAGE)
    assert (page.status_code, alice.email in page.text) == (200, True)
    answer = client.post(CODE_PAGE, data={"code": factor.code()})
    assert (answer.status_code, answer.location) == (303, "/join/vault")
    assert is_signed_in(client)
    with alice.app.app_context():
        shown = db.session.scalars(select(SignIn.second_factor_at).order_by(SignIn.created_at)).all()
        assert all(shown)


def test_without_a_second_factor_nothing_is_different(client: FlaskClient, alice: Person) -> None:
    assert password(client, alice) == "/join/vault"
    assert client.get(CODE_PAGE).location == "/sign-in"


def test_the_password_alone_reaches_nothing_of_the_account(app: Flask, client: FlaskClient, bob: Person) -> None:
    with_second_factor(bob)
    password(client, bob)
    ids = {"user_id": bob.user_id}
    for rule in app.url_map.iter_rules():
        if rule.endpoint in MEMBER | ADMIN:
            values = {name: ids.get(name, 1 if name == "epoch" else "0" * 32) for name in rule.arguments}
            _, path = rule.build(values) or ("", "")
            for method in (rule.methods or set()) & {"GET", "POST"}:
                answer = client.open(path, method=method)
                assert (answer.status_code, answer.location.partition("?")[0]) == (303, "/sign-in"), path
    with app.app_context():
        assert len(SignIn.alive_of(db.session.get_one(User, bob.user_id))) == 1, "his own browser’s"


def test_it_survives_a_reload_and_leads_where_it_was_asked_for(client: FlaskClient, alice: Person) -> None:
    factor = with_second_factor(alice)
    assert password(client, alice, next="/sessions") == f"{CODE_PAGE}?next=/sessions"
    for _ in range(2):
        assert 'name="next" value="/sessions"' in client.get(f"{CODE_PAGE}?next=/sessions").text
    answer = client.post(CODE_PAGE, data={"code": factor.code(), "next": "/sessions"})
    assert answer.location == "/sessions"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example"])
def test_it_leads_nowhere_else(client: FlaskClient, alice: Person, elsewhere: str) -> None:
    factor = with_second_factor(alice)
    assert password(client, alice, next=elsewhere) == CODE_PAGE
    assert client.post(CODE_PAGE, data={"code": factor.code(), "next": elsewhere}).location == "/join/vault"


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "not a code", "１２３４５６", "a" * 500, "\x00\x00"])
def test_what_is_no_code_is_refused_and_the_password_need_not_be_typed_again(
    client: FlaskClient, alice: Person, typed: str
) -> None:
    factor = with_second_factor(alice)
    password(client, alice)
    refused = client.post(CODE_PAGE, data={"code": typed})
    assert (refused.status_code, "no code that works now" in refused.text) == (422, True)
    assert not is_signed_in(client)
    assert type_code(client, factor.code()) == 303


def test_blanks_in_a_code_don_t_matter(client: FlaskClient, alice: Person) -> None:
    factor = with_second_factor(alice)
    password(client, alice)
    code = factor.code()
    assert type_code(client, f" {code[:3]} {code[3:]} ") == 303


def test_a_one_time_code_signs_in_once_and_the_member_is_told(client: FlaskClient, alice: Person) -> None:
    factor = with_second_factor(alice)
    code = factor.one_time_codes[3]
    password(client, alice)
    assert type_code(client, f"{code[:4]}-{code[4:8]} {code[8:].upper()}") == 303
    other = alice.app.test_client()
    password(other, alice)
    assert type_code(other, code) == 422
    assert "You have 9 one-time codes left" in alice.get("/settings").text
    with alice.app.app_context():
        told = db.session.scalars(select(Notice.details).where(Notice.kind == "one_time_code_used")).one()
        assert told["left"] == 9


def test_somebody_elses_code_is_no_code(client: FlaskClient, alice: Person, charlie: Person) -> None:
    with_second_factor(alice)
    stranger = with_second_factor(charlie)
    password(client, alice)
    assert type_code(client, stranger.code()) == 422
    assert type_code(client, stranger.one_time_codes[0]) == 422


def test_ten_minutes_after_the_password_it_begins_anew(client: FlaskClient, alice: Person, clock: MovableClock) -> None:
    factor = with_second_factor(alice)
    password(client, alice)
    clock.advance(seconds=limits.CODE_ASKED.total_seconds() - 5)
    assert client.get(CODE_PAGE).status_code == 200
    clock.advance(seconds=5)
    answer = client.post(CODE_PAGE, data={"code": factor.code()})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert "not typed in time" in client.get("/sign-in").text
    assert not is_signed_in(client)


def end_sessions(person: Person) -> None:
    SignIn.end_every(User.locked(person.user_id))


def disable(person: Person) -> None:
    User.locked(person.user_id).disabled_at = now()


@pytest.mark.parametrize("meanwhile", [end_sessions, disable])
def test_what_ends_every_session_ends_the_waiting(client: FlaskClient, alice: Person, meanwhile: object) -> None:
    factor = with_second_factor(alice)
    password(client, alice)
    assert callable(meanwhile)
    with alice.app.app_context(), transaction():
        meanwhile(alice)
    assert type_code(client, factor.code()) == 303
    assert not is_signed_in(client)


def test_a_code_is_not_enough_without_the_password(client: FlaskClient, alice: Person) -> None:
    factor = with_second_factor(alice)
    answer = client.post(CODE_PAGE, data={"code": factor.code()})
    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert not is_signed_in(client)


def test_signing_in_as_somebody_else_waits_no_longer(client: FlaskClient, alice: Person) -> None:
    factor = with_second_factor(alice)
    password(client, alice)
    assert client.post(f"{CODE_PAGE}/withdrawal").location == "/sign-in"
    assert client.get(CODE_PAGE).location == "/sign-in"
    assert type_code(client, factor.code()) == 303
    assert not is_signed_in(client)


def test_the_session_that_the_browser_had_is_over_once_another_password_is_right(alice: Person, bob: Person) -> None:
    with_second_factor(bob)
    client = alice.another_browser()
    password(client, bob)
    assert not is_signed_in(client)


def test_the_words_for_a_wrong_password_are_the_same_for_everybody(app: Flask, alice: Person, charlie: Person) -> None:
    with_second_factor(alice)
    pages = set()
    for email in (alice.email, charlie.email, "nobody@example.org"):
        answer = app.test_client().post("/sign-in", data={"email": email, "password": "wrong"})
        pages.add((answer.status_code, answer.text.replace(email, "")))
    assert len(pages) == 1


def test_a_link_for_a_new_password_leads_to_the_code_too(app: Flask, client: FlaskClient, alice: Person) -> None:
    """Whoever reads the mail of a member still lacks the phone."""
    enrolled(alice)
    factor = with_second_factor(alice)
    answer = client.post(asked(alice), data={"password": NEW})
    assert (answer.status_code, answer.location) == (303, CODE_PAGE)
    assert not is_signed_in(client)
    assert type_code(client, factor.code()) == 303
    assert is_signed_in(client)


def test_whoever_signs_in_is_announced_only_after_the_code(client: FlaskClient, alice: Person) -> None:
    factor = with_second_factor(alice)
    with alice.app.app_context(), transaction() as session:
        session.execute(update(SignIn).values(browser_id="f" * 64))
    password(client, alice)
    kinds = select(Event.kind).where(Event.kind == "user.signed_in")
    with alice.app.app_context():
        assert len(db.session.scalars(kinds).all()) == 1
    assert type_code(client, factor.code()) == 303
    with alice.app.app_context():
        assert len(db.session.scalars(kinds).all()) == 2
        assert db.session.scalars(select(Notice).where(Notice.kind == "new_sign_in")).one()
