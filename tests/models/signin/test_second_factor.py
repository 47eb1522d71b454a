"""The second factor as a model: RFC 6238, clocks that differ, no code twice, one-time codes, and two at once."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.factors import Factor, begin_set_up, with_second_factor
from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race, won
from webapp import limits
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.signin.one_time_code import OneTimeCode, _hash
from webapp.models.signin.second_factor import NotTaken, SecondFactor, second_factor_context
from webapp.models.signin.session import SignIn

RFC_6238 = [
    (59, "94287082"),
    (1111111109, "07081804"),
    (1111111111, "14050471"),
    (1234567890, "89005924"),
    (2000000000, "69279037"),
    (20000000000, "65353130"),
]
"""Appendix B, SHA-1: seconds since 1970, and the eight digits; ours are the last six of them."""
RFC_KEY = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
"""Base32 of 12345678901234567890."""


@pytest.fixture(autouse=True)
def beginning_of_a_step(clock: MovableClock) -> None:
    """So that no test is at the end of one step here and at the beginning of the next one there."""
    clock.move_to(datetime.fromtimestamp((now().timestamp() // 30 + 1) * 30 + 1, UTC))


def spend(person: Person, code: str) -> None:
    with transaction():
        SecondFactor.spend(User.locked(person.user_id), code)


def refusal(person: Person, code: str) -> str:
    with pytest.raises(NotTaken) as refused:
        spend(person, code)
    return refused.value.code


@pytest.mark.parametrize(("seconds", "digits"), RFC_6238)
def test_codes_are_those_of_the_standard(
    app: Flask, alice: Person, clock: MovableClock, seconds: int, digits: str
) -> None:
    with app.app_context():
        with transaction() as session:
            sealed = sealer().seal(RFC_KEY.encode(), second_factor_context(alice.user_id))
            row = SecondFactor(user_id=alice.user_id, secret=sealed, made_in="", confirmed_at=now())
            session.add(row)
        clock.move_to(datetime.fromtimestamp(seconds, UTC))
        spend(alice, digits[-6:])
        assert db.session.get_one(SecondFactor, alice.user_id).last_step == seconds // 30


@pytest.mark.parametrize("offset", [-1, 0, 1])
def test_a_clock_may_differ_by_one_step(app: Flask, alice: Person, clock: MovableClock, offset: int) -> None:
    factor = with_second_factor(alice)
    clock.advance(minutes=2)
    with app.app_context():
        spend(alice, factor.at(offset))


@pytest.mark.parametrize("offset", [-2, 2])
def test_and_by_no_more(app: Flask, alice: Person, clock: MovableClock, offset: int) -> None:
    factor = with_second_factor(alice)
    clock.advance(minutes=2)
    near = {factor.at(near) for near in (-1, 0, 1)}
    assert factor.at(offset) not in near, "one chance in 300,000"
    with app.app_context():
        assert refusal(alice, factor.at(offset)) == "wrong_code"


def test_no_code_is_taken_twice_nor_one_from_before_it(app: Flask, alice: Person, clock: MovableClock) -> None:
    factor = with_second_factor(alice)
    clock.advance(minutes=2)
    with app.app_context():
        code = factor.at(0)
        spend(alice, code)
        assert refusal(alice, code) == "used_code"
        assert refusal(alice, factor.at(-1)) == "used_code"
        clock.advance(seconds=30)
        assert refusal(alice, code) == "used_code"
        spend(alice, factor.at(0))


def test_the_code_that_turned_it_on_signs_nobody_in(app: Flask, alice: Person) -> None:
    factor = begin_set_up(alice)
    code = factor.code()
    assert alice.post("/settings/second-factor", data={"code": code}).status_code == 200
    with app.app_context():
        assert refusal(alice, code) == "used_code"


@pytest.mark.databases
def test_of_two_who_bring_the_same_code_at_once_one_is_let_in(app: Flask, alice: Person, clock: MovableClock) -> None:
    factor = with_second_factor(alice)
    for _ in range(5):
        clock.advance(minutes=2)
        code = factor.at(0)
        outcomes = race(app, *[lambda code=code: spend(alice, code)] * 4)
        assert won(outcomes) == 1
        assert [outcome.code for outcome in outcomes if outcome] == ["used_code"] * 3


@pytest.mark.databases
def test_the_same_holds_without_the_lock_on_the_member(app: Flask, alice: Person, clock: MovableClock) -> None:
    """The comparison itself is one statement, whoever else forgets to lock."""

    def unlocked() -> None:
        with transaction() as session:
            SecondFactor.spend(session.get_one(User, alice.user_id), code)

    factor = with_second_factor(alice)
    clock.advance(minutes=2)
    code = factor.at(0)
    assert won(race(app, unlocked, unlocked, unlocked)) == 1


@pytest.mark.databases
def test_of_two_who_bring_the_same_one_time_code_at_once_one_is_let_in(app: Flask, alice: Person) -> None:
    factor = with_second_factor(alice)
    for code in factor.one_time_codes[:5]:
        assert won(race(app, *[lambda code=code: spend(alice, code)] * 3)) == 1
    with app.app_context():
        assert OneTimeCode.left(alice.user_id) == 5


@pytest.mark.databases
def test_a_reset_and_a_code_at_once_leave_no_half_of_either(app: Flask, alice: Person) -> None:
    factor = with_second_factor(alice)
    code, sign_in_id = factor.one_time_codes[0], alice.sign_in_id()

    def forget() -> None:
        with transaction():
            SecondFactor.turn_off(User.locked(alice.user_id), sign_in_id)

    race(app, forget, lambda: spend(alice, code))
    with app.app_context():
        assert SecondFactor.of(alice.user_id) is None
        assert OneTimeCode.left(alice.user_id) == 0
        assert refusal(alice, factor.one_time_codes[1]) == "wrong_code"


def test_the_key_is_sealed_for_its_member_and_codes_are_hashed(app: Flask, alice: Person, charlie: Person) -> None:
    factor = with_second_factor(alice)
    with app.app_context():
        row = db.session.get_one(SecondFactor, alice.user_id)
        assert factor.key not in row.secret
        assert row.key == factor.key
        with pytest.raises(Exception, match="second-factor"):
            sealer().unseal(row.secret, second_factor_context(charlie.user_id))
        hashes = db.session.scalars(select(OneTimeCode.code_sha256)).all()
        assert len(set(hashes)) == 10
        assert not set(hashes) & set(factor.one_time_codes)


def test_who_has_the_database_finds_no_one_time_code_in_a_hundred_years(app: Flask, alice: Person) -> None:
    """SHA-256 is fast: a graphics card tries 2 · 10^10 a second. Five hundred of them, and any code will do."""
    factor = with_second_factor(alice)
    characters = {len(code) for code in factor.one_time_codes}
    seconds = 32 ** min(characters) / (len(factor.one_time_codes) + 1) / (500 * 2e10)
    assert timedelta(seconds=seconds) > timedelta(days=365 * 100)


def test_a_code_of_twelve_characters_on_paper_from_before_still_works(app: Flask, alice: Person) -> None:
    with_second_factor(alice)
    with app.app_context():
        with transaction() as session:
            session.scalars(select(OneTimeCode).limit(1)).one().code_sha256 = _hash(alice.user_id, "abcdefgh2345")
        spend(alice, "abcdefgh2345")
        assert refusal(alice, "abcdefgh2345") == "wrong_code"


def test_a_session_counts_as_shown_for_ten_minutes(app: Flask, alice: Person, clock: MovableClock) -> None:
    row = SignIn(created_at=clock.now(), password_at=None, second_factor_at=None)
    assert row.has_shown_again(has_second_factor=False)
    assert not row.has_shown_again(has_second_factor=True)
    row.second_factor_at = clock.now()
    assert row.has_shown_again(has_second_factor=True)
    clock.advance(seconds=limits.ASKED_AGAIN.total_seconds() + 1)
    assert not row.has_shown_again(has_second_factor=True)
    assert not row.has_shown_again(has_second_factor=False)
    row.password_at = clock.now() - timedelta(minutes=9)
    assert row.has_shown_again(has_second_factor=False)


def test_the_reader_of_these_tests_has_an_app_that_counts(alice: Person) -> None:
    """`Factor.code` gives a code that was not used, or says that time has to pass."""
    factor = Factor(alice, RFC_KEY)
    first, second = factor.code(), factor.code()
    assert first != second
    with pytest.raises(AssertionError, match="let time pass"):
        factor.code()
