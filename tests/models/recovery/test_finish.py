"""Finish: one transaction in which the vault changes hands, whole or not at all."""

import dataclasses
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pairing.devices import session_of
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.finish import everything, finish_of, finishing, released
from tests.support.recovery.runs import Restoring, asked
from tests.support.run.clock import MovableClock
from webapp.crypto.signatures import BadSignature
from webapp.database import db, transaction
from webapp.flows.restore_request import IllegalMove, State
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.finish import Finish
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.vault import StaleVault, Vault


@pytest.fixture
def made(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Alice’s approved request; her old device is enrolled and has a tab open."""
    enrolled(alice)
    backup = backed_up(alice, organisation_key)
    made = asked(alice, backup)
    made.approve(bob, organisation_key)
    return made


@pytest.fixture
def sent(made: Restoring) -> Finish:
    return finish_of(released(made))


def test_the_vault_changes_hands(app: Flask, made: Restoring, sent: Finish, alice: Person) -> None:
    assert alice.device
    with app.app_context():
        assert finishing(made, sent)() == made.device.id
        user = db.session.get_one(User, alice.user_id)
        former, vault = db.session.get_one(Vault, (user.id, 1)), Vault.current(user, with_file=True)
        assert vault
        assert (user.epoch, user.kit_number, user.kit_confirmed_at) == (2, 2, None)
        assert (vault.epoch, vault.counter, vault.file, vault.sha256) == (2, 2, sent.file, sent.file_sha256)
        assert (vault.verify_key, vault.device_id) == (made.device.verify_key, made.device.id)
        assert former.ended_at is not None
        device, old = db.session.get_one(Device, made.device.id), db.session.get_one(Device, alice.device.id)
        assert (device.state, device.name, device.tries_left) == (DeviceState.ACTIVE, "Firefox on Windows", 10)
        assert (old.state, old.unpaired_by, old.unpaired_epoch) == (DeviceState.UNPAIRED, device.id, 2)
        assert DeviceLock.versions(device.id) == [1]
        assert DeviceLock.versions(old.id) == [1], "kept sealed until the undo window ends"
        undo = db.session.scalars(select(Undo)).one()
        assert (undo.former_epoch, undo.epoch, undo.former_kit, undo.restore_request_id) == (1, 2, 1, made.id)
        request = db.session.get_one(RestoreRequest, made.id)
        assert (request.state, request.finished_sha256) == (State.COMPLETED, sent.file_sha256)


def test_the_new_pin_opens_the_new_device(app: Flask, made: Restoring, sent: Finish) -> None:
    with app.app_context():
        finishing(made, sent)()
        device = db.session.get_one(Device, made.device.id)
        assert DeviceLock.open(device, 1, made.device.proof(), session_of(device.user_id)) == (
            sent.keyslot,
            sent.server_share,
        )


def test_other_sessions_end_and_this_one_goes_on(app: Flask, made: Restoring, sent: Finish, alice: Person) -> None:
    others = [alice.client, alice.another_browser()]
    with app.app_context():
        finishing(made, sent)()
    assert [browser.get("/settings").status_code for browser in others] == [303, 303]
    assert all(browser.get("/settings").headers["Location"].startswith("/sign-in") for browser in others)
    assert made.client.get("/recovery/done").status_code == 200


def test_open_tabs_of_the_other_devices_lock(app: Flask, made: Restoring, sent: Finish, alice: Person) -> None:
    assert alice.device
    with app.app_context():
        with transaction() as session:
            sign_in = session.scalars(select(SignIn).where(SignIn.user_id == alice.user_id)).first()
            assert sign_in
            TabKey.mark(sign_in.id, alice.device.id)
            TabKey.store("a" * 32, sign_in, alice.device.id, bytes(32))
        finishing(made, sent)()
        assert {row.device_id for row in db.session.scalars(select(TabKey))} == {made.device.id}, (
            "its PIN was just chosen"
        )


def test_it_is_told_to_the_member_and_to_the_admins(app: Flask, made: Restoring, sent: Finish) -> None:
    with app.app_context():
        finishing(made, sent)()
        kinds = db.session.scalars(select(Notice.kind)).all()
        assert (kinds.count("restore_completed"), kinds.count("restore_completed_admin")) == (1, 2)
        events = set(db.session.scalars(select(Event.kind)))
        assert {"restore_request.completed", "device.unpaired", "device.enrolled"} <= events


def test_the_same_finish_again_changes_nothing(app: Flask, made: Restoring, sent: Finish) -> None:
    with app.app_context():
        device = finishing(made, sent)()
        before = everything()
        assert finishing(made, sent)() == device
        assert everything() == before


def test_another_finish_afterwards_is_refused(app: Flask, made: Restoring, sent: Finish) -> None:
    second = finish_of(made.finish_body(made.release()))
    with app.app_context():
        finishing(made, sent)()
        before = everything()
        with pytest.raises(IllegalMove) as refused:
            finishing(made, second)()
        assert refused.value.state == State.COMPLETED
        assert everything() == before


@pytest.mark.parametrize(
    "changed",
    [
        {"verify_key": bytes(32)},
        {"ended_signature": bytes(64)},
        {"file": b"age-encryption.org/v1\n other", "file_sha256": "0" * 64},
    ],
)
def test_only_the_key_of_the_ending_epoch_can_end_it(
    app: Flask, made: Restoring, sent: Finish, changed: dict[str, Any]
) -> None:
    with app.app_context():
        before = everything()
        with pytest.raises(BadSignature):
            finishing(made, dataclasses.replace(sent, **changed))()
        assert everything() == before


@pytest.mark.parametrize(
    "changed", [{"epoch": 1}, {"epoch": 3}, {"base_sha256": "0" * 64}, {"counter": 1}, {"counter": 0}]
)
def test_a_finish_on_top_of_something_else_is_stale(
    app: Flask, made: Restoring, sent: Finish, changed: dict[str, Any]
) -> None:
    with app.app_context():
        before = everything()
        with pytest.raises(StaleVault):
            finishing(made, dataclasses.replace(sent, **changed))()
        assert everything() == before


@pytest.mark.parametrize("days", [3.01, 30])
def test_an_approval_not_used_in_time_ends_nothing(
    app: Flask, made: Restoring, sent: Finish, clock: MovableClock, days: float
) -> None:
    clock.advance(days=days)
    with app.app_context():
        before = everything()
        with pytest.raises(IllegalMove):
            finishing(made, sent)()
        assert everything() == before
