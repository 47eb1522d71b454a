"""How often waiting pages ask: less and less often, and never all of them at once."""

from datetime import timedelta

import pytest

from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.web.polling import Pace


@pytest.mark.parametrize(("seconds", "pace"), [(0, 2), (59, 2), (60, 5), (599, 5), (600, 15), (90_000, 15)])
def test_a_waiting_page_asks_less_and_less_often(clock: MovableClock, seconds: int, pace: int) -> None:
    since = now()
    clock.advance(seconds=seconds)
    assert Pace.since(since).seconds == pace


def test_a_page_from_before_the_clock_was_set_back_asks_as_if_it_were_new() -> None:
    assert Pace.since(now() + timedelta(hours=1)).seconds == 2


def test_pages_opened_together_do_not_ask_together() -> None:
    intervals = {Pace(15).milliseconds for _ in range(50)}
    assert len(intervals) > 1
    assert 13_500 <= min(intervals) <= max(intervals) <= 16_500
