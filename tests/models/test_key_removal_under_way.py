"""What was begun before a removal is due and is committed after it, on both databases: whoever removes waits for a
backup or a request that is under way at that very moment, and sees it."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.clock import MovableClock
from tests.support.key_life import key_of
from tests.support.key_races import Work, asking, begun, uploading
from tests.support.people import ActiveKey, Person, backed_up, enrolled
from tests.support.racing import race
from webapp.client.cloud_backups import CloudBackup as MadeBackup
from webapp.database import db
from webapp.models import CloudBackup, Event, EventChain, KeyRemoval, RestoreRequest

pytestmark = pytest.mark.databases
TURN = 1
"""Seconds that whoever removes has while the other is under way: time enough, were they not made to wait."""


@pytest.fixture
def backup(alice: Person, organisation_key: ActiveKey) -> MadeBackup:
    enrolled(alice)
    return backed_up(alice, organisation_key)


@pytest.fixture
def while_due(app: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], tuple[Any, Any]]:
    """Does the work, and lets the week end when all of it is written and not committed; what came of it and of removing
    at that moment."""
    written, removed, link = threading.Event(), threading.Event(), EventChain.link

    def late(events: Sequence[Event]) -> None:
        if not written.is_set():
            clock.advance(minutes=1)
            written.set()
            removed.wait(TURN)
        link(events)

    def removing() -> int:
        assert written.wait(20)
        try:
            return KeyRemoval.carry_out_due()
        finally:
            removed.set()

    def run(work: Work) -> tuple[Any, Any]:
        clock.advance(days=6, hours=23, minutes=59, seconds=30)
        monkeypatch.setattr(EventChain, "link", staticmethod(late))
        outcome, done = race(app, work, removing)
        return outcome, done

    return run


def test_a_request_that_is_under_way_holds_the_removal_up(
    app: Flask, bob: Person, alice: Person, backup: MadeBackup, while_due: Callable[[Work], tuple[Any, Any]]
) -> None:
    begun(bob, None)
    request, done = while_due(asking(alice, backup))
    with app.app_context():
        assert isinstance(request, str)
        assert (db.session.get_one(RestoreRequest, request).backup_id, done) == (backup.id, 0)
    assert key_of(bob, backup.id)


def test_a_backup_that_is_under_way_goes_with_its_key(
    app: Flask, bob: Person, alice: Person, organisation_key: ActiveKey, backup: MadeBackup,
    while_due: Callable[[Work], tuple[Any, Any]],
) -> None:  # fmt: skip
    begun(bob, None)
    upload, done = while_due(uploading(alice, organisation_key))
    with app.app_context():
        assert isinstance(upload, str)
        assert (db.session.scalar(select(func.count()).select_from(CloudBackup)), done) == (0, 1)


def test_two_who_ask_at_once_do_not_wait_for_each_other(
    app: Flask, alice: Person, charlie: Person, organisation_key: ActiveKey, backup: MadeBackup
) -> None:
    enrolled(charlie)
    theirs = backed_up(charlie, organisation_key)
    outcomes = race(app, asking(alice, backup), asking(charlie, theirs))
    assert [type(outcome) for outcome in outcomes] == [str, str]
