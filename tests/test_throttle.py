"""Token buckets that all workers share."""

from datetime import timedelta

import pytest
from flask import Flask
from flask.ctx import AppContext

from tests.support.clock import MovableClock
from tests.support.racing import race, won
from webapp.throttle import Rate, Throttled, spend

RATE = Rate("test", 3, timedelta(minutes=2))


def test_a_burst_is_allowed_and_the_next_try_is_told_when(app_context: AppContext, clock: MovableClock) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    with pytest.raises(Throttled) as refused:
        spend(RATE, "alice")
    assert 110 < refused.value.retry_after <= 121


def test_after_the_wait_exactly_one_more_is_free(app_context: AppContext, clock: MovableClock) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    clock.advance(minutes=2)
    spend(RATE, "alice")
    with pytest.raises(Throttled):
        spend(RATE, "alice")


def test_refused_tries_don_t_push_the_wait_out(app_context: AppContext, clock: MovableClock) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    for _ in range(4):
        clock.advance(seconds=29)
        with pytest.raises(Throttled):
            spend(RATE, "alice")
    clock.advance(seconds=29)
    spend(RATE, "alice")


def test_one_person_s_tries_are_not_another_s(app_context: AppContext) -> None:
    for _ in range(3):
        spend(RATE, "alice")
    spend(RATE, "charlie")


@pytest.mark.databases
def test_many_at_once_get_no_more_than_the_burst(app: Flask) -> None:
    outcomes = race(app, *[lambda: spend(RATE, "alice")] * 12)
    assert won(outcomes) == RATE.burst
    assert sum(isinstance(outcome, Throttled) for outcome in outcomes) == 12 - RATE.burst
