"""Whoever holds a device of the member’s in which they are signed in, locked, with a program of their own: it signs
whatever they like, and never showed its PIN in this session."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.support.pairing.devices import add_device, session_of
from tests.support.pairing.runs import pairing_run
from tests.support.pairing.tricked import add_paired, state
from tests.support.people.people import Person, be_at, enrolled
from tests.support.recovery.vetoes import device_link, hold_of, press_veto, ticked_devices
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race
from tests.support.vault.devices import MadeDevice
from webapp.client.formats.encoding import to_base64
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.models.accounts.password_reset import reset_by_operator
from webapp.models.accounts.unpairing import bring_back, unpair
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock, NotReleased
from webapp.models.directory.user import User
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey

TAB = {"tab": "ab" * 16, "key": to_base64(bytes(32))}
PIN_NEEDED = (403, {"error": "pin_needed"})


@pytest.fixture
def device(alice: Person, clock: MovableClock) -> MadeDevice:
    """Alice’s device, locked; she is signed in there."""
    made = enrolled(alice, here=False)
    be_at(alice, made, locked=True)
    clock.advance(minutes=1)
    return made


def type_pin(person: Person, device: MadeDevice, client: FlaskClient | None = None) -> None:
    """Where the thief could not."""
    body = {"proof": to_base64(device.proof()), "version": 1}
    assert person.signed_post("/devices/unlock", body, device=device, client=client).status_code == 200


def refused(person: Person, path: str, body: bytes | dict[str, object]) -> tuple[int, object]:
    answer = person.signed_post(path, body)
    return answer.status_code, answer.get_json()


def test_no_tab_key_is_kept_before_the_pin(alice: Person, device: MadeDevice) -> None:
    assert refused(alice, "/devices/tab-keys", dict(TAB)) == PIN_NEEDED
    type_pin(alice, device)
    assert refused(alice, "/devices/tab-keys", dict(TAB)) == (200, {"tab": TAB["tab"]})


def test_nor_is_anybody_unpaired(alice: Person, device: MadeDevice) -> None:
    other = add_device(alice)
    alice.signed_post("/devices/tab-keys", dict(TAB))
    assert alice.post(f"/devices/{other.id}/unpairing").status_code == 403
    assert state(alice, other) == "active"
    type_pin(alice, device)
    assert alice.post(f"/devices/{other.id}/unpairing").status_code == 303
    assert state(alice, other) == "unpaired"


@pytest.mark.parametrize("path", ["/vault/file", "/vault/kit-confirmation", "/backups", "/backups/enrolment"])
def test_nor_is_anything_saved(alice: Person, device: MadeDevice, path: str) -> None:
    assert refused(alice, path, frame({}, b"")) == PIN_NEEDED
    assert refused(alice, "/devices/pin", {}) == PIN_NEEDED


@pytest.mark.parametrize("is_prior", [False, True])
def test_nor_is_a_code_shown(app: Flask, alice: Person, device: MadeDevice, is_prior: bool) -> None:
    if is_prior:
        with app.app_context(), transaction() as session:
            session.get_one(Device, device.id).state = DeviceState.PRIOR
    made = pairing_run(alice)
    made.open()
    answer = made.offer()
    assert (answer.status_code, answer.get_json()) == PIN_NEEDED
    assert made.row().state == State.OPENED
    type_pin(alice, device)
    assert made.offer().status_code == 200


@pytest.mark.databases
def test_nor_is_anything_handed_on_once_it_is_locked_again(alice: Person, device: MadeDevice) -> None:
    type_pin(alice, device)
    made = pairing_run(alice).upto(State.ANSWERED)
    body = made.confirm_body()
    alice.post("/devices/lock")
    for what, sent in (("confirmation", body), ("vault", b"")):
        answer = made.by_old(what, sent)
        assert (answer.status_code, answer.get_json()) == PIN_NEEDED
    assert made.row().state == State.ANSWERED
    type_pin(alice, device)
    assert made.by_old("confirmation", body).status_code == 200


def test_the_pin_counts_only_in_the_session_in_which_it_was_typed(alice: Person, device: MadeDevice) -> None:
    elsewhere = alice.another_browser()
    be_at(alice, device, elsewhere, locked=True)
    type_pin(alice, device, elsewhere)
    assert refused(alice, "/devices/tab-keys", dict(TAB)) == PIN_NEEDED


def test_the_pin_of_one_device_counts_for_no_other(alice: Person, device: MadeDevice) -> None:
    other = add_device(alice)
    type_pin(alice, other)
    assert refused(alice, "/devices/tab-keys", dict(TAB)) == PIN_NEEDED


def lock(alice: Person, device: MadeDevice, clock: MovableClock) -> None:
    alice.post("/devices/lock")


def idle(alice: Person, device: MadeDevice, clock: MovableClock) -> None:
    clock.advance(minutes=16)


def reset(alice: Person, device: MadeDevice, clock: MovableClock) -> None:
    with alice.app.app_context(), transaction() as session:
        user = User.locked(alice.user_id)
        kept = user.session_epoch
        reset_by_operator(user)
        user.session_epoch, session.get_one(Device, device.id).state = kept, DeviceState.ACTIVE
        session.execute(update(SignIn).values(ended_at=None))


def go_and_come_back(alice: Person, device: MadeDevice, clock: MovableClock) -> None:
    other = add_device(alice)
    with alice.app.app_context(), transaction() as session:
        user, by, gone = (
            User.locked(alice.user_id),
            session.get_one(Device, other.id),
            session.get_one(Device, device.id),
        )
        unpair(user, by, [gone])
        bring_back(user, by, gone)
    alice.client = alice.another_browser()
    be_at(alice, device, locked=True)


@pytest.mark.parametrize("what", [lock, idle, reset, go_and_come_back])
def test_the_mark_goes(
    alice: Person, device: MadeDevice, clock: MovableClock, what: Callable[[Person, MadeDevice, MovableClock], None]
) -> None:
    type_pin(alice, device)
    what(alice, device, clock)
    assert refused(alice, "/devices/tab-keys", dict(TAB)) == PIN_NEEDED
    with alice.app.app_context():
        assert db.session.query(TabKey).count() == 0


@pytest.mark.parametrize("is_signed_in", [True, False])
def test_it_stops_and_holds_but_unpairs_nothing_newer(
    client: FlaskClient, alice: Person, device: MadeDevice, is_signed_in: bool
) -> None:
    newer, at = add_paired(alice), alice.client if is_signed_in else client
    path = device_link(at, device)
    page = at.get(path).text
    assert ticked_devices(page) == []
    assert "Chrome on Android was paired lately, and stays" in page
    at.post(path, data={"device": newer.id})
    assert state(alice, newer) == "active"
    assert hold_of(alice)


def test_with_its_pin_it_unpairs_what_came_after_it(alice: Person, device: MadeDevice) -> None:
    newer = add_paired(alice)
    type_pin(alice, device)
    press_veto(alice.client, device_link(alice.client, device))
    assert state(alice, newer) == "unpaired"
    with alice.app.app_context():
        assert db.session.query(TabKey).count() == 0


def test_the_pin_that_somebody_else_showed_there_does_not_count(
    alice: Person, device: MadeDevice, charlie: Person
) -> None:
    newer = add_paired(alice)
    enrolled(charlie)
    path = device_link(charlie.client, device)
    assert ticked_devices(charlie.get(path).text) == []
    charlie.post(path)
    assert state(alice, newer) == "active"


@pytest.mark.databases
def test_a_pin_that_is_right_while_the_device_is_unpaired_leaves_no_mark(
    app: Flask, alice: Person, device: MadeDevice
) -> None:
    other = add_device(alice)
    with app.app_context():
        here = session_of(alice.user_id)
        db.session.remove()

    def open_lock() -> object:
        return DeviceLock.open(db.session.get_one(Device, device.id), 1, device.proof(), here)

    def unpair_it() -> int:
        with transaction() as session:
            user, by = User.locked(alice.user_id), session.get_one(Device, other.id)
            return len(unpair(user, by, [session.get_one(Device, device.id)]))

    opened, number = race(app, open_lock, unpair_it)
    assert number == 1
    assert isinstance(opened, tuple | NotReleased)
    with app.app_context():
        assert db.session.query(TabKey).count() == 0
