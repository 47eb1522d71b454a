"""The Devices page: who sees what, who may change what, and what each click does."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.pages.text import shown
from tests.support.pairing.devices import add_device, told
from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.vetoes import heading, recovered
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import db, transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock


@pytest.fixture
def phone(alice: Person) -> MadeDevice:
    """Another device of Alice’s; her own browser is `alice.device`."""
    enrolled(alice)
    return add_device(alice, own_name="Mobile")


def row(app: Flask, device: MadeDevice) -> tuple[str, str, int]:
    """State, name, and how many rows its lock has."""
    with app.app_context():
        found = db.session.get_one(Device, device.id)
        return str(found.state), found.name, len(DeviceLock.versions(device.id))


def test_it_lists_ones_own_by_state_the_present_one_first(app: Flask, alice: Person, phone: MadeDevice) -> None:
    add_device(alice, "Edge on Windows", DeviceState.PRIOR, own_name="Office")
    old = add_device(alice, "A browser", own_name="Attic")
    alice.post(f"/devices/{old.id}/unpairing")
    page = alice.get("/devices").text
    page = page[page.index("<h1>Devices") :]
    names = ["Firefox on Linux", "This one", "Mobile", "To be brought back", "Office", "Unpaired</h2>", "Attic"]
    assert sorted(names, key=page.index) == names
    assert "Not known" in page
    assert "in Firefox on Linux" in page
    assert "Until then it can be brought back" in page
    assert f'data-recipient="{phone.recipient}"' in page
    assert 'href="/devices"' in alice.get("/settings").text


def test_nobody_sees_or_touches_anothers(app: Flask, alice: Person, phone: MadeDevice, bob: Person) -> None:
    enrolled(bob)
    assert "Mobile" not in bob.get("/devices").text
    for what in ("unpairing", "return", "name"):
        assert bob.post(f"/devices/{phone.id}/{what}", data={"name": "Mine"}).status_code == 404
    assert row(app, phone) == ("active", "Mobile", 1)


def test_who_has_no_vault_joins_and_a_new_browser_looks_first(alice: Person, charlie: Person) -> None:
    assert charlie.get("/devices").headers["Location"] == "/join/vault"
    enrolled(alice, here=False)
    assert alice.get("/devices").headers["Location"] == "/devices/here?next=/devices"


@pytest.mark.parametrize("where", ["no device", "prior", "lock destroyed"])
def test_a_password_alone_reads_and_changes_nothing(app: Flask, alice: Person, phone: MadeDevice, where: str) -> None:
    if where == "no device":
        be_at(alice, None)
    else:
        with app.app_context(), transaction() as session:
            assert alice.device
            if where == "prior":
                session.get_one(Device, alice.device.id).state = DeviceState.PRIOR
            else:
                DeviceLock.destroy(alice.device.id)
    page = alice.get("/devices")
    assert page.status_code == 200
    assert "Mobile" in page.text
    assert "Nothing can be changed here" in page.text
    assert "/unpairing" not in page.text
    for path in (f"{phone.id}/unpairing", f"{phone.id}/return", f"{phone.id}/name", "unpairing"):
        answer = alice.post(f"/devices/{path}", data={"name": "New", "for_good": "yes", "understood": "1"})
        assert (answer.status_code, "Nothing can be changed here" in answer.text) == (403, True), path
    assert alice.get(f"/devices/{phone.id}/unpairing").status_code == 403
    assert row(app, phone) == ("active", "Mobile", 1)


def test_a_name_is_changed_and_what_is_wrong_stays_typed(app: Flask, alice: Person, phone: MadeDevice) -> None:
    path = f"/devices/{phone.id}/name"
    assert 'value="Mobile"' in alice.get(path).text
    for wrong in ("", "   ", "x" * 101, "two\nlines", "a\u202eb"):
        answer = alice.post(path, data={"name": wrong})
        assert answer.status_code == 422
        assert "1 to 100 characters" in answer.text
    assert "x" * 101 in alice.post(path, data={"name": "x" * 101}).text
    for _ in range(2):
        assert alice.post(path, data={"name": " Alice’s <b>phone "}).headers["Location"] == "/devices"
    assert row(app, phone)[1] == "Alice’s <b>phone"
    assert "Alice’s &lt;b&gt;phone" in alice.get("/devices").text


def test_unpairing_says_what_happens_and_can_be_taken_back(app: Flask, alice: Person, phone: MadeDevice) -> None:
    path = f"/devices/{phone.id}/unpairing"
    asking = alice.get(path)
    assert heading(asking) == "Unpair Mobile?"
    assert "key is not changed" in asking.text
    assert row(app, phone)[0] == "active"
    assert alice.post(path).headers["Location"] == "/devices"
    page = alice.get("/devices").text
    assert "Mobile is unpaired. For 7 days" in page
    assert "A device of yours was unpaired" in page
    alice.post(path)
    assert "was unpaired already" in alice.get("/devices").text
    assert row(app, phone) == ("unpaired", "Mobile", 1)
    alice.post(f"/devices/{phone.id}/return")
    assert "Mobile is back" in alice.get("/devices").text
    alice.post(f"/devices/{phone.id}/return")
    assert "Mobile is not unpaired" in alice.get("/devices").text
    assert row(app, phone) == ("active", "Mobile", 1)


def test_too_late_it_stays_unpaired(app: Flask, alice: Person, phone: MadeDevice, clock: MovableClock) -> None:
    alice.post(f"/devices/{phone.id}/unpairing")
    clock.advance(days=7, seconds=1)
    alice.get("/settings")
    be_at(alice, alice.device)
    page = alice.get("/devices").text
    assert "Gone for good" in page
    assert "Bring Back" not in page
    alice.post(f"/devices/{phone.id}/return")
    assert "can’t be brought back any more" in alice.get("/devices").text


def test_unpaired_for_good_is_gone(app: Flask, alice: Person, phone: MadeDevice) -> None:
    path = f"/devices/{phone.id}/unpairing"
    alice.post(path)
    assert heading(alice.get(path)) == "Unpair Mobile for good?"
    alice.post(path, data={"for_good": "yes"})
    page = alice.get("/devices").text
    assert "Mobile is unpaired for good." in page
    assert "Gone for good" in page
    assert row(app, phone) == ("unpaired", "Mobile", 0)
    assert "done already" in alice.get(path).text
    alice.post(path, data={"for_good": "yes"})
    assert "was unpaired already" in alice.get("/devices").text
    with app.app_context():
        assert told("device_unpaired", "device_destroyed") == ["device_unpaired", "device_destroyed"]


def test_all_others_go_and_this_one_stays(app: Flask, alice: Person, phone: MadeDevice) -> None:
    prior = add_device(alice, "Edge on Windows", DeviceState.PRIOR, own_name="Office")
    asking = alice.get("/devices/unpairing").text
    assert "Mobile" in asking
    assert "Office" in asking
    alice.post("/devices/unpairing")
    assert "2 other devices are unpaired; this one stays." in alice.get("/devices").text
    assert alice.device
    assert [row(app, each)[0] for each in (alice.device, phone, prior)] == ["active", "unpaired", "unpaired"]
    alice.post("/devices/unpairing")
    assert "No other device was paired" in alice.get("/devices").text


def test_two_devices_of_one_name_are_told_apart(app: Flask, alice: Person, phone: MadeDevice) -> None:
    first, second = add_device(alice, "Chrome on Linux"), add_device(alice, "Chrome on Linux")
    with app.app_context(), transaction() as session:
        for device, days in ((first, 2), (second, 5)):
            session.get_one(Device, device.id).enrolled_at -= timedelta(days=days)
            session.get_one(Device, device.id).last_used_at -= timedelta(days=days)
    for page in ("/devices", "/devices/unpairing"):
        words = shown(alice.get(page).text)
        assert words.count("Chrome on Linux") >= 2
        assert "2 days ago" in words
        assert "5 days ago" in words


def test_this_very_device_leads_to_recovery(app: Flask, alice: Person, phone: MadeDevice) -> None:
    assert alice.device
    path = f"/devices/{alice.device.id}/unpairing"
    asking = alice.get(path).text
    assert "Your vault still opens in Mobile" in asking
    assert "may be lost" not in asking
    assert alice.post(path).headers["Location"] == "/recovery"
    page = alice.get("/recovery").text
    assert "This browser was unpaired on" in page
    assert alice.get("/vault").headers["Location"] == "/recovery"
    assert "in this device itself" in alice.get("/devices").text


def test_the_last_way_to_the_vault_takes_a_tick(app: Flask, alice: Person) -> None:
    path = f"/devices/{enrolled(alice).id}/unpairing"
    assert "may be lost for good" in alice.get(path).text
    refused = alice.post(path)
    assert (refused.status_code, "Tick the box" in refused.text) == (422, True)
    assert alice.device
    assert row(app, alice.device)[0] == "active"
    assert alice.post(path, data={"understood": "1"}).headers["Location"] == "/recovery"
    assert row(app, alice.device)[0] == "unpaired"


def test_a_cloud_backup_is_another_way(alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    device = enrolled(alice)
    backed_up(alice, organisation_key)
    page = alice.get(f"/devices/{device.id}/unpairing").text
    assert "the way back is your Recovery Kit, or a cloud backup, for which " in page
    assert "may be lost" not in page


def test_it_says_in_which_device_it_was_unpaired(app: Flask, alice: Person, phone: MadeDevice) -> None:
    alice.post(f"/devices/{phone.id}/unpairing")
    be_at(alice, phone, other := alice.another_browser(), locked=True)
    page = shown(other.get("/recovery").text)
    assert "This browser was unpaired in Firefox on Linux on" in page
    assert "was recovered" not in page


def test_what_a_recovery_unpaired_waits_for_its_undo(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    former = enrolled(alice)
    made = recovered(alice, bob, organisation_key)
    page = made.client.get("/devices").text
    assert "It comes back if that recovery is undone" in page
    assert "Unpair For Good" not in page
    path = f"/devices/{former.id}/unpairing"
    assert "Nothing can be changed here" in made.client.get(path).text
    made.client.post(path, data={"for_good": "yes"})
    assert row(app, former)[2] == 1
    made.client.post(f"/devices/{former.id}/return")
    assert row(app, former)[0] == "unpaired"
