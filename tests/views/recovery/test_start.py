"""Account Recovery before a request is made: who is led where, why, and what the doors say."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.support.pages.text import shown
from tests.support.people.people import ActiveKey, Person, add_person, backed_up, be_at, enrolled
from tests.support.recovery.runs import asked
from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.database import transaction
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import Role
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup

STEPS = {
    "/recovery": "Account Recovery",
    "/recovery/pair": "Pair With Device",
    "/recovery/backup-type": "Choose Your Backup Type",
    "/recovery/local": "Restore from Local Backup",
    "/recovery/kit": "Use Recovery Kit",
    "/recovery/new-account": "Create New Account",
    "/recovery/cloud": "Restore from Cloud Backup",
    "/recovery/cloud/backups": "Restore from Cloud Backup",
}


@pytest.fixture
def keyless(alice: Person) -> FlaskClient:
    """A browser of alice’s that has looked for a key and found none; her vault is on another device."""
    enrolled(alice)
    client = alice.another_browser()
    be_at(alice, None, client)
    return client


def headings(page: str) -> list[str]:
    return re.findall(r"<h[12][^>]*>\s*(?:<a[^>]*>)?([^<]+)", shown(page))


def change_device(alice: Person, **values: object) -> None:
    assert alice.device
    with alice.app.app_context(), transaction() as session:
        session.execute(update(Device).where(Device.id == alice.device.id).values(**values))


@pytest.mark.parametrize("path", STEPS)
def test_every_step_has_an_address_with_a_heading_a_title_and_the_contact(
    keyless: FlaskClient, olga: Person, path: str
) -> None:
    page = keyless.get(path)
    assert page.status_code == 200
    assert headings(page.text)[0] == STEPS[path]
    assert f"<title>{STEPS[path]} · Spare Key</title>" in page.text
    assert "mailto:olga@example.org" in page.text


@pytest.mark.parametrize("path", STEPS)
def test_every_step_is_the_same_page_for_htmx(keyless: FlaskClient, path: str) -> None:
    assert keyless.get(path, headers={"HX-Request": "true"}).text == keyless.get(path).text


@pytest.mark.parametrize("path", [*STEPS, "/recovery/done"])
def test_nobody_gets_in_without_signing_in(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert (answer.status_code, answer.headers["Location"].split("?")[0]) == (303, "/sign-in")


@pytest.mark.parametrize("path", STEPS)
def test_who_has_no_vault_joins_instead(charlie: Person, path: str) -> None:
    answer = charlie.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/join/vault")


@pytest.mark.parametrize("path", STEPS)
def test_a_browser_looks_for_its_key_first(alice: Person, path: str) -> None:
    enrolled(alice, here=False)
    answer = alice.get(path)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/devices/here?next={path}")


def test_a_browser_without_a_key_is_told_so(keyless: FlaskClient) -> None:
    page = keyless.get("/recovery").text
    assert "This browser has no key to your vault yet." in page
    assert "Open Vault" not in page


def test_the_tip_and_the_two_doors_are_the_guides_words(keyless: FlaskClient) -> None:
    page = keyless.get("/recovery").text
    assert (
        "Our recommendation is to use a local backup to recover your account quickly. If you don’t have a local "
        "backup, use the cloud backup option which requires your admin’s approval."
    ) in page
    assert headings(page) == ["Account Recovery", "Pair With Device", "Recover From Backup"]
    assert "If you have Password Manager installed on another device (like your phone)." in page
    assert "If you do not have another device, or prefer not to use it." in page


def test_an_unpaired_browser_is_told_by_whom_and_when(alice: Person, clock: MovableClock) -> None:
    enrolled(alice)
    with alice.app.app_context(), transaction() as session:
        other = alice.new_device()
        session.add(
            Device(
                id=other.id,
                user_id=alice.user_id,
                name="Edge on Windows",
                browser="Edge on Windows",
                sign_public=other.sign_public,
                recipient=other.recipient,
                tries_left=10,
            )
        )
    moment = now()
    change_device(alice, state=DeviceState.UNPAIRED, unpaired_by=other.id, unpaired_at=moment, unpaired_epoch=2)
    page = alice.get("/recovery").text
    assert "Your account was recovered in Edge on Windows on" in page
    assert f"{moment:%H:%M} UTC</time>, and that unpaired this browser." in page
    assert "If that wasn’t you, tell your IT admin now" in page


def test_the_tenth_wrong_pin_is_a_reason(alice: Person) -> None:
    enrolled(alice)
    assert alice.device
    with alice.app.app_context(), transaction():
        DeviceLock.destroy(alice.device.id)
    page = alice.get("/recovery").text
    assert "was wrong ten times, the last on" in page
    assert "Open Vault" not in page


def test_whoever_forgot_the_pin_is_offered_the_vault_all_the_same(alice: Person) -> None:
    enrolled(alice)
    page = alice.get("/recovery?reason=pin_forgotten").text
    assert "You have forgotten the PIN of " in page
    assert 'href="/vault">Open Vault</a>' in page


def test_the_doors_count_what_there_is(
    keyless: FlaskClient, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    for _ in range(3):
        backed_up(alice, organisation_key)
    assert "1 other device can show the code, last used" in keyless.get("/recovery").text
    assert "3 backups; Bob or Olga must approve" in keyless.get("/recovery").text
    page = keyless.get("/recovery/backup-type").text
    assert headings(page)[1:] == ["Local Backup", "Cloud Backup", "Use Recovery Kit", "Create New Account"]
    assert "3 backups; Bob or Olga must approve" in page
    assert "Kit number 1" in page


def test_the_doors_say_why_the_cloud_does_not_work(keyless: FlaskClient, alice: Person) -> None:
    assert "Not enabled by your organisation" in keyless.get("/recovery/backup-type").text
    assert "Not enabled by your organisation" in keyless.get("/recovery/cloud").text


def test_cloud_backups_that_nobody_switched_on(
    keyless: FlaskClient, alice: Person, organisation_key: ActiveKey
) -> None:
    assert "You have not switched cloud backups on" in keyless.get("/recovery/backup-type").text
    page = keyless.get("/recovery/cloud/backups").text
    assert "No cloud backup yet" in page
    assert "Request Account Restore" not in page


def test_a_backup_whose_key_was_disabled_still_works(
    keyless: FlaskClient, alice: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    with alice.app.app_context(), transaction() as session:
        session.execute(update(OrganisationKey).values(state="disabled"))
    assert "1 backup; Olga must approve" in keyless.get("/recovery/backup-type").text


def test_the_only_admin_approves_alone_and_waits(app: Flask, olga: Person, organisation_key: ActiveKey) -> None:
    backed_up(olga, organisation_key)
    client = olga.another_browser()
    be_at(olga, None, client)
    assert "1 backup; you approve it yourself, and it counts after a wait" in client.get("/recovery").text
    add_person(app, olga.organisation_id, "Dana", Role.ADMIN)
    assert "1 backup; Dana must approve" in client.get("/recovery").text


def test_going_on_takes_the_tick(keyless: FlaskClient, alice: Person, organisation_key: ActiveKey) -> None:
    backed_up(alice, organisation_key)
    refused = keyless.post("/recovery/cloud")
    assert refused.status_code == 422
    assert "Tick the box to go on" in refused.text
    assert headings(refused.text)[0] == "Restore from Cloud Backup"
    taken = keyless.post("/recovery/cloud", data={"understood": "1"})
    assert (taken.status_code, taken.headers["Location"]) == (303, "/recovery/cloud/backups")


def test_the_backups_are_listed_with_the_newest_chosen(
    keyless: FlaskClient, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    made = []
    for _ in range(2):
        made.append(backed_up(alice, organisation_key).id)
        clock.advance(hours=1)
    page = keyless.get("/recovery/cloud/backups").text
    values = re.findall(r'<input type="radio" name="backup" value="(\w+)"( checked)?', page)
    assert values == [(made[1], " checked"), (made[0], "")]
    assert "0 items · from Firefox on Linux · " in page
    assert re.search(r'data-file-sha256="[0-9a-f]{64}"', page)


def test_backups_from_before_the_last_recovery_are_not_offered(
    keyless: FlaskClient, alice: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    with alice.app.app_context(), transaction() as session:
        session.execute(update(CloudBackup).values(epoch=0))
    assert "No backup since your last recovery" in keyless.get("/recovery/cloud/backups").text


def test_others_backups_are_nobodys_business(
    keyless: FlaskClient, charlie: Person, organisation_key: ActiveKey
) -> None:
    made = backed_up(charlie, organisation_key)
    page = keyless.get("/recovery/cloud/backups").text
    assert made.id not in page
    assert "No cloud backup yet" in page


@pytest.mark.parametrize("path", [path for path in STEPS if path != "/recovery"])
def test_an_open_request_leads_every_step_to_where_it_stands(
    alice: Person, organisation_key: ActiveKey, path: str
) -> None:
    made = asked(alice, backed_up(alice, organisation_key))
    assert made.client.get(path).headers["Location"] == "/recovery"
    assert made.client.get("/recovery").headers["Location"] == made.path


def test_done_is_for_the_browser_that_finished(keyless: FlaskClient) -> None:
    assert keyless.get("/recovery/done").headers["Location"] == "/recovery"
