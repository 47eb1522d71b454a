"""Undo: the former vault and devices come back, whole; too late, twice, and what befell the account in between."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.pairing.devices import session_of
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.runs import Restoring, request_row
from tests.support.recovery.vetoes import recovered
from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import State
from webapp.models.accounts.password_reset import reset_by_operator
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo, UndoClosed
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import Vault
from webapp.worker import tidy


@pytest.fixture
def made(app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey) -> Iterator[Restoring]:
    """Alice’s account was recovered; the test runs in an application context."""
    enrolled(alice)
    restoring = recovered(alice, bob, organisation_key)
    with app.app_context():
        yield restoring


def open_undo(person: Person) -> Undo:
    found = Undo.open_of(db.session.get_one(User, person.user_id))
    assert found
    return found


def undo(person: Person, undo_id: str, keep: str | None = None) -> None:
    with transaction() as session:
        user = User.locked(person.user_id)
        session.get_one(Undo, undo_id).undo(user, keep=keep)


def states(*device_ids: str) -> list[str]:
    return [str(db.session.get_one(Device, each).state) for each in device_ids]


@pytest.mark.databases
def test_vault_kit_and_devices_are_as_before(made: Restoring, alice: Person) -> None:
    assert alice.device
    found = open_undo(alice)
    undo(alice, found.id)
    user = db.session.get_one(User, alice.user_id)
    assert (user.epoch, user.kit_number) == (1, 1)
    assert user.kit_confirmed_at is not None
    current, newer = Vault.current(user, with_file=True), db.session.get_one(Vault, (user.id, 2))
    assert current
    assert (current.epoch, current.file, current.ended_at) == (1, alice.device.file, None)
    assert newer.ended_at is not None, "archived, not destroyed"
    assert states(alice.device.id, made.device.id) == ["active", "unpaired"]
    assert Undo.open_of(user) is None


def test_the_former_device_opens_with_its_former_pin(made: Restoring, alice: Person) -> None:
    assert alice.device
    undo(alice, open_undo(alice).id)
    device = db.session.get_one(Device, alice.device.id)
    assert device.opens
    keyslot, share = DeviceLock.open(device, 1, alice.device.proof(), session_of(alice.user_id))
    assert share == alice.device.server_share
    assert keyslot.startswith(b"age-encryption.org/v1\n")


def test_its_share_outlives_tidying_as_long_as_the_undo(made: Restoring, alice: Person, clock: MovableClock) -> None:
    assert alice.device
    clock.advance(days=6)
    tidy()
    assert DeviceLock.versions(alice.device.id) == [1]
    undo(alice, open_undo(alice).id)
    assert DeviceLock.versions(made.device.id) == [1], "the other way round, too"
    clock.advance(days=8)
    tidy()
    assert DeviceLock.versions(alice.device.id) == [1]
    assert DeviceLock.versions(made.device.id) == []


def test_without_an_undo_the_share_goes(made: Restoring, alice: Person, clock: MovableClock) -> None:
    assert alice.device
    clock.advance(days=7, seconds=1)
    tidy()
    assert DeviceLock.versions(alice.device.id) == []


def test_everybody_is_told(made: Restoring, alice: Person) -> None:
    undo(alice, open_undo(alice).id)
    rows = db.session.scalars(select(Notice).where(Notice.kind.startswith("recovery_undone")))
    assert sorted((row.user.name, row.kind) for row in rows) == [
        ("Alice", "recovery_undone"),
        ("Bob", "recovery_undone_admin"),
        ("Olga", "recovery_undone_admin"),
    ]
    kinds = list(db.session.scalars(select(Event.kind)))
    assert (kinds.count("recovery.undone"), kinds.count("device.returned")) == (1, 1)


def test_sessions_end_but_the_one_that_is_kept(made: Restoring, alice: Person) -> None:
    alice.another_browser()
    user = db.session.get_one(User, alice.user_id)
    kept = db.session.scalars(select(SignIn).order_by(SignIn.created_at.desc())).first()
    assert kept
    kept_id = kept.id
    assert len(SignIn.alive_of(user)) == 2
    undo(alice, open_undo(alice).id, keep=kept_id)
    assert [each.id for each in SignIn.alive_of(db.session.get_one(User, alice.user_id))] == [kept_id]


def test_an_open_request_is_stopped(made: Restoring, alice: Person) -> None:
    request_id = request_row(alice)
    undo(alice, open_undo(alice).id)
    request = db.session.get_one(RestoreRequest, request_id)
    assert (request.state, request.stop_reason) == (State.STOPPED, "undo")


@pytest.mark.databases
@pytest.mark.parametrize("why", ["twice", "late", "another recovery"])
def test_what_is_closed_changes_nothing(made: Restoring, alice: Person, clock: MovableClock, why: str) -> None:
    undo_id = open_undo(alice).id
    if why == "twice":
        undo(alice, undo_id)
    elif why == "late":
        clock.advance(days=7, seconds=1)
    else:
        with transaction() as session:
            session.execute(update(User).where(User.id == alice.user_id).values(epoch=3))
    before = everything()
    with pytest.raises(UndoClosed):
        undo(alice, undo_id)
    assert everything() == before


def test_a_reset_in_between_is_not_taken_back(made: Restoring, alice: Person) -> None:
    assert alice.device
    with transaction():
        reset_by_operator(User.locked(alice.user_id))
    undo(alice, open_undo(alice).id)
    assert states(alice.device.id) == ["prior"], "the device has to be brought back, as after any reset"


def test_what_was_prior_before_stays_prior(app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    device = enrolled(alice)
    with app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = DeviceState.PRIOR
    recovered(alice, bob, organisation_key)
    with app.app_context():
        undo(alice, open_undo(alice).id)
        assert states(device.id) == ["prior"]


def test_what_was_unpaired_for_good_stays_so(made: Restoring, alice: Person) -> None:
    assert alice.device
    with transaction() as session:
        device = session.get_one(Device, alice.device.id)
        device.unpaired_epoch, device.unpaired_at = None, now()
    undo(alice, open_undo(alice).id)
    assert states(alice.device.id) == ["unpaired"]


def test_a_recovery_after_an_undo_takes_a_number_of_its_own(
    app: Flask, made: Restoring, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    undo(alice, open_undo(alice).id)
    assert Vault.next_epoch(alice.user_id) == 3


def test_the_member_alone_has_one(made: Restoring, charlie: Person) -> None:
    assert Undo.open_of(db.session.get_one(User, charlie.user_id)) is None
