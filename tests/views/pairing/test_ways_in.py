"""What the pages around a pairing say before the click: locked, no device, another browser, another account."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.pairing.runs import PairingRun, pairing_run
from tests.support.people.people import Person, be_at, enrolled
from webapp.clock import now
from webapp.database import transaction
from webapp.flows.pairing import State
from webapp.models.devices.device import Device
from webapp.models.directory.user import User


@pytest.fixture
def made(alice: Person) -> PairingRun:
    """A browser of alice’s that is about to ask, and her device."""
    enrolled(alice)
    return pairing_run(alice)


def test_that_pairing_is_locked_is_said_before_anything_is_pressed(app: Flask, made: PairingRun) -> None:
    paths = ("/recovery", "/recovery/pair", "/recovery/pair/ready")
    assert not any("ocked until" in made.at_new.get(path).text for path in paths)
    with app.app_context(), transaction():
        User.locked(made.person.user_id).pairing_locked_until = now() + timedelta(hours=23)
    doors, asked, ready = (made.at_new.get(path).text for path in paths)
    assert "Locked until" in doors
    assert "can show the code" not in doors
    assert all("no code is shown until" in page and "/recovery/backup-type" in page for page in (asked, ready))
    assert "I’m Ready To Pair" not in ready


def test_nobody_is_led_to_ask_where_no_device_can_show_a_code(app: Flask, made: PairingRun) -> None:
    assert "I’m Ready To Pair" in made.at_new.get("/recovery/pair/ready").text
    with app.app_context(), transaction() as session:
        session.get_one(Device, made.old.id).tries_left = 0
    asked, ready = (made.at_new.get(path).text for path in ("/recovery/pair", "/recovery/pair/ready"))
    assert all("No other device of yours can show a code" in page for page in (asked, ready))
    assert "I’m Ready To Pair" not in ready


def test_the_codes_are_counted_before_the_first_code_is_shown(made: PairingRun) -> None:
    assert "Codes left: 3, each good for one try." in made.at_new.get(made.upto(State.OPENED).new_path).text


def test_a_browser_that_gave_way_hears_of_the_one_that_asks_now(made: PairingRun, alice: Person) -> None:
    made.upto(State.OPENED)
    later = pairing_run(alice)
    assert "Another browser asks now" in later.at_new.get("/recovery/pair/ready").text
    later.open()
    page = made.at_new.get(made.new_path).text
    assert "Another browser asks now" in page
    assert "asking here cancels that" in page
    assert "Another browser asks now" not in later.at_new.get("/recovery/pair/ready").text
    later.at_new.post(f"{later.new_path}/cancellation")
    assert "Another browser asks now" not in made.at_new.get(made.new_path).text


def test_one_that_has_the_key_already_is_not_said_to_give_way(made: PairingRun, alice: Person) -> None:
    made.upto(State.CONFIRMED)
    assert "Another browser asks now" not in pairing_run(alice).at_new.get("/recovery/pair/ready").text


def test_whoever_scans_the_code_reads_whose_account_this_is(made: PairingRun, charlie: Person) -> None:
    made.upto(State.OPENED)
    enrolled(charlie)
    be_at(charlie, charlie.device)
    page = charlie.client.get("/pair").text
    assert "Nothing to Pair Now" in page
    assert f"You are signed in as {charlie.email}." in page
    assert made.person.email not in page
