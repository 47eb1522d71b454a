"""Whose tries a sign-in takes: strangers share theirs, a browser that the member knows has its own, and nobody buys
wrong tries with right ones."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.password_links import NEW
from tests.support.people.people import Person
from tests.support.recovery.finish import everything
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.signin.session import SignIn
from webapp.web import rate_limits
from webapp.web.rate_limits import SIGN_IN_ACCOUNT, SIGN_IN_ADDRESS, SIGN_IN_BROWSER, SIGN_INS


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SMTP_URL": "smtp+plain://localhost:2525", "MAIL_FROM": "keys@example.org"}


def at(app: Flask, address: str) -> FlaskClient:
    """A browser without any cookie, at that address."""
    client = app.test_client()
    client.environ_base["REMOTE_ADDR"] = address
    return client


def sign_in(client: FlaskClient, email: str, password: str = "a wrong password") -> int:
    return client.post("/sign-in", data={"email": email, "password": password}).status_code


def use_up(app: Flask, email: str) -> None:
    """Strangers from everywhere try wrong passwords at the account until they are refused."""
    for number in range(SIGN_IN_ACCOUNT.burst):
        assert sign_in(at(app, f"203.0.113.{number}"), email) == 422
    assert sign_in(at(app, "203.0.113.99"), email) == 429


def signed_out(person: Person) -> FlaskClient:
    """The person’s own browser, in which they are signed out."""
    assert person.post("/sign-out").status_code == 303
    return person.client


def test_right_ones_use_no_tries_up(app: Flask, alice: Person) -> None:
    for _ in range(SIGN_IN_ACCOUNT.burst + 5):
        assert sign_in(app.test_client(), alice.email, alice.password) == 303


def test_strangers_never_keep_a_member_out_of_a_browser_of_theirs(app: Flask, alice: Person) -> None:
    browser = signed_out(alice)
    use_up(app, alice.email)
    assert sign_in(at(app, "192.0.2.1"), alice.email, alice.password) == 429, "a new browser is a stranger’s"
    for _ in range(5):
        assert sign_in(browser, alice.email, alice.password) == 303
        browser.post("/sign-out")


def test_nor_does_whoever_uses_up_the_address_that_they_share(app: Flask, alice: Person) -> None:
    browser = signed_out(alice)
    for number in range(SIGN_IN_ADDRESS.burst):
        assert sign_in(app.test_client(), f"{number}@example.org") == 422
    assert sign_in(app.test_client(), "somebody@example.org") == 429
    assert sign_in(browser, alice.email, alice.password) == 303


def test_strangers_wait_on_while_the_member_signs_in(app: Flask, alice: Person) -> None:
    browser = signed_out(alice)
    use_up(app, alice.email)
    for _ in range(5):
        assert sign_in(browser, alice.email, alice.password) == 303
        assert sign_in(at(app, "203.0.113.7"), alice.email) == 429


def test_wrong_ones_are_counted_in_a_known_browser_too(app: Flask, alice: Person, clock: MovableClock) -> None:
    browser = signed_out(alice)
    answers = [sign_in(browser, alice.email) for _ in range(SIGN_IN_BROWSER.burst + 1)]
    assert answers == [422] * SIGN_IN_BROWSER.burst + [429]
    assert sign_in(at(app, "192.0.2.1"), alice.email, alice.password) == 303, "and take nothing from anywhere else"
    clock.advance(minutes=2)
    assert [sign_in(browser, alice.email), sign_in(browser, alice.email)] == [422, 429]


def test_a_browser_is_known_to_those_alone_who_signed_in_there(app: Flask, alice: Person, charlie: Person) -> None:
    browser = signed_out(charlie)
    use_up(app, alice.email)
    assert sign_in(browser, alice.email) == 429
    assert sign_in(browser, alice.email, alice.password) == 429


@pytest.mark.parametrize("planted", ["", "x" * 43, "x" * 44])
def test_a_cookie_that_somebody_made_up_is_known_to_nobody(app: Flask, alice: Person, planted: str) -> None:
    assert alice.client
    with app.app_context(), transaction():
        SignIn.forget_browsers(alice.user_id)
    use_up(app, alice.email)
    stranger = app.test_client()
    stranger.set_cookie("sparekey-browser", planted)
    assert sign_in(stranger, alice.email, alice.password) == 429


def test_browsers_from_before_the_password_changed_share_one_lot_of_tries(app: Flask, alice: Person) -> None:
    """Whoever knew it may have signed in with any number of browsers: each with tries of its own would be no bound."""
    browsers = [alice.another_browser() for _ in range(4)]
    answer = alice.post("/settings/password", data={"present": alice.password, "new": NEW})
    assert answer.status_code == 303
    answers = [sign_in(browsers[number % 4], alice.email) for number in range(SIGN_IN_BROWSER.burst + 2)]
    assert answers == [422] * SIGN_IN_BROWSER.burst + [429] * 2
    assert sign_in(signed_out(alice), alice.email, NEW) == 303


def test_and_strangers_use_nothing_of_it(app: Flask, alice: Person) -> None:
    other = alice.another_browser()
    alice.post("/settings/password", data={"present": alice.password, "new": NEW})
    use_up(app, alice.email)
    assert sign_in(other, alice.email, NEW) == 303


def test_a_browser_that_this_wasnt_me_threw_out_is_a_strangers(app: Flask, alice: Person) -> None:
    thief = alice.another_browser()
    with app.app_context(), transaction():
        SignIn.forget_browsers(alice.user_id)
        SignIn.end_every(User.locked(alice.user_id))
    use_up(app, alice.email)
    assert sign_in(thief, alice.email) == 429


def test_nobody_buys_wrong_tries_with_right_ones(app: Flask, alice: Person, charlie: Person) -> None:
    """Between wrong tries at others a thief signs in as themself, in fresh browsers and in one that is known."""
    known = at(app, "203.0.113.7")
    wrong = 0
    for number in range(SIGN_IN_ADDRESS.burst + 20):
        own = known if number % 2 else at(app, "203.0.113.7")
        if number < 20:
            sign_in(own, charlie.email, charlie.password)
        wrong += sign_in(at(app, "203.0.113.7"), f"{number}@example.org") == 422
    assert wrong == SIGN_IN_ADDRESS.burst


def test_a_refused_try_says_nothing_of_whether_there_is_such_an_account(app: Flask, alice: Person) -> None:
    assert alice.client
    told = []
    for email in (alice.email, "nobody@example.org"):
        answers = [
            at(app, f"203.0.113.{n}").post("/sign-in", data={"email": email, "password": "no"}) for n in range(12)
        ]
        told.append([(one.status_code, one.headers.get("Retry-After"), one.text.replace(email, "")) for one in answers])
    assert told[0] == told[1]


def test_whoever_knows_a_password_writes_no_sessions_without_end(app: Flask, alice: Person) -> None:
    browser = signed_out(alice)
    answers = [sign_in(app.test_client(), alice.email, alice.password) for _ in range(SIGN_INS.burst)]
    assert answers == [303] * (SIGN_INS.burst - 1) + [429], "the first was the one that made that browser known"
    assert sign_in(browser, alice.email, alice.password) == 303, "the member’s own browser has its own"


def test_refused_tries_write_nothing_but_buckets(app: Flask, alice: Person) -> None:
    assert alice.client
    with app.app_context():
        before = everything()
    use_up(app, alice.email)
    with app.app_context():
        assert {**everything(), "throttle_bucket": None} == {**before, "throttle_bucket": None}


@pytest.mark.parametrize("written", ["{}", "{}:51234", "::ffff:{}", "[::ffff:{}]:51234", "64:ff9b::{}"])
def test_no_spelling_of_an_address_has_tries_of_its_own(app: Flask, organisation: str, written: str) -> None:
    for number in range(SIGN_IN_ADDRESS.burst):
        assert sign_in(at(app, "203.0.113.7"), f"{number}@example.org") == 422
    assert sign_in(at(app, written.format("203.0.113.7")), "somebody@example.org") == 429
    assert sign_in(at(app, written.format("203.0.113.8")), "somebody@example.org") == 422


def test_what_is_no_address_has_one_lot_of_tries_together(app: Flask, organisation: str) -> None:
    junk = ["", "unknown", "_hidden", "1.2.3", "x" * 99]
    clients = [at(app, junk[number % len(junk)]) for number in range(SIGN_IN_ADDRESS.burst + 3)]
    answers = [sign_in(client, f"{number}@example.org") for number, client in enumerate(clients)]
    assert answers == [422] * SIGN_IN_ADDRESS.burst + [429] * 3


class TestTrustedNetworks:
    """TRUSTED_NETWORKS lifts what is counted for an address, and nothing else."""

    @pytest.fixture
    def settings(self) -> dict[str, str]:
        mail = {"SMTP_URL": "smtp+plain://localhost:2525", "MAIL_FROM": "keys@example.org"}
        return {**mail, "TRUSTED_NETWORKS": "198.51.100.0/24, 2001:db8:7::/48"}

    @pytest.mark.parametrize(
        ("address", "is_trusted"),
        [("198.51.100.4", True), ("2001:db8:7:1::2", True), ("198.51.101.4", False), ("nonsense", False)],
    )
    def test_no_limit_of_an_address_holds_there(self, app: Flask, address: str, is_trusted: bool) -> None:
        limits: tuple[tuple[str, int, Any], ...] = (
            ("/sign-in", 51, lambda n: {"email": f"{n}@example.org", "password": "no"}),
            ("/forgot-password", 21, lambda n: {"email": f"{n}@example.org"}),
            ("/veto/challenge", 121, lambda _: {}),
        )
        for path, tries, data in limits:
            answers = [at(app, address).post(path, data=data(number)).status_code for number in range(tries)]
            assert (429 not in answers) is is_trusted, path

    def test_those_of_an_account_do(self, app: Flask, alice: Person) -> None:
        answers = [sign_in(at(app, "198.51.100.4"), alice.email) for _ in range(SIGN_IN_ACCOUNT.burst + 1)]
        assert answers == [422] * SIGN_IN_ACCOUNT.burst + [429]


def test_forgetting_the_password_is_asked_in_a_known_browser_whatever_strangers_ask(app: Flask, alice: Person) -> None:
    browser = signed_out(alice)
    for number in range(4):
        data = {"email": alice.email}
        assert at(app, f"203.0.113.{number}").post("/forgot-password", data=data).status_code == 303
    assert at(app, "203.0.113.9").post("/forgot-password", data={"email": alice.email}).status_code == 429
    answers = [browser.post("/forgot-password", data={"email": alice.email}).status_code for _ in range(5)]
    assert answers == [303] * 4 + [429]


def test_a_password_that_was_changed_while_it_was_compared_begins_no_session(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Giving the try back is a transaction of its own; the session begins under what was compared, or not at all."""
    original = rate_limits.give_back

    def meanwhile(*buckets: rate_limits.Bucket) -> None:
        original(*buckets)
        with transaction():
            SignIn.end_every(User.locked(alice.user_id))

    monkeypatch.setattr(rate_limits, "give_back", meanwhile)
    assert sign_in(app.test_client(), alice.email, alice.password) == 422
    with app.app_context():
        assert db.session.query(SignIn).count() == 0
