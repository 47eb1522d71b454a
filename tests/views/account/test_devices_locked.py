"""Devices, where a session is there and the vault is not open in it: a cookie or a laptop left behind is not enough."""

from tests.support.pairing.devices import add_device, open_tab
from tests.support.people.people import Person, be_at, enrolled
from webapp.database import db
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock


def test_without_an_open_vault_nothing_changes(alice: Person) -> None:
    enrolled(alice)
    be_at(alice, alice.device, locked=True)
    phone = add_device(alice, own_name="Mobile")
    page = alice.get("/devices").text
    assert "Open your vault to change anything here" in page
    assert "Unpair" not in page.partition("<main")[2].partition("</main")[0].replace("unpairs", "")
    for what, data in (("unpairing", {"for_good": "yes"}), ("name", {"name": "Mine"}), ("return", {})):
        assert alice.post(f"/devices/{phone.id}/{what}", data=data).status_code in (403, 404, 405)
    with alice.app.app_context():
        row = db.session.get_one(Device, phone.id)
        assert (row.state, row.name, DeviceLock.versions(phone.id)) == ("active", "Mobile", [1])


def test_with_an_open_vault_it_does(alice: Person) -> None:
    enrolled(alice)
    phone = add_device(alice, own_name="Mobile")
    open_tab(alice)
    assert alice.post(f"/devices/{phone.id}/unpairing").status_code == 303
    with alice.app.app_context():
        assert db.session.get_one(Device, phone.id).state == "unpaired"


def test_a_new_device_destroys_nothing_of_an_older_one(alice: Person) -> None:
    """It may have been paired by a trick; what it unpairs can be brought back."""
    old = enrolled(alice, here=False)
    new = add_device(alice, own_name="New")
    alice.get("/settings")
    be_at(alice, new)
    open_tab(alice, new)
    page = alice.post(f"/devices/{old.id}/unpairing", data={"for_good": "yes"}, follow_redirects=True).text
    assert "it can’t unpair it for good" in page
    with alice.app.app_context():
        assert (db.session.get_one(Device, old.id).state, DeviceLock.versions(old.id)) == ("active", [1])
