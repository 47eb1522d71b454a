"""Each way that needs nobody’s help, taken back from a former device or with the link in the mail: the former vault,
its device and its kit are as they were, and the way can be gone once more. The pages:
tests/browser/recovery/test_vetoes.py."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service_pages import NEW_PIN, kit_known, newcomer
from tests.support.recovery.vetoes import can_be_undone, device_link, heading, press_undo, veto_path
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from tests.support.vault.vault_pages import row_of, titles_of
from webapp.client.errors import DeviceError
from webapp.client.formats.encoding import to_base64
from webapp.client.recovery.self_service import SelfServiceRecovery

Way = Callable[[SelfServiceRecovery, MadeDevice], object]
WAYS: dict[str, Way] = {
    "local backup": lambda way, device: way.with_backup(device.file, [device.kit]),
    "recovery kit": lambda way, device: way.with_kit(device.kit),
    "new account": lambda way, device: way.from_nothing(),
}
BY: dict[str, Callable[[Person, MadeDevice], str]] = {
    "a former device": lambda alice, device: device_link(alice.app.test_client(), device),
    "the mail": lambda alice, device: veto_path(alice),
}


@pytest.fixture
def hers(alice: Person) -> MadeDevice:
    device = enrolled(alice, [login("Bank")])
    kit_known(alice)
    return device


@pytest.mark.parametrize("by", BY)
@pytest.mark.parametrize("way", WAYS)
def test_each_way_is_taken_back_and_can_be_gone_once_more(
    app: Flask, alice: Person, hers: MadeDevice, way: str, by: str
) -> None:
    before = row_of(alice)
    new = newcomer(app, alice)
    WAYS[way](new.recover(), hers)
    new.finish_recovery(NEW_PIN)
    assert row_of(alice)["sha256"] != before["sha256"]
    assert heading(press_undo(app.test_client(), BY[by](alice, hers))) == "The Recovery Is Undone"
    assert (row_of(alice), titles_of(alice)) == (before, ["Bank"])
    new.sign_in(alice.email, alice.password)
    with pytest.raises(DeviceError):
        new.unlock(NEW_PIN)
    del alice.client  # its session was ended
    assert unlocks(alice, hers)
    again = newcomer(app, alice)
    again.recover().with_kit(hers.kit)
    assert [item["title"] for item in again.finish_recovery(NEW_PIN).items] == ["Bank"]


def unlocks(person: Person, device: MadeDevice) -> bool:
    """Whether the device’s PIN counts again."""
    person.signed_post("/devices/here", device=device)
    proof = {"proof": to_base64(device.proof()), "version": 1}
    return person.signed_post("/devices/unlock", proof, device=device).status_code == 200


@pytest.mark.parametrize(("way", "days"), [("local backup", 7), ("recovery kit", 7), ("new account", 30)])
def test_the_time_to_take_it_back_is_a_week_and_a_month_for_a_new_account(
    app: Flask, alice: Person, hers: MadeDevice, clock: MovableClock, way: str, days: int
) -> None:
    new = newcomer(app, alice)
    WAYS[way](new.recover(), hers)
    new.finish_recovery(NEW_PIN)
    clock.advance(days=days, seconds=-60)
    assert can_be_undone(alice)
    clock.advance(seconds=61)
    assert not can_be_undone(alice)
