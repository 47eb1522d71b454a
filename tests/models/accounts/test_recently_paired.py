"""Devices that were paired lately, when the member says “This wasn’t me”: which are listed, what goes, what returns."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pairing.devices import add_device, told
from tests.support.pairing.tricked import add_paired, listed, say, state, unpair_by
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.vetoes import recovered
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import db, transaction
from webapp.models.accounts.password_reset import reset_by_operator
from webapp.models.accounts.unpairing import destroy, may_return
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey

GIVEN = ("device_unpaired", "device_returned")


@pytest.fixture
def laptop(alice: Person, clock: MovableClock) -> MadeDevice:
    """Alice’s own device, which she joined with a day ago."""
    device = enrolled(alice)
    clock.advance(days=1)
    return device


@pytest.fixture
def tricked(alice: Person, laptop: MadeDevice, clock: MovableClock) -> MadeDevice:
    """A browser that she was tricked into pairing, an hour ago."""
    device = add_paired(alice)
    clock.advance(hours=1)
    return device


def test_only_what_was_paired_within_a_week_is_listed(alice: Person, tricked: MadeDevice, clock: MovableClock) -> None:
    add_device(alice, "Joined otherwise")
    assert listed(alice) == {tricked.id: []}
    clock.advance(days=6, hours=22)
    assert listed(alice) == {tricked.id: []}
    clock.advance(hours=1)
    assert listed(alice) == {}


@pytest.mark.databases
def test_it_is_unpaired_and_what_it_unpaired_returns(
    app: Flask, alice: Person, laptop: MadeDevice, tricked: MadeDevice
) -> None:
    unpair_by(alice, tricked, laptop)
    assert listed(alice) == {tricked.id: [laptop.id]}
    with app.app_context(), transaction() as session:
        TabKey.mark(session.scalars(select(SignIn.id)).all()[0], tricked.id)
    say(alice, tricked)
    assert (state(alice, tricked), state(alice, laptop)) == ("unpaired", "active")
    with app.app_context():
        gone = db.session.get_one(Device, tricked.id)
        assert (gone.unpaired_by, may_return(gone), DeviceLock.versions(gone.id)) == (None, False, [1])
        assert db.session.query(TabKey).count() == 0
        assert told(*GIVEN) == ["device_unpaired", *GIVEN]
        events = db.session.scalars(select(Event).where(Event.kind.in_(("device.unpaired", "device.returned"))))
        ours = [(event.kind, event.object_id) for event in sorted(events, key=lambda event: event.id)]
        assert ours[-2:] == [("device.unpaired", tricked.id), ("device.returned", laptop.id)]
    say(alice, tricked)
    with app.app_context():
        assert told(*GIVEN) == ["device_unpaired", *GIVEN], "again changes nothing"


def test_what_is_not_ticked_or_not_listed_stays(
    alice: Person, laptop: MadeDevice, tricked: MadeDevice, charlie: Person
) -> None:
    enrolled(charlie)
    theirs = add_paired(charlie)
    say(alice)
    say(alice, laptop, theirs)
    assert [state(alice, each) for each in (laptop, tricked, theirs)] == ["active"] * 3


def test_a_device_speaks_only_of_later_ones_and_brings_none_back(
    alice: Person, laptop: MadeDevice, tricked: MadeDevice
) -> None:
    later = add_paired(alice, "Safari on iPhone")
    unpair_by(alice, later, tricked)
    assert listed(alice, later) == {}
    assert listed(alice, laptop) == {later.id: []}
    say(alice, later, tricked, said_by=laptop)
    assert (state(alice, later), state(alice, tricked)) == ("unpaired", "unpaired")


def test_one_that_another_tricked_one_had_unpaired_is_listed_too(
    alice: Person, laptop: MadeDevice, tricked: MadeDevice, clock: MovableClock
) -> None:
    """Else the thief’s first browser would come back in place of the laptop."""
    unpair_by(alice, tricked, laptop)
    second = add_paired(alice, "Safari on iPhone")
    unpair_by(alice, second, tricked)
    assert listed(alice) == {second.id: [tricked.id], tricked.id: [laptop.id]}
    say(alice, second, tricked)
    assert [state(alice, each) for each in (laptop, tricked, second)] == ["active", "unpaired", "unpaired"]


def test_what_one_did_is_taken_back_though_it_is_unpaired_itself(
    alice: Person, laptop: MadeDevice, tricked: MadeDevice
) -> None:
    """It would be its way out of the list."""
    unpair_by(alice, tricked, laptop, tricked)
    assert listed(alice) == {tricked.id: [laptop.id]}
    say(alice, tricked)
    assert [state(alice, each) for each in (laptop, tricked)] == ["active", "unpaired"]
    assert listed(alice) == {}, "nothing of its doing is left"


def test_or_destroyed_by_another_tricked_one(
    app: Flask, alice: Person, laptop: MadeDevice, tricked: MadeDevice, clock: MovableClock
) -> None:
    second = add_paired(alice, "Safari on iPhone")
    unpair_by(alice, second, laptop)
    with app.app_context(), transaction() as session:
        by, gone = session.get_one(Device, tricked.id), session.get_one(Device, second.id)
        assert destroy(User.locked(alice.user_id), by, gone)
    assert listed(alice) == {second.id: [laptop.id], tricked.id: []}
    say(alice, second, tricked)
    assert [state(alice, each) for each in (laptop, tricked, second)] == ["active", "unpaired", "unpaired"]


def test_one_that_unpaired_nobody_and_is_unpaired_is_not_listed(alice: Person, tricked: MadeDevice) -> None:
    unpair_by(alice, tricked, tricked)
    assert listed(alice) == {}


def test_what_the_member_unpaired_is_brought_back_by_no_device_after_it(
    app: Flask, alice: Person, laptop: MadeDevice, tricked: MadeDevice
) -> None:
    third = add_device(alice)
    unpair_by(alice, tricked, third)
    unpair_by(alice, laptop, tricked)
    say(alice, tricked)
    assert [state(alice, each) for each in (third, tricked)] == ["active", "unpaired"]
    with app.app_context():
        assert not may_return(db.session.get_one(Device, tricked.id))


def test_a_reset_since_then_is_not_taken_back(
    app: Flask, alice: Person, laptop: MadeDevice, tricked: MadeDevice, clock: MovableClock
) -> None:
    unpair_by(alice, tricked, laptop)
    clock.advance(hours=1)
    with app.app_context(), transaction():
        reset_by_operator(User.locked(alice.user_id))
    say(alice, tricked)
    assert (state(alice, tricked), state(alice, laptop)) == ("unpaired", "prior")
    with app.app_context():
        notice = db.session.scalars(select(Notice).where(Notice.kind == "device_returned")).one()
        assert notice.details["is_prior"] is True


def test_nothing_of_an_epoch_that_is_undone_returns(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    former = enrolled(alice)
    made = recovered(alice, bob, organisation_key)
    clock.advance(hours=1)
    alice.device = made.device
    paired = add_paired(alice)
    unpair_by(alice, paired, made.device)
    with app.app_context():
        undo = Undo.open_of(db.session.get_one(User, alice.user_id))
        assert undo
        undo_id = undo.id
    assert listed(alice) == {paired.id: [made.device.id]}
    say(alice, paired, undo_id=undo_id)
    assert [state(alice, each) for each in (former, paired, made.device)] == ["active", "unpaired", "unpaired"]
