"""Overview: who waits, and whether everybody could be helped."""

import re

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.pairing.rows import pairing_row
from tests.support.people.marks import disable, mark
from tests.support.people.people import ActiveKey, backed_up, enrolled
from tests.support.people.person import Person
from tests.support.recovery.requests import waiting_request
from tests.support.recovery.runs import request_row
from tests.support.run.clock import MovableClock
from webapp.database import transaction
from webapp.flows.pairing import State as PairingState
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import State
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.reports.coverage import Gap
from webapp.models.vaults.vault import Vault


def test_it_says_that_nobody_waits(bob: Person) -> None:
    page = bob.get("/admin/").text
    assert "Nobody is waiting" in page
    assert "Cloud Backups are not enabled" in page
    assert "Enable Cloud Backups" in page


def test_it_lists_who_waits_with_a_link(bob: Person, alice: Person, organisation_key: ActiveKey) -> None:
    request = waiting_request(alice, organisation_key)
    page = bob.get("/admin/").text
    assert f'href="{request.path}"' in page
    assert "alice@example.org" in page
    assert "192.0.2.7" in page


def gaps(page: str) -> dict[str, int]:
    """The figures of the table beside the picture."""
    rows = re.findall(r'data-gap="(\w+)">(.*?)</tr>', page, re.S)
    return {gap: int(re.findall(r"<td>(\d+)</td>", row)[0]) for gap, row in rows}


@pytest.mark.databases
def test_it_counts_what_people_lack_and_leads_to_them(
    bob: Person, alice: Person, charlie: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    enrolled(charlie)
    page = bob.get("/admin/").text
    assert gaps(page) == {
        **{"no_vault": 2, "no_backup": 1, "stale_backup": 0, "no_device": 0, "one_device": 2, "no_kit": 0},
        "key_unconfirmed": 1,
    }
    assert 'href="/admin/users?gap=no_backup"' in page
    assert 'href="/admin/users?gap=no_kit"' not in page
    risk = page[page.index("Most at risk") :]
    assert risk.index(f"/admin/users/{charlie.user_id}") < risk.index(f"/admin/users/{alice.user_id}")
    assert "0 of 4 people" in page


@pytest.mark.databases
def test_every_gap_is_found_by_name_as_it_is_counted(
    app: Flask, bob: Person, alice: Person, charlie: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    """The list looks each person up, the figures read each table once: they must mean the same."""
    backed_up(alice, organisation_key)
    enrolled(charlie)
    clock.advance(days=15)
    with app.app_context(), transaction() as session:
        session.execute(update(Vault).where(Vault.user_id == alice.user_id).values(saved_at=clock.now()))
        session.get_one(User, charlie.user_id).kit_confirmed_at = None
        session.execute(update(Device).where(Device.user_id == charlie.user_id).values(state=DeviceState.PRIOR))
        session.get_one(User, alice.user_id).cloud_backups_fingerprint = "another"
    counted = gaps(bob.get("/admin/").text)
    assert counted == dict.fromkeys(Gap, 1) | {Gap.NO_VAULT: 2, Gap.KEY_UNCONFIRMED: 2}
    for gap, number in counted.items():
        page = bob.get(f"/admin/users?gap={gap}").text
        assert len(set(re.findall(r'href="/admin/users/([0-9a-f]{32})"', page))) == number, gap
    with app.app_context(), transaction():
        User.locked(charlie.user_id).disabled_at = clock.now()
    assert gaps(bob.get("/admin/").text)["no_backup"] == 0
    assert "Nobody fits" in bob.get("/admin/users?gap=no_backup").text


def test_pictures_have_a_name_and_a_table_with_the_same_figures(bob: Person, alice: Person) -> None:
    enrolled(alice)
    page = bob.get("/admin/").text
    assert page.count('<svg class="chart" role="img" aria-labelledby="coverage-chart-title"') == 1
    assert '<title id="coverage-chart-title">How many people lack what.' in page
    assert 'style="' not in page


def test_it_counts_devices_by_browser_and_system(bob: Person, alice: Person, charlie: Person) -> None:
    enrolled(alice)
    enrolled(charlie)
    page = " ".join(re.sub(r"<[^>]+>", " ", bob.get("/admin/").text).split())
    assert "Browsers Browsers Devices Firefox 2 Systems Systems Devices Linux 2" in page


@pytest.mark.databases
def test_it_counts_recoveries_of_thirty_days_by_way_and_outcome(
    app: Flask, bob: Person, alice: Person, charlie: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    def figures() -> dict[str, list[int]]:
        rows = re.findall(r'data-way="(\w+)">(.*?)</tr>', bob.get("/admin/").text, re.S)
        return {way: [int(number) for number in re.findall(r"<td>(\d+)</td>", row)] for way, row in rows}

    assert figures() == {}
    waiting_request(alice, organisation_key)
    with app.app_context():
        request_row(charlie, State.DENIED)
        pairing_row(charlie, PairingState.COMPLETED)
        with transaction() as session:
            values = {"sign_public": bytes(32), "recipient": "age1", "browser": "Firefox", "address": ""}
            values |= {"organisation_id": bob.organisation_id, "user_id": charlie.user_id, "sign_in_id": "0" * 64}
            session.add(SelfServiceRecovery(id="1" * 32, way=RecoveryMethod.RECOVERY_KIT, **values))
            session.add(
                SelfServiceRecovery(id="2" * 32, way=RecoveryMethod.RECOVERY_KIT, finished_at=clock.now(), **values)
            )
    nothing = [0, 0, 0, 0]
    assert figures() == {
        **{"pairing": [1, 0, 0, 0], "cloud_backup": [0, 1, 1, 0], "local_backup": nothing},
        **{"recovery_kit": [1, 1, 0, 0], "new_account": nothing},
    }
    clock.advance(hours=2)
    assert figures()["recovery_kit"] == [1, 0, 0, 1]
    clock.advance(days=31)
    assert figures() == {}


def test_who_waits_is_told_how_i_stand_to_it(
    bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    waiting_request(alice, organisation_key)
    assert "Another admin decides" not in bob.get("/admin/").text
    mark(bob, alice)
    assert "Another admin decides" in bob.get("/admin/").text
    assert "Another admin decides" not in olga.get("/admin/").text
    disable(olga)
    assert "Counts after 24 h" in bob.get("/admin/").text


def test_it_lists_open_invites_and_the_latest_activity(bob: Person) -> None:
    bob.post("/admin/invites", data={"email": "dora@example.org", "name": "Dora", "role": "member"})
    page = bob.get("/admin/").text
    assert "Dora" in page
    assert "Bob invited dora@example.org as member." in page


def test_what_people_call_themselves_is_no_markup(bob: Person) -> None:
    bob.post("/admin/invites", data={"email": "dora@example.org", "name": "<b>Dora", "role": "member"})
    assert "&lt;b&gt;Dora" in bob.get("/admin/").text
