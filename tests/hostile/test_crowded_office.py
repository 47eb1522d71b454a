"""2,000 people behind one address join and sign in within an hour, while strangers try wrong passwords all the time."""

from collections import Counter
from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert

from tests.support.people.invitations import PASSWORD
from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.crypto import links
from webapp.database import db, transaction
from webapp.models.accounts.invite import Invite
from webapp.models.columns import new_id
from webapp.models.directory.user import Role, User
from webapp.models.signin.session import SignIn
from webapp.web.credentials import who_signs_in
from webapp.web.rate_limits import RateLimited

PEOPLE = 2_000
TRIES_EACH = 5
"""Wrong ones at each person, from elsewhere: 10,000 in all."""
TARGETS = range(0, PEOPLE, 100)
"""Who gets a hundred of them at once, instead of five."""
ELSEWHERE = range(7, PEOPLE, 20)
"""Who signs in in a second browser, too."""
OFFICE = "198.51.100.4"
HOUR = timedelta(hours=1)


def email(number: int) -> str:
    return f"person{number}@example.org"


def invited(app: Flask, organisation: str) -> list[str]:
    """The tokens of an invite each."""
    tokens = [f"token-of-person-{number}" for number in range(PEOPLE)]
    rows = [
        {
            "id": new_id(),
            "organisation_id": organisation,
            "email": email(number),
            "name": f"Person {number}",
            "role": Role.MEMBER,
            "token_sha256": links.hash_of(token),
            "made_at": now(),
            "expires_at": now() + timedelta(days=7),
        }
        for number, token in enumerate(tokens)
    ]
    with app.app_context(), transaction() as session:
        session.execute(insert(Invite), rows)
    return tokens


def browser_at(app: Flask, address: str) -> FlaskClient:
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def the_same_later(app: Flask, browser: FlaskClient) -> FlaskClient:
    """The browser when its session is over: all that is left is the cookie by which it is known."""
    cookie, later = browser.get_cookie("sparekey-browser"), browser_at(app, OFFICE)
    assert cookie
    later.set_cookie("sparekey-browser", cookie.value)
    return later


def guess(app: Flask, number: int, times: int, told: Counter[str]) -> None:
    """Wrong passwords at one person, each from another address: what the view of the sign-in asks, without its page,
    which would be most of what this test costs."""
    for one in range(times):
        stranger = {"REMOTE_ADDR": f"203.0.113.{(number + one) % 250}"}
        with app.test_request_context("/sign-in", method="POST", environ_base=stranger):
            try:
                told["in" if who_signs_in(email(number), "wrong") else "wrong"] += 1
            except RateLimited:
                told["refused"] += 1


def test_an_office_joins_and_signs_in_while_strangers_guess(app: Flask, organisation: str, clock: MovableClock) -> None:
    tokens, began, told = invited(app, organisation), now(), Counter[str]()
    for number, token in enumerate(tokens):
        browser, data = browser_at(app, OFFICE), {"email": email(number), "password": PASSWORD}
        guess(app, number, 100 if number in TARGETS else TRIES_EACH, told)
        joined = browser.post(f"/join/{token}", data={"name": f"Person {number}", "password": PASSWORD})
        assert (joined.status_code, joined.location) == (303, "/join/vault"), number
        assert the_same_later(app, browser).post("/sign-in", data=data).status_code == 303, number
        if number in ELSEWHERE:  # five wrong ones are not enough to keep anybody out of a browser that is new to them
            assert browser_at(app, OFFICE).post("/sign-in", data=data).status_code == 303, number
        clock.advance(seconds=HOUR.total_seconds() / (PEOPLE + 1))
    assert now() - began <= HOUR
    assert told.total() >= PEOPLE * TRIES_EACH
    assert set(told) == {"wrong", "refused"}
    assert told["wrong"] >= PEOPLE * TRIES_EACH * 0.9, "that many were compared, and counted"
    with app.app_context():
        assert db.session.query(User).count() == PEOPLE
        assert db.session.query(SignIn).count() == 2 * PEOPLE + len(ELSEWHERE)
