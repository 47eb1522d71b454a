"""Who was let in by a trick: what “This wasn’t me” takes back, what the thief can’t, and a new device that lies low."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.pairing.runs import PairingRun, pairing_run
from tests.support.pairing.tricked import listed, state, unpair_by
from tests.support.people.people import Person, enrolled
from tests.support.recovery.vetoes import device_link, press_veto, ticked_devices, veto_path
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.models.devices.device import Device, DeviceState
from webapp.models.notices.notice import Notice
from webapp.worker import settle_due


@pytest.fixture
def made(alice: Person, clock: MovableClock) -> PairingRun:
    """Alice was on the phone with somebody, and typed the code where she was told to."""
    enrolled(alice)
    clock.advance(minutes=5)
    return pairing_run(alice)


@pytest.fixture
def thief(made: PairingRun, clock: MovableClock) -> MadeDevice:
    """The browser that was let in, after it unpaired hers."""
    made.upto(State.COMPLETED)
    clock.advance(minutes=5)
    unpair_by(made.person, made.new, made.old)
    return made.new


def told(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Notice.kind).order_by(Notice.made_at)))


@pytest.mark.databases
def test_the_mail_throws_the_thief_out_and_lets_the_member_in(
    app: Flask, client: FlaskClient, alice: Person, made: PairingRun, thief: MadeDevice
) -> None:
    done = press_veto(client, veto_path(alice))
    assert "Your vault may have been read" in done.text
    assert (state(alice, thief), state(alice, made.old)) == ("unpaired", "active")
    assert made.at_new.get("/vault/file").status_code in (302, 303, 401, 403)
    assert device_link(app.test_client(), thief) == "", "it says nothing for the member any more"
    assert device_link(app.test_client(), made.old)


def test_a_stolen_device_that_was_unpaired_brings_neither_itself_nor_others_back(
    app: Flask, client: FlaskClient, alice: Person, made: PairingRun
) -> None:
    """The other way round: the member’s new device has unpaired the stolen one, whose link is from before."""
    made.upto(State.COMPLETED)
    link = device_link(client, made.old)
    unpair_by(alice, made.new, made.old)
    assert device_link(client, made.old) == ""
    client.post(link, data={"device": [made.new.id, made.old.id]})
    assert (state(alice, made.new), state(alice, made.old)) == ("active", "unpaired")
    assert listed(alice, made.old) == {made.new.id: []}, "no device brings any back"


def test_the_thief_turns_the_page_against_nobody(client: FlaskClient, alice: Person, made: PairingRun) -> None:
    made.upto(State.COMPLETED)
    path = device_link(client, made.new)
    assert ticked_devices(client.get(path).text) == []
    client.post(path, data={"device": [made.old.id]})
    assert state(alice, made.old) == "active"


@pytest.mark.parametrize("was", [DeviceState.ACTIVE, DeviceState.PRIOR])
def test_a_new_device_that_took_the_key_and_lies_low_is_told_of(
    app: Flask, client: FlaskClient, alice: Person, made: PairingRun, clock: MovableClock, was: DeviceState
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Device, made.old.id).state = was
    made.upto(State.CONFIRMED)
    assert made.vault_key(), "it has the key"
    assert made.at_old.get("/pair").status_code == 200
    clock.advance(minutes=11)
    with app.app_context():
        settle_due()
    assert told(app)[-1] == "pairing_unfinished"
    assert state(alice, made.old) == was, "who lets nobody in stays what it was"
    done = press_veto(client, veto_path(alice))
    assert "Your vault may have been read" in done.text
    assert told(app).count("pairing_unfinished") == 1


def test_while_the_new_device_chooses_its_pin_the_prior_one_goes_on(
    app: Flask, alice: Person, made: PairingRun
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Device, made.old.id).state = DeviceState.PRIOR
    made.upto(State.CONFIRMED)
    assert state(alice, made.old) == "prior"
    assert "The code was right" in made.at_old.get("/pair").text
    again = made.by_old("confirmation", made.confirmed)
    assert again.status_code == 200, "its answer got lost"
    assert made.complete().status_code == 200
    assert state(alice, made.old) == "active"
