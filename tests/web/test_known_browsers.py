"""A browser is known again after signing out; a sign-in from a new one is announced."""

import hashlib
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.http import parse_cookie

from tests.support.people.invitations import PASSWORD, invite
from tests.support.people.people import Person, add_person
from tests.support.servers.applications import dispose, make_app
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.notices.notice import Notice
from webapp.models.signin.session import SignIn

NAME = "sparekey-browser"


def sign_in(client: FlaskClient, person: Person) -> Any:
    answer = client.post("/sign-in", data={"email": person.email, "password": person.password})
    assert answer.status_code == 303
    return answer


def told(app: Flask) -> list[Notice]:
    """Announcements, the oldest first."""
    with app.app_context():
        return list(db.session.scalars(select(Notice).where(Notice.kind == "new_sign_in").order_by(Notice.made_at)))


def token(client: FlaskClient) -> str:
    cookie = client.get_cookie(NAME)
    assert cookie
    return cookie.value


def test_the_first_sign_in_is_no_news(app: Flask, client: FlaskClient, alice: Person) -> None:
    sign_in(client, alice)
    assert told(app) == []


def test_joining_is_no_news(app: Flask, client: FlaskClient, organisation: str) -> None:
    client.post(invite(app, organisation), data={"name": "Dana", "password": PASSWORD})
    assert told(app) == []


def test_a_second_browser_is_announced_with_its_name_and_address(app: Flask, alice: Person) -> None:
    alice.get("/settings")
    sign_in(app.test_client(), alice)
    (notice,) = told(app)
    assert notice.user_id == alice.user_id
    assert (notice.details["browser"], notice.details["address"]) == ("Firefox on Windows", "127.0.0.1")
    assert "signed in to from a new browser" in alice.get("/settings").text


def test_the_session_it_is_about_does_not_show_it(app: Flask, alice: Person) -> None:
    alice.get("/settings")
    other = app.test_client()
    sign_in(other, alice)
    assert "from a new browser" not in other.get("/settings").text
    assert "from a new browser" in alice.get("/settings").text
    third = app.test_client()
    sign_in(third, alice)
    assert other.get("/settings").text.count("from a new browser</a>") == 1, "of the third"


def test_the_same_browser_is_known_after_signing_out(app: Flask, client: FlaskClient, alice: Person) -> None:
    sign_in(client, alice)
    first = token(client)
    client.post("/sign-out")
    sign_in(client, alice)
    assert token(client) == first
    assert told(app) == []


def test_a_browser_that_another_account_uses_is_new_to_this_one(app: Flask, alice: Person, charlie: Person) -> None:
    alice.get("/settings")
    sign_in(charlie.client, alice)
    assert [notice.user_id for notice in told(app)] == [alice.user_id]


def test_the_database_holds_no_token(app: Flask, client: FlaskClient, alice: Person) -> None:
    sign_in(client, alice)
    with app.app_context():
        kept = db.session.scalars(select(SignIn.browser_id)).one()
    assert kept == hashlib.sha256(token(client).encode()).hexdigest()


@pytest.mark.parametrize("planted", ["", "short", "x" * 44, "é" * 43, "a b" * 14 + "c"])
def test_what_is_no_token_of_ours_is_replaced(client: FlaskClient, alice: Person, planted: str) -> None:
    client.set_cookie(NAME, planted)
    sign_in(client, alice)
    assert token(client) != planted
    assert len(token(client)) == 43


def test_the_cookie_is_out_of_reach_and_lasts(client: FlaskClient, alice: Person) -> None:
    (cookie,) = (line for line in sign_in(client, alice).headers.getlist("Set-Cookie") if line.startswith(NAME))
    parts = parse_cookie(cookie)
    assert (parts["Max-Age"], parts["SameSite"], parts["Path"]) == (str(400 * 24 * 3600), "Lax", "/")
    assert "HttpOnly" in cookie
    assert "Domain" not in cookie


def test_in_production_it_is_bound_to_the_host(tmp_path: Path, database_url: str) -> None:
    app = make_app({"DATABASE_URL": database_url, "PUBLIC_URL": "https://keys.example.org"}, tmp_path)
    app.config.update(SESSION_COOKIE_NAME="__Host-sparekey", SESSION_COOKIE_SECURE=True)
    with app.app_context(), transaction() as session:
        session.add(made := Organisation(name="Example Works"))
        session.flush()
        organisation_id = made.id
    answer = sign_in(app.test_client(), add_person(app, organisation_id, "Alice"))
    (cookie,) = (line for line in answer.headers.getlist("Set-Cookie") if "-browser=" in line)
    assert cookie.startswith("__Host-sparekey-browser=")
    assert "Secure" in cookie
    assert "Path=/" in cookie
    dispose(app)


def test_only_a_sign_in_sets_it(client: FlaskClient, alice: Person) -> None:
    wrong = client.post("/sign-in", data={"email": alice.email, "password": "wrong"})
    assert NAME not in str(wrong.headers)
    assert NAME not in str(alice.get("/settings").headers)
