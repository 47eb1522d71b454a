"""“This wasn’t me” in the database: what it stops, what it ends, who can say it; and what is running at all."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.runs import request_row
from tests.support.recovery.vetoes import recovered
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.flows.restore_request import OPEN, State
from webapp.models.accounts.veto import Running, speaks_for_member, veto
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


def say(person: Person, undo_id: str = "") -> None:
    with transaction():
        veto(User.locked(person.user_id), "Laptop", undo_id)


def user_of(person: Person) -> User:
    return db.session.get_one(User, person.user_id)


def device_of(person: Person) -> Device:
    assert person.device
    return db.session.get_one(Device, person.device.id)


def told(kind: str) -> list[str]:
    """The names of those who got a notice of this kind."""
    return sorted(notice.user.name for notice in db.session.scalars(select(Notice).where(Notice.kind == kind)))


@pytest.fixture
def inside(app: Flask, alice: Person, bob: Person, olga: Person) -> Iterator[None]:
    """Alice has a vault on one device; the test runs in an application context."""
    enrolled(alice)
    with app.app_context():
        yield


@pytest.fixture
def unpaired(app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey) -> Iterator[str]:
    """Somebody recovered alice’s account: the id of their device."""
    made = recovered(alice, bob, organisation_key)
    with app.app_context():
        yield made.device.id


@pytest.mark.databases
@pytest.mark.parametrize("state", sorted(OPEN))
def test_it_stops_an_open_request_and_holds_the_account(inside: None, alice: Person, state: State) -> None:
    request_id = request_row(alice, state)
    say(alice)
    request = db.session.get_one(RestoreRequest, request_id)
    assert (request.state, request.stop_reason) == (State.STOPPED, "veto")
    hold = Hold.of(alice.user_id)
    assert hold
    assert hold.said_with == "Laptop"
    assert told("hold_begun") == ["Alice"]
    assert told("hold_begun_admin") == ["Bob", "Olga"]
    assert told("restore_stopped") == ["Alice"]
    kinds = set(db.session.scalars(select(Event.kind)))
    assert {"recovery.vetoed", "hold.begun", "restore_request.stopped"} <= kinds


def test_it_undoes_a_finished_recovery(unpaired: str, alice: Person) -> None:
    undo = Undo.open_of(user_of(alice))
    assert undo
    say(alice, "0" * 32)
    assert user_of(alice).epoch == 2, "one that was not meant stays"
    say(alice, undo.id)
    assert user_of(alice).epoch == 1
    assert (device_of(alice).state, db.session.get_one(Device, unpaired).state) == ("active", "unpaired")
    assert Hold.of(alice.user_id)


@pytest.mark.databases
def test_it_ends_every_session_and_locks_every_tab(inside: None, alice: Person) -> None:
    alice.another_browser()
    sign_in = db.session.scalars(select(SignIn).where(SignIn.user_id == alice.user_id)).first()
    assert sign_in
    with transaction() as session:
        TabKey.mark(sign_in.id, device_of(alice).id)
        TabKey.store("a" * 32, session.get_one(SignIn, sign_in.id), device_of(alice).id, bytes(32))
    say(alice)
    assert SignIn.alive_of(user_of(alice)) == []
    assert db.session.scalar(select(func.count()).select_from(TabKey)) == 0
    assert device_of(alice).is_active, "the device itself stays"


def test_again_begins_no_second_hold(inside: None, alice: Person) -> None:
    say(alice)
    say(alice)
    assert db.session.scalar(select(func.count()).select_from(Hold)) == 1
    assert told("hold_begun_admin") == ["Bob", "Olga"]


def test_it_touches_nobody_else(inside: None, alice: Person, charlie: Person) -> None:
    enrolled(charlie)
    request_id = request_row(charlie)
    say(alice)
    assert db.session.get_one(RestoreRequest, request_id).is_open
    assert Hold.of(charlie.user_id) is None
    assert SignIn.alive_of(user_of(charlie))


def test_a_request_that_is_due_expires_instead(inside: None, alice: Person, clock: MovableClock) -> None:
    request_id = request_row(alice)
    clock.advance(days=8)
    say(alice)
    assert db.session.get_one(RestoreRequest, request_id).state == State.EXPIRED


def test_nothing_runs(inside: None, alice: Person) -> None:
    running = Running.of(user_of(alice))
    assert (running.asked, running.undo, running.hold) == (None, None, None)
    assert running.concerning(device_of(alice)) is None


def test_a_request_concerns_the_other_devices(inside: None, alice: Person) -> None:
    request_id = request_row(alice)
    running = Running.of(user_of(alice))
    assert running.asked
    assert running.asked.id == request_id
    assert running.concerning(device_of(alice)) is running.asked


def test_a_recovery_concerns_the_device_it_unpaired(unpaired: str, alice: Person, clock: MovableClock) -> None:
    running = Running.of(user_of(alice))
    assert running.concerning(device_of(alice)) is running.undo
    assert running.undo is not None
    assert running.concerning(db.session.get_one(Device, unpaired)) is None
    clock.advance(days=8)
    assert Running.of(user_of(alice)).concerning(device_of(alice)) is None


@pytest.mark.parametrize("state", list(DeviceState))
def test_who_speaks_for_the_member(inside: None, alice: Person, state: DeviceState) -> None:
    with transaction():
        device_of(alice).state = state
    assert speaks_for_member(device_of(alice), user_of(alice)) == (state != DeviceState.UNPAIRED)


def test_a_device_that_an_undo_would_bring_back_speaks(unpaired: str, alice: Person, clock: MovableClock) -> None:
    assert speaks_for_member(device_of(alice), user_of(alice))
    clock.advance(days=8)
    assert not speaks_for_member(device_of(alice), user_of(alice))
