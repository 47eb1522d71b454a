"""Times as people say them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from tests.support.run.clock import MovableClock
from webapp.web import formatting

HERE = datetime(2026, 11, 22, 16, 10, 46, tzinfo=UTC)


@pytest.fixture(autouse=True)
def here(clock: MovableClock) -> None:
    clock.move_to(HERE)


@pytest.mark.parametrize(
    ("past", "words"),
    [
        (timedelta(seconds=-30), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=59, seconds=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=47), "1 day ago"),
        (timedelta(days=27), "27 days ago"),
        (timedelta(days=28), "25 Oct 2026"),
    ],
)
def test_how_long_ago_something_was(past: timedelta, words: str) -> None:
    assert formatting.ago(HERE - past) == words


@pytest.mark.parametrize(
    "past", [timedelta(seconds=10), timedelta(minutes=5, seconds=3), timedelta(hours=5), timedelta(days=2)]
)
def test_it_is_known_when_the_words_change(past: timedelta, clock: MovableClock) -> None:
    moment = HERE - past
    before, change = formatting.ago(moment), formatting.ago_changes_at(moment)
    clock.move_to(change - timedelta(seconds=1))
    assert formatting.ago(moment) == before
    clock.move_to(change)
    assert formatting.ago(moment) != before


@pytest.mark.parametrize(
    ("ahead", "words"),
    [
        (timedelta(seconds=-1), "now"),
        (timedelta(seconds=20), "in a minute"),
        (timedelta(minutes=1, seconds=30), "in 1 minute"),
        (timedelta(hours=3, seconds=30), "in 3 hours"),
        (timedelta(days=3, seconds=30), "in 3 days"),
    ],
)
def test_how_long_it_is_until_something(ahead: timedelta, words: str) -> None:
    assert formatting.until(HERE + ahead) == words


@pytest.mark.parametrize(
    ("name", "words"),
    [("ago", "just now"), ("until", "now"), ("clock_time", "22 Nov 2026, 16:10 UTC"), ("day", "22 Nov 2026")],
)
def test_pages_carry_the_exact_time_too(app: Flask, name: str, words: str) -> None:
    element: Callable[[datetime], str] = app.jinja_env.filters[name]
    assert element(HERE) == (f'<time datetime="2026-11-22T16:10:46Z" title="22 Nov 2026, 16:10 UTC">{words}</time>')
