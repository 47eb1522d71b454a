"""Undo of a recovery that needed nobody’s help: vault, kit and devices are as before, for a new account for longer."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.recovery.runs import request_row
from tests.support.recovery.self_service import WAYS, begun, own, recovered
from tests.support.run.clock import MovableClock
from webapp.client.formats import recovery_kits
from webapp.crypto.signatures import BadSignature
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import State
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.vaults.vault import Vault
from webapp.worker import tidy

LIFE = {RecoveryMethod.LOCAL_BACKUP: 7, RecoveryMethod.RECOVERY_KIT: 7, RecoveryMethod.NEW_ACCOUNT: 30}


def undo(app: Flask, person: Person) -> bool:
    """Undo what can be undone; False where nothing can."""
    with app.app_context(), transaction():
        user = User.locked(person.user_id)
        found = Undo.open_of(user)
        if found:
            found.undo(user)
        return found is not None


def standing(app: Flask, person: Person) -> tuple[int, int, list[str]]:
    """Epoch, kit, and the states of the devices in the order they came."""
    with app.app_context():
        user = db.session.get_one(User, person.user_id)
        devices = db.session.scalars(select(Device.state).order_by(Device.enrolled_at)).all()
        return user.epoch, user.kit_number, [str(state) for state in devices]


@pytest.mark.databases
@pytest.mark.parametrize("way", WAYS)
def test_everything_is_as_before(app: Flask, alice: Person, way: RecoveryMethod, database_kind: str) -> None:
    device = enrolled(alice)
    made = recovered(alice, way)
    assert undo(app, alice)
    assert standing(app, alice) == (1, 1, ["active", "unpaired"])
    session = alice.sign_in_id(alice.another_browser())
    with app.app_context():
        user = db.session.get_one(User, alice.user_id)
        assert user.kit_confirmed_at is not None
        assert user.kit_verify_key == recovery_kits.verify_key(device.kit, alice.user_id)
        vault = Vault.current(user, with_file=True)
        assert vault
        assert (vault.file, vault.ended_at) == (device.file, None)
        assert db.session.get_one(Vault, (user.id, 2)).ended_at is not None, "archived, not destroyed"
        row = db.session.get_one(Device, device.id)
        assert DeviceLock.open(row, 1, device.proof(), session)[1] == device.server_share
    with pytest.raises(BadSignature):
        begun(alice, RecoveryMethod.RECOVERY_KIT, holding=made.device)
    begun(alice, RecoveryMethod.RECOVERY_KIT)


@pytest.mark.parametrize("way", WAYS)
def test_it_can_be_undone_until_its_time_is_over(
    app: Flask, alice: Person, way: RecoveryMethod, clock: MovableClock
) -> None:
    device = enrolled(alice)
    recovered(alice, way)
    clock.advance(days=LIFE[way] - 1)
    with app.app_context():
        tidy()
        assert DeviceLock.versions(device.id) == [1], "its part of the key is kept sealed"
    assert undo(app, alice)


@pytest.mark.parametrize("way", WAYS)
def test_afterwards_it_can_not(app: Flask, alice: Person, way: RecoveryMethod, clock: MovableClock) -> None:
    device = enrolled(alice)
    recovered(alice, way)
    clock.advance(days=LIFE[way], seconds=1)
    assert not undo(app, alice)
    with app.app_context():
        tidy()
        assert DeviceLock.versions(device.id) == []
    assert standing(app, alice)[0] == 2


def test_an_open_request_is_stopped_by_the_recovery(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context():
        request_id = request_row(alice)
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    with app.app_context():
        request = db.session.get_one(RestoreRequest, request_id)
        assert (request.state, request.stop_reason) == (State.STOPPED, "recovered")


def test_no_second_new_account_bars_the_way_to_the_vault(app: Flask, alice: Person) -> None:
    """Whoever has the sign-in password begins two: undoing the later one brings back only their first."""
    enrolled(alice)
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    assert undo(app, alice)
    assert standing(app, alice) == (2, 2, ["unpaired", "active", "unpaired"])
    assert undo(app, alice)
    assert standing(app, alice) == (1, 1, ["active", "unpaired", "unpaired"])
    assert not undo(app, alice)


def test_nor_a_recovery_with_the_kit_of_such_an_account(app: Flask, alice: Person, clock: MovableClock) -> None:
    enrolled(alice)
    theirs = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    clock.advance(days=20)
    recovered(alice, RecoveryMethod.RECOVERY_KIT, holding=theirs.device)
    assert (undo(app, alice), undo(app, alice)) == (True, True)
    assert standing(app, alice) == (1, 1, ["active", "unpaired", "unpaired"])


def test_nor_two_with_its_kits(app: Flask, alice: Person) -> None:
    """Whoever has the sign-in password holds every key of what they began, and can go on as often as they like."""
    enrolled(alice)
    theirs = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    for way in (RecoveryMethod.RECOVERY_KIT, RecoveryMethod.LOCAL_BACKUP):
        theirs = recovered(alice, way, holding=theirs.device)
    assert [undo(app, alice) for _ in range(4)] == [True, True, True, False]
    assert standing(app, alice) == (1, 1, ["active", "unpaired", "unpaired", "unpaired"])


def test_nor_do_they_shorten_its_month(app: Flask, alice: Person, clock: MovableClock) -> None:
    enrolled(alice)
    theirs = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    recovered(alice, RecoveryMethod.RECOVERY_KIT, holding=theirs.device)
    clock.advance(days=29)
    assert (undo(app, alice), undo(app, alice)) == (True, True)
    assert standing(app, alice) == (1, 1, ["active", "unpaired", "unpaired"])


def test_after_that_month_what_followed_has_its_own_time(app: Flask, alice: Person, clock: MovableClock) -> None:
    enrolled(alice)
    theirs = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    clock.advance(days=29)
    for _ in range(2):
        theirs = recovered(alice, RecoveryMethod.RECOVERY_KIT, holding=theirs.device)
    clock.advance(days=2)
    assert [undo(app, alice) for _ in range(3)] == [True, True, False]
    assert standing(app, alice)[0] == 2


@pytest.mark.parametrize("first", [RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT])
def test_an_undo_gives_the_recovery_below_its_own_undo_back(app: Flask, alice: Person, first: RecoveryMethod) -> None:
    enrolled(alice)
    mine = recovered(alice, first)
    recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    assert undo(app, alice)
    assert standing(app, alice) == (2, 2, ["unpaired", "active", "unpaired"])
    assert own(alice, RecoveryMethod.RECOVERY_KIT, holding=mine.device)
    assert undo(app, alice)
    assert standing(app, alice) == (1, 1, ["active", "unpaired", "unpaired"])
    assert not undo(app, alice)
