"""“This wasn’t me” about a recovery that nobody had to approve: its page says which it was, and from where."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service import own, recovered
from tests.support.recovery.vetoes import press_undo, press_veto, veto_path, watch
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice
from webapp.database import db
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.notices.link import Link
from webapp.models.notices.notice import Notice
from webapp.models.recovery.undo import Undo
from webapp.models.vaults.vault import Vault

WORDS = {
    RecoveryMethod.LOCAL_BACKUP: "With a local backup",
    RecoveryMethod.RECOVERY_KIT: "With your recovery kit",
    RecoveryMethod.NEW_ACCOUNT: "By creating a new account",
}


def told_to(app: Flask, device: MadeDevice) -> dict[str, Any]:
    told: dict[str, Any] = watch(app.test_client(), device).get_json()
    return told


@pytest.mark.parametrize("way", WORDS)
def test_the_page_names_the_way_the_browser_and_the_address(
    app: Flask, client: FlaskClient, alice: Person, bob: Person, way: RecoveryMethod
) -> None:
    enrolled(alice)
    recovered(alice, way)
    page = client.get(veto_path(alice)).text
    assert WORDS[way].lower() in page.lower()
    assert "192.0.2.7" in page


@pytest.mark.parametrize("way", WORDS)
def test_an_admin_reads_it_on_the_page_of_the_person(alice: Person, bob: Person, way: RecoveryMethod) -> None:
    enrolled(alice)
    recovered(alice, way)
    page = bob.client.get(f"/admin/users/{alice.user_id}").text
    assert WORDS[way].lower().replace("your", "the") in page.lower()


@pytest.mark.parametrize(("way", "days"), [(RecoveryMethod.RECOVERY_KIT, 14), (RecoveryMethod.NEW_ACCOUNT, 30)])
def test_the_link_in_the_mail_works_at_least_as_long_as_there_is_something_to_undo(
    app: Flask, alice: Person, clock: MovableClock, way: RecoveryMethod, days: int
) -> None:
    enrolled(alice)
    recovered(alice, way)
    with app.app_context():
        notice = db.session.scalars(select(Notice).where(Notice.kind == "own_recovery_completed")).one()
        link = db.session.get_one(Link, notice.details["veto"])
        clock.advance(days=days, seconds=-60)
        assert link.is_open
        clock.advance(seconds=120)
        assert not link.is_open


def test_a_former_device_is_told_of_a_recovery_that_has_begun_and_stops_it(
    app: Flask, alice: Person, bob: Person
) -> None:
    device = enrolled(alice)
    thief = own(alice, RecoveryMethod.RECOVERY_KIT)
    assert thief.begin().status_code == 200
    told = told_to(app, device)
    assert (told["kind"], told["browser"]) == ("begun", "Firefox on Windows")
    page = app.test_client().get(told["next"]).text
    assert "A recovery has begun" in page
    assert "with your Recovery Kit" in page
    assert press_veto(app.test_client(), told["next"]).status_code == 200
    assert thief.client.get("/recovery").headers["Location"].startswith("/sign-in")
    assert told_to(app, device) == {"kind": None}


def test_of_a_new_account_without_any_key_nothing_is_told_before_it_is_there(app: Flask, alice: Person) -> None:
    device = enrolled(alice)
    assert own(alice, RecoveryMethod.NEW_ACCOUNT).begin().status_code == 200
    assert told_to(app, device) == {"kind": None}


def test_a_device_below_two_recoveries_undoes_one_after_the_other(app: Flask, alice: Person) -> None:
    device = enrolled(alice)
    first = recovered(alice, RecoveryMethod.RECOVERY_KIT)
    recovered(alice, RecoveryMethod.RECOVERY_KIT, holding=first.device)
    told = told_to(app, device)
    assert told["kind"] == "recovered"
    page = app.test_client().get(told["next"]).text
    assert "Before it, there was another recovery" in page
    done = press_veto(app.test_client(), told["next"]).text
    assert "An earlier recovery stands" in done
    path = told_to(app, device)["next"]
    assert "checked" not in app.test_client().get(path).text, "the one below may have been the member’s own"
    assert "An earlier recovery stands" not in press_undo(app.test_client(), path).text
    with app.app_context():
        vault = Vault.current(db.session.get_one(User, alice.user_id), with_file=True)
        assert vault
        assert (vault.epoch, vault.file) == (1, device.file)
        assert db.session.get_one(Device, device.id).opens


def test_a_page_that_named_the_later_recovery_does_not_undo_the_earlier_one_too(app: Flask, alice: Person) -> None:
    """Two clicks, or a second tab, mean the recovery that was on the page."""
    enrolled(alice)
    first = recovered(alice, RecoveryMethod.RECOVERY_KIT)
    recovered(alice, RecoveryMethod.RECOVERY_KIT, holding=first.device)
    with app.app_context():
        latest = Undo.stack_of(db.session.get_one(User, alice.user_id))[0].id
    for _ in range(2):
        app.test_client().post(veto_path(alice), data={"undo": latest})
    with app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 2
