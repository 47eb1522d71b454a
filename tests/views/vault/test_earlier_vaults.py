"""Earlier vaults: listed, fetched, and opened with the PIN of a former device."""

import base64

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.models.recovery.test_self_service_undo import undo
from tests.support.people.people import Person, be_at, enrolled
from tests.support.recovery.self_service import Own, recovered
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from webapp.client.device.lock import open_keyslot, stretch, unlock_key
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.tab_key import TabKey

UNLOCK = "/vault/earlier/1/unlock"


@pytest.fixture
def former(alice: Person) -> MadeDevice:
    """Alice’s device of before she began a new account."""
    return enrolled(alice, [login("Mail"), login("Bank")])


@pytest.fixture
def anew(alice: Person, former: MadeDevice) -> Own:
    """The browser in which she did, its new vault open."""
    return recovered(alice, RecoveryMethod.NEW_ACCOUNT)


def unlock(
    made: Own, device: MadeDevice, pin: str | None = None, *, version: int = 1, path: str = UNLOCK
) -> TestResponse:
    body = {"proof": base64.b64encode(device.proof(pin)).decode(), "version": version}
    return made.person.signed_post(path, body, device=device, client=made.client)


def refused(answer: TestResponse) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["error"]


def test_an_archived_vault_is_listed_with_what_may_open_it(anew: Own, former: MadeDevice) -> None:
    page = anew.client.get("/vault/earlier").text
    assert "Earlier Vaults" in page
    assert 'data-file="/vault/earlier/1/file"' in page
    assert f'data-device="{former.id}" data-epoch="1" data-versions="[1]" data-path="{UNLOCK}"' in page
    assert "Tries left: 10." in page
    assert anew.client.get("/vault/earlier/1/file").data == former.file


def test_where_there_is_none_the_page_says_so(alice: Person) -> None:
    enrolled(alice)
    assert "No earlier vault" in alice.get("/vault/earlier").text
    assert alice.get("/vault/earlier/1/file").status_code == 404, "the present one is no earlier one"
    assert "/vault/earlier" not in alice.get("/backups/local").text


def test_the_backup_center_leads_there(anew: Own) -> None:
    assert 'href="/vault/earlier"' in anew.client.get("/backups/local").text


def test_for_others_there_is_nothing(anew: Own, former: MadeDevice, charlie: Person) -> None:
    enrolled(charlie)
    assert "No earlier vault" in charlie.get("/vault/earlier").text
    assert charlie.get("/vault/earlier/1/file").status_code == 404
    body = {"proof": base64.b64encode(former.proof()).decode(), "version": 1}
    assert refused(charlie.signed_post(UNLOCK, body, device=former)) == (404, "not_found")
    assert refused(charlie.signed_post(UNLOCK, body)) == (404, "not_found")
    assert anew.client.post(UNLOCK).status_code == 404, "a session alone"


def test_without_a_key_here_the_way_leads_to_recovery(anew: Own, alice: Person) -> None:
    be_at(alice, None, anew.client)
    assert anew.client.get("/vault/earlier").location == "/recovery"
    answer = anew.client.get("/vault/earlier/1/file", headers={"Accept": "application/octet-stream"})
    assert refused(answer) == (403, "device_not_active")


def test_the_pin_of_a_former_device_opens_its_vault_key_and_the_member_is_told(
    app: Flask, anew: Own, former: MadeDevice
) -> None:
    answer = unlock(anew, former).get_json()
    share, keyslot = (base64.b64decode(answer[name]) for name in ("server_share", "keyslot"))
    key = unlock_key(stretch(former.pin, former.salt), share, former.place)
    assert open_keyslot(keyslot, key, former.identity, former.place) == former.vault_key
    with app.app_context():
        row = db.session.get_one(Device, former.id)
        assert (row.state, row.tries_left) == ("unpaired", 10), "it stays unpaired"
        assert not db.session.scalars(select(TabKey).where(TabKey.device_id == former.id)).all(), (
            "and opens nothing else"
        )
        event = db.session.scalars(select(Event).where(Event.kind == "earlier_vault.opened")).one()
        notice = db.session.scalars(select(Notice).where(Notice.kind == "earlier_vault_opened")).one()
        assert event.details["device"] == notice.details["device"] == former.name
        assert "veto" in notice.details
    assert "An earlier vault of yours was opened" in anew.client.get("/settings").text


def test_wrong_pins_are_counted_and_the_tenth_destroys(app: Flask, anew: Own, former: MadeDevice) -> None:
    for left in range(9, 0, -1):
        answer = unlock(anew, former, "000000")
        assert (answer.status_code, answer.get_json()) == (403, {"error": "wrong_pin", "tries_left": left})
    assert "Tries left: 1." in anew.client.get("/vault/earlier").text
    assert refused(unlock(anew, former, "000000")) == (410, "lock_destroyed")
    assert refused(unlock(anew, former)) == (410, "lock_destroyed")
    assert former.id not in anew.client.get("/vault/earlier").text
    with app.app_context():
        assert DeviceLock.versions(former.id) == []
        told = db.session.scalars(select(Notice.kind).where(Notice.kind.like("%lock_destroyed%"))).all()
        assert list(told) == ["lock_destroyed"]
        assert not db.session.scalars(select(Event).where(Event.kind == "earlier_vault.opened")).all()


def test_the_right_pin_at_the_tenth_try_opens(anew: Own, former: MadeDevice) -> None:
    for _ in range(9):
        unlock(anew, former, "000000")
    assert unlock(anew, former).status_code == 200
    assert "Tries left: 10." in anew.client.get("/vault/earlier").text


def test_a_version_that_is_gone_costs_no_try(anew: Own, former: MadeDevice) -> None:
    assert refused(unlock(anew, former, version=7)) == (404, "not_found")
    assert "Tries left: 10." in anew.client.get("/vault/earlier").text


def test_the_present_vault_has_to_be_open(alice: Person, anew: Own, former: MadeDevice) -> None:
    anew.client.post("/devices/lock")
    assert refused(unlock(anew, former)) == (403, "pin_needed")
    be_at(alice, former, anew.client, locked=True)
    assert refused(unlock(anew, former)) == (403, "device_not_active")
    be_at(alice, anew.device, anew.client)
    assert "Tries left: 10." in anew.client.get("/vault/earlier").text, "none of it was a try"


def test_only_a_former_device_of_that_vault_opens_it(alice: Person, anew: Own, former: MadeDevice) -> None:
    assert refused(unlock(anew, anew.device)) == (404, "not_found")
    again = recovered(alice, RecoveryMethod.NEW_ACCOUNT, holding=anew.device)
    assert refused(unlock(again, anew.device)) == (404, "not_found"), "it was a device of vault 2"
    assert refused(unlock(again, former, path="/vault/earlier/2/unlock")) == (404, "not_found")
    assert unlock(again, anew.device, path="/vault/earlier/2/unlock").status_code == 200
    assert unlock(again, former).status_code == 200


def test_once_its_share_is_due_it_opens_nothing(anew: Own, former: MadeDevice, clock: MovableClock) -> None:
    clock.advance(days=29)
    made = Own(anew.person, anew.way, anew.person.another_browser(), anew.device, anew.vault_key, anew.kit, "")
    be_at(anew.person, anew.device, made.client)
    assert unlock(made, former).status_code == 200
    clock.advance(days=1, seconds=1)
    made.client = anew.person.another_browser()
    be_at(anew.person, anew.device, made.client)
    assert refused(unlock(made, former)) == (404, "not_found"), "though nobody has tidied yet"
    assert former.id not in made.client.get("/vault/earlier").text


def test_a_hold_keeps_it_shut(app: Flask, alice: Person, anew: Own, former: MadeDevice) -> None:
    with app.app_context(), transaction():
        Hold.begin(User.locked(alice.user_id), "a link from a mail")
    assert refused(unlock(anew, former)) == (404, "not_found")
    assert former.id not in anew.client.get("/vault/earlier").text


def test_after_an_undo_it_is_a_device_again_and_no_former_one(
    app: Flask, alice: Person, anew: Own, former: MadeDevice
) -> None:
    assert undo(app, alice)
    client = alice.another_browser()
    be_at(alice, former, client)
    made = Own(alice, anew.way, client, former, anew.vault_key, anew.kit, "")
    assert refused(unlock(made, former)) == (404, "not_found")
    assert refused(unlock(made, anew.device, path="/vault/earlier/2/unlock")) == (404, "not_found")
    assert 'data-file="/vault/earlier/2/file"' in client.get("/vault/earlier").text, "its vault opens with its kit"
