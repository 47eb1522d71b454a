"""Challenges: one session, one use, two minutes."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race
from webapp.database import db, transaction
from webapp.models.signin.challenge import Challenge
from webapp.models.signin.session import SignIn


@pytest.fixture
def session_id(alice: Person) -> str:
    """The session of alice’s browser."""
    alice.get("/")
    with alice.app.app_context():
        return str(db.session.scalar(select(SignIn.id)))


@pytest.mark.databases
def test_of_many_that_spend_it_at_once_one_does(app: Flask, session_id: str) -> None:
    with app.app_context():
        value = Challenge.issue(session_id)
    answers = race(app, *[lambda: Challenge.spend(value, session_id)] * 12)
    assert sorted(map(bool, answers)) == [False] * 11 + [True]


def test_another_session_can_neither_spend_nor_waste_it(app: Flask, session_id: str) -> None:
    with app.app_context():
        value = Challenge.issue(session_id)
        assert not Challenge.spend(value, "0" * 64)
        assert Challenge.spend(value, session_id)
        assert not Challenge.spend(value, session_id)


def test_one_that_was_never_issued_is_worth_nothing(app: Flask, session_id: str) -> None:
    with app.app_context():
        assert not Challenge.spend(b"", session_id)
        assert not Challenge.spend(b"x" * 32, session_id)


def test_it_dies_after_two_minutes_and_is_tidied_away(app: Flask, session_id: str, clock: MovableClock) -> None:
    with app.app_context():
        value = Challenge.issue(session_id)
        kept = Challenge.issue(session_id)
        clock.advance(seconds=119)
        assert Challenge.spend(kept, session_id)
        clock.advance(seconds=1)
        assert not Challenge.spend(value, session_id)
        Challenge.issue(session_id)
        clock.advance(minutes=3)
        with transaction():
            Challenge.tidy()
        assert db.session.scalar(select(func.count()).select_from(Challenge)) == 0
