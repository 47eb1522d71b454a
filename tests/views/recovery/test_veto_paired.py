"""The page of “This wasn’t me” about devices that were paired lately: what it says, ticks, and does with the ticks."""

import pytest
from flask.testing import FlaskClient

from tests.support.pairing.runs import pairing_run
from tests.support.pairing.tricked import add_paired, state, unpair_by
from tests.support.people.people import ActiveKey, Person, be_at, enrolled
from tests.support.recovery.vetoes import device_link, heading, press_veto, recovered, ticked_devices, veto_path
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import transaction
from webapp.flows.pairing import State
from webapp.models.pairing.pairing import Pairing


@pytest.fixture
def laptop(alice: Person, clock: MovableClock) -> MadeDevice:
    """Alice’s own device, which she joined with."""
    device = enrolled(alice)
    clock.advance(minutes=1)
    return device


@pytest.fixture
def phone(alice: Person, laptop: MadeDevice, clock: MovableClock) -> MadeDevice:
    """Paired a minute ago."""
    device = add_paired(alice)
    clock.advance(minutes=1)
    return device


def test_it_says_what_the_tick_does(client: FlaskClient, alice: Person, laptop: MadeDevice, phone: MadeDevice) -> None:
    page = client.get(veto_path(alice)).text
    assert "A browser was paired with your account" in page
    assert "Unpair Chrome on Android, paired on " in page
    assert "It no longer opens your vault, and no device can bring it back: untick it if it is yours." in page
    assert "comes back" not in page
    assert "No recovery is running" not in page
    assert ticked_devices(page) == [phone.id]
    unpair_by(alice, phone, laptop)
    assert "What it had unpaired comes back: Firefox on Linux." in client.get(veto_path(alice)).text


@pytest.mark.parametrize(
    ("upto", "said"),
    [
        (State.OPENED, "A browser asks to be paired"),
        (State.CONFIRMED, "that browser is choosing its PIN now"),
        (State.CANCELLED, "that browser never became a device of yours"),
    ],
)
def test_it_names_a_pairing_that_runs_or_got_the_key(
    client: FlaskClient, alice: Person, laptop: MadeDevice, upto: State, said: str
) -> None:
    made = pairing_run(alice)
    made.upto(State.CONFIRMED if upto == State.CANCELLED else upto)
    if upto == State.CANCELLED:
        with alice.app.app_context(), transaction() as session:
            session.get_one(Pairing, made.row().id).cancel()
    page = client.get(veto_path(alice)).text
    assert said in page
    assert ("The pairing is stopped" in page) == (upto != State.CANCELLED)
    assert "No recovery is running" not in page


def test_an_earlier_recovery_is_not_ticked_where_a_pairing_is_what_frightens(
    client: FlaskClient, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    """It may well have been the member’s own."""
    recovered(alice, bob, organisation_key)
    assert 'name="undo" checked' in client.get(veto_path(alice)).text
    pairing_run(alice).upto(State.OPENED)
    page = client.get(veto_path(alice)).text
    assert 'name="undo"' in page
    assert 'name="undo" checked' not in page


def test_a_mail_unpairs_it_and_brings_back_what_it_unpaired(
    client: FlaskClient, alice: Person, laptop: MadeDevice, phone: MadeDevice
) -> None:
    unpair_by(alice, phone, laptop)
    done = press_veto(client, veto_path(alice))
    assert heading(done) == "Your Account Is on Hold"
    assert "Firefox on Linux still opens your vault" in done.text
    assert (state(alice, phone), state(alice, laptop)) == ("unpaired", "active")


def test_what_is_unticked_stays(client: FlaskClient, alice: Person, phone: MadeDevice) -> None:
    assert client.post(veto_path(alice), data={"shown": phone.id}).status_code == 200
    assert state(alice, phone) == "active"


def test_what_is_paired_while_the_page_is_open_goes_with_the_rest(
    client: FlaskClient, alice: Person, phone: MadeDevice
) -> None:
    path = veto_path(alice)
    client.get(path)
    later = add_paired(alice, "Safari on iPhone")
    assert client.post(path, data={"shown": phone.id}).status_code == 200
    assert [state(alice, each) for each in (phone, later)] == ["active", "unpaired"]


def test_ids_that_the_page_did_not_show_are_ignored(
    client: FlaskClient, alice: Person, laptop: MadeDevice, phone: MadeDevice, charlie: Person
) -> None:
    enrolled(charlie)
    theirs = add_paired(charlie)
    form = {"device": [laptop.id, theirs.id, "0" * 32, "’"], "shown": [phone.id]}
    assert client.post(veto_path(alice), data=form).status_code == 200
    assert [state(alice, each) for each in (laptop, phone, theirs)] == ["active"] * 3


def test_a_page_that_was_left_open_reaches_no_device_that_is_a_week_old_by_now(
    client: FlaskClient, alice: Person, phone: MadeDevice, clock: MovableClock
) -> None:
    path = veto_path(alice)
    shown = ticked_devices(client.get(path).text)
    clock.advance(days=7)
    assert client.post(path, data={"device": shown}).status_code == 200
    assert state(alice, phone) == "active"


def test_an_older_device_unpairs_a_later_one_by_itself(
    client: FlaskClient, alice: Person, laptop: MadeDevice, phone: MadeDevice
) -> None:
    path = device_link(alice.client, laptop)
    assert "only what was paired after it" in alice.get(path).text
    press_veto(alice.client, path)
    assert (state(alice, phone), state(alice, laptop)) == ("unpaired", "active")


def test_the_later_one_reaches_no_older_one_nor_itself(
    client: FlaskClient, alice: Person, laptop: MadeDevice, phone: MadeDevice
) -> None:
    be_at(alice, phone)
    path = device_link(alice.client, phone)
    assert ticked_devices(alice.get(path).text) == []
    alice.post(path, data={"device": [phone.id, laptop.id]})
    assert (state(alice, phone), state(alice, laptop)) == ("active", "active")
