"""Keys of unlocked tabs: for one session and device, and not for long."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import PinNotShown, TabKey, TabTaken
from webapp.ops.seal_rotation import reseal

TAB = "ab" * 16


@pytest.fixture
def place(alice: Person) -> tuple[str, str]:
    """(session, device), with a tab key of that session."""
    device = enrolled(alice)
    with alice.app.app_context():
        session_id = str(db.session.scalar(select(SignIn.id)))
        with transaction() as session:
            TabKey.store(TAB, session.get_one(SignIn, session_id), device.id, b"k" * 32)
    return session_id, device.id


def opened(place: tuple[str, str], device_id: str | None = None) -> bytes | None:
    return TabKey.open(TAB, db.session.get_one(SignIn, place[0]), device_id or place[1])


def test_it_opens_for_its_own_session_and_device(app: Flask, place: tuple[str, str]) -> None:
    with app.app_context():
        assert opened(place) == b"k" * 32
        assert opened(place, "0" * 32) is None
        assert TabKey.open("cd" * 16, db.session.get_one(SignIn, place[0]), place[1]) is None
        assert TabKey.any_of(place[0])
        assert not TabKey.any_of("0" * 64)


def test_the_row_does_not_hold_it_in_clear(app: Flask, place: tuple[str, str]) -> None:
    with app.app_context():
        assert "kkkk" not in db.session.get_one(TabKey, TAB).key


def test_it_is_dead_after_fifteen_idle_minutes(app: Flask, place: tuple[str, str], clock: MovableClock) -> None:
    with app.app_context():
        clock.advance(minutes=14, seconds=50)
        assert opened(place)
        clock.advance(seconds=20)
        assert opened(place) is None


@pytest.mark.parametrize("whose", ["sign_in_id", "device_id"])
def test_a_session_or_a_device_forgets_all_of_its_own(app: Flask, place: tuple[str, str], whose: str) -> None:
    def forget(which: str) -> None:
        with transaction():
            TabKey.forget(sign_in_id=which) if whose == "sign_in_id" else TabKey.forget(device_id=which)

    with app.app_context():
        forget("0" * 64)
        assert opened(place)
        forget(place[whose == "device_id"])
        assert opened(place) is None


@pytest.mark.parametrize("how", ["idle", "ended"])
def test_what_would_not_be_given_out_is_tidied_away(
    app: Flask, place: tuple[str, str], clock: MovableClock, how: str
) -> None:
    with app.app_context():
        with transaction():
            TabKey.tidy()
        assert TabKey.any_of(place[0])
        if how == "idle":
            clock.advance(minutes=16)
        else:
            with transaction() as session:
                session.execute(update(SignIn).values(ended_at=clock.now()))
        with transaction():
            TabKey.tidy()
        assert not TabKey.any_of(place[0])


def test_none_is_kept_where_no_pin_was_shown(app: Flask, place: tuple[str, str]) -> None:
    with app.app_context():
        with transaction():
            TabKey.forget(sign_in_id=place[0])
        with pytest.raises(PinNotShown), transaction() as session:
            TabKey.store(TAB, session.get_one(SignIn, place[0]), place[1], b"k" * 32)
        assert opened(place) is None


def test_the_mark_is_no_tabs(app: Flask, place: tuple[str, str]) -> None:
    """Whoever knew its id could else make it look newer than the PIN is."""
    with app.app_context():
        mark = db.session.scalars(select(TabKey.id).where(TabKey.key == "")).one()
        with pytest.raises(TabTaken), transaction() as session:
            TabKey.store(mark, session.get_one(SignIn, place[0]), place[1], b"k" * 32)
        assert TabKey.open(mark, db.session.get_one(SignIn, place[0]), place[1]) is None


def test_the_mark_is_nothing_to_seal_anew(app: Flask, place: tuple[str, str]) -> None:
    with app.app_context():
        assert reseal() == 0
