"""A changed Recovery Kit: the first save that only the next one opens names its key, and from then on it counts."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.self_service import own
from tests.support.vault.devices import MadeDevice
from tests.views.vault.test_vault import saving
from webapp.client.crypto.identities import new_identity
from webapp.client.formats import recovery_kits
from webapp.client.formats.encoding import to_base64
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s active device; it made another kit and she typed its last characters."""
    device = enrolled(alice)
    device.kit = new_identity()
    return device


def changing(device: MadeDevice, **changed: object) -> bytes:
    """The save that only the next kit opens."""
    key = to_base64(recovery_kits.verify_key(device.kit, device.user))
    return saving(device, **{"kit": 2, "kit_verify_key": key, **changed})


def kit_of(app: Flask, person: Person) -> tuple[int, bytes | None]:
    with app.app_context():
        user = db.session.get_one(User, person.user_id)
        return user.kit_number, user.kit_verify_key


def test_the_next_kit_counts_and_the_former_begins_no_recovery(app: Flask, alice: Person, device: MadeDevice) -> None:
    key = recovery_kits.verify_key(device.kit, alice.user_id)
    with_former = own(alice, RecoveryMethod.RECOVERY_KIT)
    with_former.kit = new_identity()
    assert alice.signed_post("/vault/file", changing(device)).status_code == 200
    assert kit_of(app, alice) == (2, key)
    assert with_former.begin().get_json() == {"error": "wrong_kit"}
    assert own(alice, RecoveryMethod.RECOVERY_KIT).begin().status_code == 200
    with app.app_context():
        assert db.session.get_one(User, alice.user_id).kit_confirmed_at is not None
        assert db.session.scalars(select(Event.kind).where(Event.kind == "kit.changed")).all() == ["kit.changed"]
        told = db.session.scalars(select(Notice).where(Notice.kind == "kit_changed")).one()
        assert (told.user_id, told.details["number"], told.details["device"]) == (alice.user_id, 2, device.name)


def test_again_it_changes_nothing(app: Flask, alice: Person, device: MadeDevice) -> None:
    sent = changing(device)
    first = alice.signed_post("/vault/file", sent)
    with app.app_context():
        before = everything()["user_account"], everything()["notice"], everything()["event"], everything()["vault"]
    again = alice.signed_post("/vault/file", sent)
    assert (again.status_code, again.get_json()) == (200, first.get_json())
    with app.app_context():
        rows = everything()
        assert (rows["user_account"], rows["notice"], rows["event"], rows["vault"][0][:5]) == (
            *before[:3],
            before[3][0][:5],
        )


def test_there_are_not_hundreds_a_day(app: Flask, alice: Person, device: MadeDevice) -> None:
    """Each is a mail and a number, and a session in which the PIN was typed is enough: the vault need not change."""
    codes = [alice.signed_post("/vault/file", changing(device, kit=2 + number)).status_code for number in range(11)]
    assert codes == [200] * 10 + [429]
    assert kit_of(app, alice)[0] == 11


@pytest.mark.parametrize("changed", [{"kit": 12}, {"kit": 0}, {"kit_verify_key": "AAAA"}, {"kit_verify_key": None}])
def test_only_a_later_number_within_reach_and_with_a_key_is_taken(
    app: Flask, alice: Person, device: MadeDevice, changed: dict[str, object]
) -> None:
    before, former = kit_of(app, alice), device.file
    answer = alice.signed_post("/vault/file", changing(device, **changed))
    assert (answer.status_code, answer.get_json()) == (400, {"error": "malformed"})
    assert kit_of(app, alice) == before
    assert alice.get("/vault/file").data.endswith(former)


def test_a_server_restored_from_before_two_changes_learns_of_both(
    app: Flask, alice: Person, device: MadeDevice
) -> None:
    assert alice.signed_post("/vault/file", changing(device, kit=3)).status_code == 200
    assert kit_of(app, alice)[0] == 3


def test_the_next_number_without_a_key_is_refused(app: Flask, alice: Person, device: MadeDevice) -> None:
    assert alice.signed_post("/vault/file", saving(device, kit=2)).status_code == 400
    assert kit_of(app, alice)[0] == 1


def test_a_save_for_the_present_kit_can_not_change_its_key(app: Flask, alice: Person, device: MadeDevice) -> None:
    before = kit_of(app, alice)
    assert alice.signed_post("/vault/file", changing(device, kit=1)).status_code == 200
    assert kit_of(app, alice) == before


def test_on_top_of_another_version_it_changes_nothing(app: Flask, alice: Person, device: MadeDevice) -> None:
    before = kit_of(app, alice)
    answer = alice.signed_post("/vault/file", changing(device, base_sha256="0" * 64))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "stale_vault")
    assert kit_of(app, alice) == before


def test_a_device_that_does_not_know_of_it_yet_reads_the_vault_again(alice: Person, device: MadeDevice) -> None:
    """Its edit names the former kit: that is an older version, and no nonsense."""
    former, counter = device.file, device.counter
    assert alice.signed_post("/vault/file", changing(device)).status_code == 200
    device.file, device.counter = former, counter
    answer = alice.signed_post("/vault/file", saving(device))
    assert (answer.status_code, answer.get_json()["error"]) == (409, "stale_vault")


@pytest.mark.parametrize("state", [DeviceState.PRIOR, DeviceState.UNPAIRED])
def test_only_an_active_device_changes_it(app: Flask, alice: Person, device: MadeDevice, state: DeviceState) -> None:
    before = kit_of(app, alice)
    with app.app_context(), transaction() as session:
        session.get_one(Device, device.id).state = state
    answer = alice.signed_post("/vault/file", changing(device))
    assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"})
    assert kit_of(app, alice) == before


def test_nobody_changes_it_for_somebody_else(app: Flask, alice: Person, charlie: Person, device: MadeDevice) -> None:
    enrolled(charlie)
    before = kit_of(app, alice), kit_of(app, charlie)
    assert charlie.signed_post("/vault/file", changing(device), device=device).status_code == 404
    assert charlie.signed_post("/vault/file", changing(device)).status_code == 409
    assert (kit_of(app, alice), kit_of(app, charlie)) == before
