"""Setting a second factor up: what counts before the first code, and whose it is."""

from datetime import UTC, datetime

import pyotp
import pytest
from flask import Flask
from sqlalchemy import select

from tests.models.signin.test_second_factor import refusal, spend
from tests.support.people.factors import begin_set_up, with_second_factor
from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race, won
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.session import SignIn
from webapp.worker import tidy


@pytest.fixture(autouse=True)
def beginning_of_a_step(clock: MovableClock) -> None:
    """So that no test is at the end of one step here and at the beginning of the next one there."""
    clock.move_to(datetime.fromtimestamp((now().timestamp() // 30 + 1) * 30 + 1, UTC))


@pytest.mark.databases
def test_two_tabs_that_turn_it_on_at_once_turn_it_on_once(app: Flask, alice: Person) -> None:
    factor = begin_set_up(alice)
    sign_in_id, code = alice.sign_in_id(), factor.at(0)

    def turn_on() -> list[str]:
        with transaction():
            return SecondFactor.turn_on(User.locked(alice.user_id), sign_in_id, code)

    outcomes = race(app, turn_on, turn_on)
    assert won(outcomes) == 1
    with app.app_context():
        spend(alice, next(outcome for outcome in outcomes if isinstance(outcome, list))[0])
        kinds = db.session.scalars(select(Event.kind).where(Event.kind == "second_factor.turned_on")).all()
        assert len(kinds) == 1


def test_a_key_that_was_not_confirmed_counts_for_nothing(app: Flask, alice: Person) -> None:
    factor = begin_set_up(alice)
    with app.app_context():
        assert SecondFactor.of(alice.user_id) is None
        assert refusal(alice, factor.at(0)) == "wrong_code"
    assert alice.another_browser().get("/sessions").status_code == 200


def test_a_key_waits_a_quarter_of_an_hour_for_its_first_code(app: Flask, alice: Person, clock: MovableClock) -> None:
    begin_set_up(alice)
    sign_in_id = alice.sign_in_id()
    clock.advance(seconds=limits.SECOND_FACTOR_SET_UP.total_seconds())
    with app.app_context():
        assert SecondFactor.being_set_up(alice.user_id, sign_in_id) is None


def test_what_was_not_confirmed_in_time_is_tidied_away(
    app: Flask, alice: Person, charlie: Person, clock: MovableClock
) -> None:
    with_second_factor(alice)
    begin_set_up(charlie)
    with app.app_context():
        tidy()
        assert len(db.session.scalars(select(SecondFactor)).all()) == 2
        clock.advance(seconds=limits.SECOND_FACTOR_SET_UP.total_seconds())
        tidy()
        assert [row.user_id for row in db.session.scalars(select(SecondFactor))] == [alice.user_id]


def test_what_one_session_begins_no_other_sees_or_confirms(app: Flask, alice: Person) -> None:
    factor = begin_set_up(alice)
    other = alice.another_browser()
    assert factor.key not in other.get("/settings/second-factor").text
    assert other.post("/settings/second-factor", data={"code": factor.at(0)}).status_code == 422
    newer = begin_set_up(alice, other)
    assert newer.key != factor.key
    assert alice.post("/settings/second-factor", data={"code": factor.at(0)}).status_code == 422
    assert other.post("/settings/second-factor", data={"code": newer.at(0)}).status_code == 200


def test_turning_it_on_ends_every_other_session(app: Flask, alice: Person) -> None:
    other = alice.another_browser()
    with_second_factor(alice)
    assert other.get("/sessions").status_code == 303
    assert alice.get("/sessions").status_code == 200
    with app.app_context():
        mine = db.session.get_one(SignIn, alice.sign_in_id())
        assert mine.has_shown_again(has_second_factor=True)


def test_the_app_is_told_who_and_where(app: Flask, alice: Person) -> None:
    begin_set_up(alice)
    with app.app_context():
        row = db.session.get_one(SecondFactor, alice.user_id)
        parsed = pyotp.parse_uri(row.address(row.user.organisation))
    assert isinstance(parsed, pyotp.TOTP)
    assert (parsed.name, parsed.issuer) == (alice.email, "Spare Key Example Works")
    assert (parsed.digits, parsed.interval, len(parsed.byte_secret())) == (6, 30, 20)
