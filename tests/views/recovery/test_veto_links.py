"""Links of “This wasn’t me”: those that don’t work, that come late, that are two; and who may press their buttons."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import Restoring, asked
from tests.support.recovery.vetoes import heading, hold_of, recovered, veto_path
from tests.support.run.clock import MovableClock
from tests.views.recovery.test_vetoes import state_of
from webapp.database import db, transaction
from webapp.models.approval.hold import Hold
from webapp.models.devices.device import DeviceState
from webapp.models.directory.organisation import Organisation
from webapp.models.notices.notice import Notice
from webapp.ops import mail

CLOSED = "This link doesn’t work any more"


@pytest.fixture
def waiting(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Somebody asked for alice’s backup in another browser."""
    enrolled(alice)
    return asked(alice, backed_up(alice, organisation_key))


@pytest.fixture
def done(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Somebody recovered alice’s account in another browser."""
    return recovered(alice, bob, organisation_key)


@pytest.mark.parametrize("what", ["get", "post", "undo"])
@pytest.mark.parametrize("how", ["expired", "altered", "guessed"])
def test_a_link_that_does_not_work_says_what_to_do(
    app: Flask, client: FlaskClient, done: Restoring, alice: Person, clock: MovableClock, how: str, what: str
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(Organisation, alice.organisation_id).contact_phone = "+1 555 0100"
    path = {"altered": f"{veto_path(alice)}x", "guessed": "/veto/" + "a" * 43}.get(how) or veto_path(alice)
    if how == "expired":
        clock.advance(days=14)
    answer = client.get(path) if what == "get" else client.post(path + ("/undo" if what == "undo" else ""))
    assert (answer.status_code, heading(answer)) == (410, CLOSED)
    assert "+1 555 0100" in answer.text
    assert alice.email not in answer.text
    assert hold_of(alice) is None


def test_where_nothing_runs_the_account_can_still_be_held(client: FlaskClient, alice: Person, bob: Person) -> None:
    enrolled(alice)
    path = veto_path(alice)
    page = client.get(path).text
    assert "No recovery is running" in page
    assert "Undo This Recovery" not in page
    assert heading(client.post(path)) == "Your Account Is on Hold"
    assert alice.get("/settings").status_code == 303
    page = client.get(veto_path(alice)).text
    assert "Your account is on hold" in page
    assert "with a link from a mail" in page


def test_an_undo_that_comes_too_late_says_so_and_keeps_the_link(
    client: FlaskClient, done: Restoring, alice: Person, clock: MovableClock
) -> None:
    path = veto_path(alice)
    clock.advance(days=8)
    answer = client.post(f"{path}/undo")
    assert (answer.status_code, heading(answer)) == (409, "Was This You?")
    assert "can no longer be undone" in answer.text
    assert state_of(alice, done.device.id) == DeviceState.ACTIVE
    assert client.get(path).status_code == 200


def test_the_link_in_the_mail_leads_there(app: Flask, client: FlaskClient, waiting: Restoring, alice: Person) -> None:
    with app.app_context():
        [notice] = db.session.query(Notice).filter_by(kind="restore_requested_by_you")
        body = mail.rendered(notice, for_mailbox=True).body
        assert "/veto/" not in mail.rendered(notice).body
    [link] = [line for line in body.splitlines() if "/veto/" in line]
    assert client.post(link.removeprefix("http://localhost")).status_code == 200
    with app.app_context():
        assert Hold.of(alice.user_id)


def test_two_links_hold_the_account_once(app: Flask, client: FlaskClient, waiting: Restoring, alice: Person) -> None:
    first, second = veto_path(alice), veto_path(alice)
    assert {client.post(first).status_code, client.post(second).status_code} == {200}
    with app.app_context():
        assert db.session.query(Hold).count() == 1


def test_no_page_of_another_site_says_it(client: FlaskClient, waiting: Restoring, alice: Person) -> None:
    path = veto_path(alice)
    for header in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert client.post(path, headers=header).status_code == 403
    assert hold_of(alice) is None
