"""What was begun before a removal is due and is committed after it, on both databases: whoever removes waits for a
backup or a request that is under way at that very moment, and sees it."""

import threading
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, func, select, text

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery_keys.life import key_of
from tests.support.recovery_keys.races import Work, asking, begun, uploading
from tests.support.run import patience
from tests.support.run.clock import MovableClock
from tests.support.run.patience import wait_until
from tests.support.servers.races import race
from webapp.client.formats.cloud_backups import CloudBackup as MadeBackup
from webapp.database import db
from webapp.models.backups.key_removal import carry_out_due
from webapp.models.journal.event import Event
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.cloud_backup import CloudBackup

pytestmark = pytest.mark.databases
WAITING = text("SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


@pytest.fixture
def backup(alice: Person, organisation_key: ActiveKey) -> MadeBackup:
    enrolled(alice)
    return backed_up(alice, organisation_key)


def is_waiting(knocked: threading.Event) -> bool:
    """Whether another transaction waits for this one: on SQLite it has not begun, and knocks."""
    if db.engine.dialect.name == "sqlite":
        return knocked.is_set()
    with db.engine.connect() as connection:
        return bool(connection.scalar(WAITING))


@pytest.fixture
def while_due(app: Flask, clock: MovableClock, monkeypatch: pytest.MonkeyPatch) -> Callable[[Work], tuple[Any, Any]]:
    """Does the work, and lets the week end when all of it is written and not committed; what came of it and of removing
    at that moment."""
    written, removed, knocked, link = threading.Event(), threading.Event(), threading.Event(), Event.link

    def late(events: Sequence[Event]) -> None:
        if not written.is_set():
            clock.advance(minutes=1)
            written.set()
            wait_until(lambda: removed.is_set() or is_waiting(knocked), "a removal that is made to wait")
        link(events)

    def knock(*parts: Any) -> None:
        if parts[2] == "BEGIN IMMEDIATE":
            knocked.set()

    def removing() -> int:
        assert written.wait(patience.HUNG)
        event.listen(db.engine, "before_cursor_execute", knock)
        try:
            return carry_out_due()
        finally:
            removed.set()

    def run(work: Work) -> tuple[Any, Any]:
        def writing() -> Any:
            try:
                return work()
            finally:
                written.set()

        clock.advance(days=6, hours=23, minutes=59, seconds=30)
        monkeypatch.setattr(Event, "link", staticmethod(late))
        outcome, done = race(app, writing, removing)
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
