"""Recoveries that need nobody’s help: what each takes, changes and tells, and in which state none begins or ends."""

import dataclasses
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.marks import hold
from tests.support.people.people import Person, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.self_service import WAYS, Own, begun, own, recovered
from tests.support.run.clock import MovableClock
from webapp.client.formats import recovery_kits
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.accounts.veto import handed_out
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import Vault
from webapp.worker import tidy

WITH_A_KEY = (RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT)


@pytest.fixture(params=WAYS)
def made(request: pytest.FixtureRequest, alice: Person) -> Own:
    """A new browser of alice’s, once on each way; nothing is begun."""
    enrolled(alice)
    return own(alice, request.param)


def test_the_vault_changes_hands(app: Flask, made: Own, alice: Person) -> None:
    assert alice.device
    window = timedelta(days=30 if made.way == RecoveryMethod.NEW_ACCOUNT else 7)
    with app.app_context():
        made.beginning()()
        sent = made.sent()
        assert made.finishing(sent)() == made.device.id
        user = db.session.get_one(User, alice.user_id)
        former, vault = db.session.get_one(Vault, (user.id, 1)), Vault.current(user, with_file=True)
        assert vault
        assert (user.epoch, user.kit_number, user.kit_confirmed_at) == (2, 2, None)
        assert user.kit_verify_key == recovery_kits.verify_key(made.device.kit, user.id)
        assert (vault.file, vault.verify_key, vault.device_id) == (sent.file, made.device.verify_key, made.device.id)
        assert former.ended_at is not None, "archived as it was"
        device, old = db.session.get_one(Device, made.device.id), db.session.get_one(Device, alice.device.id)
        assert (device.state, device.browser, old.state) == ("active", "Safari on iPhone", "unpaired")
        assert DeviceLock.open(device, 1, made.device.proof(), made.sign_in_id) == (sent.keyslot, sent.server_share)
        undo = db.session.scalars(select(Undo)).one()
        assert (undo.way, undo.own_recovery_id, undo.restore_request_id) == (made.way, made.device.id, None)
        assert (undo.former_epoch, undo.epoch, undo.former_kit) == (1, 2, 1)
        assert timedelta(0) <= window - (undo.until - undo.made_at) < timedelta(minutes=1)
        assert (old.unpaired_epoch, old.share_until) == (2, undo.until), "its share is kept as long"
        session = db.session.get_one(SignIn, made.sign_in_id)
        assert (session.device_id, [each.id for each in SignIn.alive_of(user)]) == (made.device.id, [made.sign_in_id])


def test_the_member_and_the_admins_are_told(app: Flask, made: Own, bob: Person) -> None:
    with app.app_context():
        made.beginning()()
        told = [] if made.way == RecoveryMethod.NEW_ACCOUNT else ["own_recovery_begun"]
        assert list(db.session.scalars(select(Notice.kind).where(Notice.kind.startswith("own_")))) == told
        made.finishing(made.sent())()
        rows = db.session.scalars(select(Notice).where(Notice.kind.startswith("own_recovery_completed")))
        assert sorted((row.user.name, row.kind, row.details["way"]) for row in rows) == [
            ("Alice", "own_recovery_completed", made.way),
            ("Bob", "own_recovery_completed_admin", made.way),
        ]
        kinds = list(db.session.scalars(select(Event.kind)))
        for kind in ("own_recovery.begun", "own_recovery.completed", "device.unpaired", "device.enrolled"):
            assert kinds.count(kind) == 1


def test_the_same_again_changes_nothing(app: Flask, made: Own) -> None:
    with app.app_context():
        made.beginning()()
        before = everything()
        assert made.beginning()() == made.device.id
        assert everything() == before
        sent = made.sent()
        made.finishing(sent)()
        before = everything()
        assert made.finishing(sent)() == made.device.id
        assert everything() == before


@pytest.mark.parametrize("way", WITH_A_KEY)
def test_a_second_browser_of_the_same_session_is_not_announced_again(
    app: Flask, alice: Person, way: RecoveryMethod
) -> None:
    enrolled(alice)
    first = begun(alice, way)
    second = dataclasses.replace(first, device=alice.new_device())
    with app.app_context():
        second.beginning()()
        assert list(db.session.scalars(select(Notice.kind).where(Notice.kind == "own_recovery_begun"))) == [
            "own_recovery_begun"
        ]
        assert db.session.get(SelfServiceRecovery, second.device.id)


def test_one_that_fetches_the_vault_again_later_is(app: Flask, alice: Person, clock: MovableClock) -> None:
    """Or a thief of the kit would read what is saved for a month, after one notice that was put away."""
    enrolled(alice)
    first = begun(alice, RecoveryMethod.RECOVERY_KIT)
    for _ in range(2):
        clock.advance(hours=2)
        with app.app_context():
            dataclasses.replace(first, device=alice.new_device()).beginning()()
    with app.app_context():
        told = db.session.scalars(select(Notice).where(Notice.kind == "own_recovery_begun")).all()
        assert len(told) == 3


@pytest.mark.databases
@pytest.mark.parametrize("way", WITH_A_KEY)
def test_one_that_fetches_it_again_and_again_within_the_hour_is_told_of_every_hour(
    app: Flask, alice: Person, way: RecoveryMethod, clock: MovableClock
) -> None:
    """An hour since the last notice: that since the last fetch never comes."""
    enrolled(alice)
    first = begun(alice, way)
    told_after = []
    for _ in range(6):
        clock.advance(minutes=55)
        with app.app_context():
            dataclasses.replace(first, device=alice.new_device()).beginning()()
            told = select(Notice).where(Notice.kind == "own_recovery_begun")
            told_after.append(len(db.session.scalars(told).all()))
    assert told_after == [1, 2, 2, 3, 3, 4]


@pytest.mark.parametrize("way", WITH_A_KEY)
def test_who_shows_a_key_needs_no_password_again(
    app: Flask, alice: Person, way: RecoveryMethod, clock: MovableClock
) -> None:
    enrolled(alice)
    made = own(alice, way)
    clock.advance(hours=10)
    with app.app_context():
        made.beginning()()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("days", [1, 8])
def test_an_objection_soon_after_is_told_what_was_handed_out(
    app: Flask, alice: Person, way: RecoveryMethod, days: int, clock: MovableClock
) -> None:
    enrolled(alice)
    begun(alice, way)
    clock.advance(days=days)
    hold(alice)
    with app.app_context():
        found = Hold.of(alice.user_id)
        assert found
        assert handed_out(found) == (way != RecoveryMethod.NEW_ACCOUNT and days == 1)


def test_a_prior_device_is_unpaired_and_was_prior(app: Flask, made: Own, alice: Person) -> None:
    assert alice.device
    with app.app_context():
        with transaction() as session:
            session.get_one(Device, alice.device.id).state = DeviceState.PRIOR
        made.beginning()()
        made.finishing(made.sent())()
        old = db.session.get_one(Device, alice.device.id)
        assert (old.state, old.unpaired_from) == ("unpaired", "prior")


def test_what_was_begun_long_ago_and_never_finished_is_tidied_away(
    app: Flask, alice: Person, clock: MovableClock
) -> None:
    enrolled(alice)
    begun(alice, RecoveryMethod.RECOVERY_KIT)
    finished = recovered(alice, RecoveryMethod.RECOVERY_KIT)
    for days, left in ((89, 2), (2, 1)):
        clock.advance(days=days)
        with app.app_context():
            tidy()
            assert len(db.session.scalars(select(SelfServiceRecovery)).all()) == left
    with app.app_context():
        assert db.session.get(SelfServiceRecovery, finished.device.id)
