"""Token buckets that all workers share."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.ctx import AppContext

from tests.support.run.clock import MovableClock
from tests.support.servers.races import race, won
from webapp.web.rate_limits import Rate, RateLimited, give_back, spend, take

RATE = Rate("test", 3, timedelta(minutes=2))


def test_a_burst_is_allowed_and_the_next_try_is_told_when(app_context: AppContext, clock: MovableClock) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    with pytest.raises(RateLimited) as refused:
        spend(RATE, "alice")
    assert 110 < refused.value.retry_after <= 121


def test_after_the_wait_exactly_one_more_is_free(app_context: AppContext, clock: MovableClock) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    clock.advance(minutes=2)
    spend(RATE, "alice")
    with pytest.raises(RateLimited):
        spend(RATE, "alice")


def test_refused_tries_don_t_push_the_wait_out(app_context: AppContext, clock: MovableClock) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    for _ in range(4):
        clock.advance(seconds=29)
        with pytest.raises(RateLimited):
            spend(RATE, "alice")
    clock.advance(seconds=29)
    spend(RATE, "alice")


def test_one_person_s_tries_are_not_another_s(app_context: AppContext) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    spend(RATE, "charlie")


def left(rate: Rate, *whose: str) -> int:
    """How many tries they still have."""
    for number in range(rate.burst + 1):
        try:
            spend(rate, *whose)
        except RateLimited:
            return number
    raise AssertionError("more than a burst")


def test_one_that_was_right_gives_back_what_it_took_and_no_more(app_context: AppContext) -> None:
    spend(RATE, "alice")
    taken = take(RATE.of("alice"))
    for _ in range(3):
        taken.give_back()
    assert left(RATE, "alice") == RATE.burst - 1, "the wrong one before it stays counted"


def test_giving_back_never_makes_more_than_a_burst(app_context: AppContext, clock: MovableClock) -> None:
    taken = take(RATE.of("alice"))
    clock.advance(minutes=30)
    taken.give_back()
    give_back(RATE.of("alice"), RATE.of("nobody ever"))
    assert left(RATE, "alice") == RATE.burst


def test_where_one_of_several_has_none_left_none_is_taken(app_context: AppContext, clock: MovableClock) -> None:
    slow = Rate("slow", 1, timedelta(minutes=10))
    take(RATE.of("alice"), slow.of("office"))
    with pytest.raises(RateLimited) as refused:
        take(RATE.of("alice"), slow.of("office"))
    assert 590 < refused.value.retry_after <= 601
    assert left(RATE, "alice") == RATE.burst - 1


def test_parts_of_whose_it_is_don_t_run_together(app_context: AppContext) -> None:
    assert RATE.of("ab", "c").key != RATE.of("a", "bc").key
    assert RATE.of("ab", "c").key != Rate("other", 3, timedelta(minutes=2)).of("ab", "c").key


@pytest.mark.databases
def test_many_that_take_of_two_in_any_order_wait_for_nobody_for_ever(app: Flask) -> None:
    one, other = RATE.of("alice"), RATE.of("office")
    outcomes = race(app, *[lambda: take(one, other), lambda: take(other, one)] * 6)
    assert won(outcomes) == RATE.burst


@pytest.mark.databases
def test_many_that_are_right_at_once_leave_all_as_it_was(app: Flask) -> None:
    outcomes = race(app, *[lambda: take(RATE.of("alice")).give_back()] * 3)
    assert won(outcomes) == 3
    with app.app_context():
        assert left(RATE, "alice") == RATE.burst


@pytest.mark.databases
def test_many_at_once_get_no_more_than_the_burst(app: Flask) -> None:
    outcomes = race(app, *[lambda: spend(RATE, "alice")] * 12)
    assert won(outcomes) == RATE.burst
    assert sum(isinstance(outcome, RateLimited) for outcome in outcomes) == 12 - RATE.burst
