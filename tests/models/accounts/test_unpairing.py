"""Devices renamed, unpaired, brought back and unpaired for good; what a recovery did stays with its Undo."""

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.pairing.devices import add_device, doing, session_of, told
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.vetoes import recovered
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.models.accounts.password_reset import reset_by_operator
from webapp.models.accounts.unpairing import (
    CannotReturn,
    Unpaired,
    bring_back,
    destroy,
    may_return,
    rename,
    unpair,
    unpair_others,
)
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.worker import tidy


@pytest.fixture
def phone(alice: Person) -> MadeDevice:
    """Another device of Alice’s; her own browser is `alice.device`."""
    enrolled(alice)
    return add_device(alice)


def state(device_id: str) -> str:
    return str(db.session.get_one(Device, device_id).state)


@pytest.mark.databases
def test_an_unpaired_device_opens_nothing_and_keeps_its_share(app: Flask, alice: Person, phone: MadeDevice) -> None:
    with app.app_context():
        with transaction() as session:
            sign_in = session.scalars(select(SignIn)).first()
            assert sign_in
            TabKey.mark(sign_in.id, phone.id)
            TabKey.store("1" * 32, sign_in, phone.id, bytes(32))
        assert doing(alice, unpair, phone.id) == 1
        device = db.session.get_one(Device, phone.id)
        assert alice.device
        assert (device.state, device.unpaired_by, device.opens) == ("unpaired", alice.device.id, False)
        assert DeviceLock.versions(phone.id) == [1]
        assert not db.session.scalars(select(TabKey).where(TabKey.device_id == phone.id)).all()
        [event] = db.session.scalars(select(Event).where(Event.kind == "device.unpaired"))
        assert (event.object_id, event.details["names"]) == (phone.id, phone.name)
        assert told("device_unpaired") == ["device_unpaired"]
        before = everything()
        assert doing(alice, unpair, phone.id) == 0
        assert everything() == before


def test_it_can_be_brought_back_for_seven_days(
    app: Flask, alice: Person, phone: MadeDevice, clock: MovableClock
) -> None:
    with app.app_context():
        doing(alice, unpair, phone.id)
        clock.advance(days=6)
        tidy()
        assert doing(alice, bring_back, phone.id) is True
        assert doing(alice, bring_back, phone.id) is False
        assert (state(phone.id), told("device_returned")) == ("active", ["device_returned"])
        assert DeviceLock.open(db.session.get_one(Device, phone.id), 1, phone.proof(), session_of(alice.user_id))
        clock.advance(days=9)
        tidy()
        assert DeviceLock.versions(phone.id) == [1]
        doing(alice, unpair, phone.id)
        clock.advance(days=7, seconds=1)
        with pytest.raises(CannotReturn):
            doing(alice, bring_back, phone.id)
        tidy()
        assert DeviceLock.versions(phone.id) == []


def test_for_good_is_at_once(app: Flask, alice: Person, phone: MadeDevice) -> None:
    with app.app_context():
        assert doing(alice, destroy, phone.id) is True
        assert (state(phone.id), DeviceLock.versions(phone.id)) == ("unpaired", [])
        with pytest.raises(CannotReturn):
            doing(alice, bring_back, phone.id)
        assert doing(alice, destroy, phone.id) is False
        assert told("device_unpaired", "device_destroyed") == ["device_destroyed"]


def test_what_was_unpaired_can_be_destroyed_later(app: Flask, alice: Person, phone: MadeDevice) -> None:
    with app.app_context():
        doing(alice, unpair, phone.id)
        assert doing(alice, destroy, phone.id) is True
        assert DeviceLock.versions(phone.id) == []
        assert [each.is_kept for each in Unpaired.of(db.session.get_one(User, alice.user_id))] == [False]


def test_all_others_are_told_of_once(app: Flask, alice: Person, phone: MadeDevice) -> None:
    tablet = add_device(alice, "Safari on iPad")
    with app.app_context():
        doing(alice, unpair_others)
        assert alice.device
        assert [state(each.id) for each in (alice.device, phone, tablet)] == ["active", "unpaired", "unpaired"]
        [notice] = db.session.scalars(select(Notice).where(Notice.kind == "device_unpaired"))
        assert notice.details["several"] is True
        before = everything()
        doing(alice, unpair_others)
        assert everything() == before


@pytest.mark.parametrize("whose", ["this one", "all others", "another"])
def test_a_pairing_does_not_bring_it_back_from_behind(app: Flask, alice: Person, phone: MadeDevice, whose: str) -> None:
    """The device that shows the code would become active by confirming."""
    tablet = add_device(alice, "Safari on iPad")
    with app.app_context():
        with transaction():
            made = pairing(alice, phone)
            made.open(User.locked(alice.user_id))
            made.make_offer(User.locked(alice.user_id), db.session.get_one(Device, phone.id), "{}", b"")
            pairing_id = made.id
        if whose == "all others":
            doing(alice, unpair_others)
        else:
            doing(alice, unpair, phone.id if whose == "this one" else tablet.id)
        left = db.session.get_one(Pairing, pairing_id).state
        assert left == (State.OFFERED if whose == "another" else State.STOPPED)


def pairing(person: Person, other: MadeDevice) -> Pairing:
    new = person.new_device()
    return Pairing(
        id="5" * 32,
        organisation_id=person.organisation_id,
        user_id=person.user_id,
        device_id=new.id,
        sign_public=new.sign_public,
        recipient=new.recipient,
        browser=new.name,
        address="192.0.2.1",
        announcement="{}",
        announcement_signature=b"",
    )


def test_a_reset_in_between_is_not_taken_back(app: Flask, alice: Person, phone: MadeDevice) -> None:
    with app.app_context():
        doing(alice, unpair, phone.id)
        with transaction() as session:
            reset_by_operator(User.locked(alice.user_id))
            assert alice.device
            session.get_one(Device, alice.device.id).state = DeviceState.ACTIVE  # brought back meanwhile
            session.execute(
                update(SignIn).values(session_epoch=session.get_one(User, alice.user_id).session_epoch, ended_at=None)
            )
        doing(alice, bring_back, phone.id)
        assert state(phone.id) == "prior"


def test_a_new_name_is_an_event_once(app: Flask, alice: Person, phone: MadeDevice) -> None:
    with app.app_context():
        for _ in range(2):
            with transaction() as session:
                rename(User.locked(alice.user_id), session.get_one(Device, phone.id), "Phone")
        [event] = db.session.scalars(select(Event).where(Event.kind == "device.renamed"))
        assert event.details == {"before": phone.name, "after": "Phone"}
        assert told("device_unpaired", "device_returned", "device_destroyed") == []


def test_whoever_recovers_destroys_nothing_that_undo_needs(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    former = enrolled(alice)
    made = recovered(alice, bob, organisation_key)
    with app.app_context():
        with transaction() as session:
            user = User.locked(alice.user_id)
            by, device = session.get_one(Device, made.device.id), session.get_one(Device, former.id)
            assert not destroy(user, by, device)
            assert unpair(user, by, [device]) == []
            with pytest.raises(CannotReturn):
                bring_back(user, by, device)
        assert DeviceLock.versions(former.id) == [1]
        [found] = Unpaired.of(db.session.get_one(User, alice.user_id))
        assert found.undo
        assert (found.is_kept, found.may_return, found.may_be_destroyed) == (True, False, False)


@pytest.mark.parametrize("undone", [False, True])
def test_nothing_comes_back_under_another_vault_key(
    app: Flask, alice: Person, bob: Person, phone: MadeDevice, organisation_key: ActiveKey, undone: bool
) -> None:
    """What was unpaired before a recovery, and what an undo unpaired, holds the key of another epoch."""
    with app.app_context():
        doing(alice, unpair, phone.id)
    made = recovered(alice, bob, organisation_key)
    with app.app_context():
        if undone:
            with transaction():
                user = User.locked(alice.user_id)
                undo = Undo.open_of(user)
                assert undo
                undo.undo(user)
        assert not may_return(db.session.get_one(Device, phone.id))
        assert not may_return(db.session.get_one(Device, made.device.id))
        assert state(phone.id) == "unpaired"
