"""A thief who has the password guesses codes: how many tries a month gives, and that the member hears of it."""

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.factors import Factor, with_second_factor
from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from webapp.database import db
from webapp.models.notices.notice import Notice

DAYS = 30
CODES = 1_000_000
WINDOW = 3
"""Codes that work at a time: of this time step, the one before and the one after."""


def thief_of(app: Flask, person: Person) -> FlaskClient:
    """A fresh browser in which the password was right."""
    thief = app.test_client()
    answer = thief.post("/sign-in", data={"email": person.email, "password": person.password})
    assert answer.location == "/sign-in/code"
    return thief


def guess(thief: FlaskClient, code: str) -> int:
    return thief.post("/sign-in/code", data={"code": code}).status_code


def guess_on(thief: FlaskClient, factor: Factor, most: int = 50) -> int:
    """Wrong codes until one is not even looked at; how many were."""
    codes = [factor.wrong(number) for number in range(5)]  # so that the thief has no luck
    for number in range(most):
        answer = guess(thief, codes[number % len(codes)])
        if answer == 429:
            return number
        assert answer == 422
    return most


def test_a_month_of_guessing_finds_a_code_with_less_than_one_chance_in_two_hundred(
    app: Flask, alice: Person, clock: MovableClock
) -> None:
    """Each quarter of an hour for two days the thief tries until refused; the rest of the month is like the second."""
    factor, tried, days = with_second_factor(alice), 0, 2
    for _ in range(days * 24 * 4):
        tried += guess_on(thief_of(app, alice), factor)
        clock.advance(minutes=15)
    burst, a_day = 10, 48
    assert burst < tried <= burst + a_day * days
    assert (burst + a_day * DAYS) * WINDOW / CODES < 1 / 200


def test_the_member_is_told_once_a_day(app: Flask, alice: Person, clock: MovableClock) -> None:
    factor = with_second_factor(alice)
    told = select(Notice).where(Notice.kind == "second_factor_guessed")
    for passes, number in ((31, 1), (24 * 60, 1), (0, 2)):
        assert guess_on(thief_of(app, alice), factor) < 50
        with app.app_context():
            assert len(db.session.scalars(told).all()) == number
        clock.advance(minutes=passes)


def test_while_codes_are_guessed_the_member_signs_in_with_a_one_time_code(app: Flask, alice: Person) -> None:
    factor = with_second_factor(alice)
    thief, member = thief_of(app, alice), thief_of(app, alice)
    assert guess_on(thief, factor) == 10
    assert guess(member, factor.code()) == 429
    assert guess(member, factor.one_time_codes[0]) == 303


def test_right_codes_use_no_tries_up(app: Flask, alice: Person, clock: MovableClock) -> None:
    factor = with_second_factor(alice)
    for _ in range(15):
        clock.advance(minutes=3)
        assert guess(thief_of(app, alice), factor.code()) == 303


def test_one_time_codes_are_counted_too(app: Flask, alice: Person) -> None:
    with_second_factor(alice)
    thief = thief_of(app, alice)
    assert [guess(thief, "aaaa aaaa aaaa") for _ in range(11)] == [422] * 10 + [429]


def test_a_code_that_was_watched_is_of_no_use(app: Flask, alice: Person) -> None:
    """Over the shoulder, or by a page that passes it on too late: taken once is taken."""
    factor = with_second_factor(alice)
    member, thief = thief_of(app, alice), thief_of(app, alice)
    code = factor.code()
    assert guess(member, code) == 303
    answer = thief.post("/sign-in/code", data={"code": code})
    assert (answer.status_code, "used already" in answer.text) == (422, True)
