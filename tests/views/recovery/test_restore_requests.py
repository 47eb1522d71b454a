"""A restore request as its member sees it: asked, waited for, withdrawn, ended."""

import re
from datetime import timedelta
from urllib.parse import unquote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.runs import Restoring, asked, restoring
from tests.support.run.clock import MovableClock
from webapp.client.formats.cloud_backups import CloudBackup
from webapp.database import db, transaction
from webapp.flows.restore_request import State
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.session import SignIn


@pytest.fixture
def backup(alice: Person, organisation_key: ActiveKey) -> CloudBackup:
    """A cloud backup of alice’s."""
    enrolled(alice)
    return backed_up(alice, organisation_key)


@pytest.fixture
def made(alice: Person, bob: Person, backup: CloudBackup) -> Restoring:
    """Alice’s request, which waits."""
    return asked(alice, backup)


def deny(made: Restoring, by: Person, reason: str) -> None:
    with by.app.app_context(), transaction() as session:
        User.locked(made.person.user_id)
        session.get_one(RestoreRequest, made.id).deny(session.get_one(User, by.user_id), reason)


def test_asking_opens_the_request_and_proves_the_browser(alice: Person, backup: CloudBackup) -> None:
    made = restoring(alice, backup)
    answer = made.ask()
    assert (answer.status_code, answer.headers["Location"]) == (303, made.path)
    row = made.row()
    assert (row.state, row.backup_id, row.browser, row.reason) == (
        "requested",
        backup.id,
        "Firefox on Windows",
        "no_key",
    )
    assert (row.exact, row.sign_public) == (made.request.exact, made.device.sign_public)
    with alice.app.app_context():
        query = select(SignIn).where(SignIn.device_id == made.device.id)
        assert db.session.scalars(query).one().user_id == alice.user_id


def test_asking_by_htmx_is_answered_with_an_address(alice: Person, backup: CloudBackup) -> None:
    made = restoring(alice, backup)
    fields = {"request": made.request.exact, "signature": ""}
    refused = made.client.post("/recovery/requests", data=fields, headers={"HX-Request": "true"})
    assert refused.status_code == 422
    assert "The request did not arrive as it was made" in refused.text


def test_the_waiting_page_says_what_somebody_who_waits_asks(made: Restoring, olga: Person) -> None:
    page = made.client.get(made.path).text
    assert re.search(r"<h1[^>]*>Waiting for Approval", page)
    shown = re.search(r'<output[^>]*id="fingerprint"[^>]*>(.*?)</output>', page)
    assert shown
    assert re.sub(r"<[^>]+>|\s", "", shown[1]) == made.request.fingerprint
    for words in ("Bob or Olga", "Until", "What happens next", made.id[:8], "Cancel Request", "Firefox on Windows"):
        assert words in page
    assert re.search(r'hx-trigger="every \d{4}ms, ', page)


@pytest.mark.parametrize("path", ["", "/restore", "/status", "/cancellation"])
def test_to_anybody_else_the_request_does_not_exist(
    app: Flask, made: Restoring, charlie: Person, bob: Person, path: str
) -> None:
    for person in (charlie, bob):
        method = person.post if path == "/cancellation" else person.get
        assert method(f"{made.path}{path}").status_code == 404
    stranger = app.test_client()
    answer = stranger.post(made.path + path) if path == "/cancellation" else stranger.get(made.path + path)
    assert answer.headers["Location"].startswith("/sign-in")


@pytest.mark.parametrize("path", ["", "/restore", "/status"])
def test_neither_does_one_that_was_never_made(alice: Person, path: str) -> None:
    assert alice.get(f"/recovery/requests/{'0' * 32}{path}").status_code == 404


def test_a_second_request_leads_to_the_first(alice: Person, made: Restoring, backup: CloudBackup) -> None:
    second = restoring(alice, backup)
    answer = second.ask()
    assert (answer.status_code, answer.headers["Location"]) == (303, "/recovery")
    page = second.client.get("/recovery").text
    row = made.row()
    words = f"You asked from Firefox on Windows at {row.made_at:%H:%M}: continue there, or cancel and start here."
    assert words in page
    assert "Cancel That Request And Start Here" in page


def test_yesterdays_request_is_named_with_its_day(alice: Person, made: Restoring, clock: MovableClock) -> None:
    clock.advance(days=1)
    other = alice.another_browser()
    be_at(alice, None, other)
    assert re.search(r"at \d\d:\d\d on <time[^>]*>\d+ \w+ \d{4}</time>: continue there", other.get("/recovery").text)


def test_cancelling_from_another_browser_makes_room_there(alice: Person, made: Restoring, backup: CloudBackup) -> None:
    second = restoring(alice, backup)
    answer = second.client.post(f"{made.path}/cancellation", data={"again": "1"})
    assert answer.headers["Location"] == "/recovery"
    assert made.row().state == State.CANCELLED
    assert second.client.get("/recovery").status_code == 200
    assert second.ask().headers["Location"] == second.path


def test_cancelling_here_gives_the_session_back_to_what_the_browser_held(made: Restoring) -> None:
    answer = made.client.post(f"{made.path}/cancellation")
    assert answer.headers["Location"] == made.path
    page = made.client.get(made.path).text
    assert "Request Cancelled" in page
    assert "Ask Again" in page
    assert made.client.get("/recovery").headers["Location"] == "/devices/here?next=/recovery"


def test_cancelling_twice_says_how_it_ended(made: Restoring) -> None:
    made.client.post(f"{made.path}/cancellation")
    answer = made.client.post(f"{made.path}/cancellation")
    assert answer.headers["Location"] == made.path
    assert "This request had ended already" in made.client.get(made.path).text


def test_an_approved_request_leads_to_the_new_pin(made: Restoring, bob: Person, organisation_key: ActiveKey) -> None:
    made.approve(bob, organisation_key)
    assert made.client.get(made.path).headers["Location"] == f"{made.path}/restore"
    page = made.client.get(f"{made.path}/restore").text
    assert re.search(r"<h1[^>]*>Create a New PIN", page)
    assert "Bob approved your request" in page
    assert not re.search(r'<input[^>]*type="password"[^>]*name=', page), "a PIN can’t be sent by accident"


def test_elsewhere_an_approved_request_is_only_told_of(
    alice: Person, made: Restoring, bob: Person, organisation_key: ActiveKey
) -> None:
    made.approve(bob, organisation_key)
    other = alice.another_browser()
    be_at(alice, None, other)
    for path in (made.path, f"{made.path}/restore"):
        assert other.get(path).status_code == 303
    assert other.get(made.path).headers["Location"] == "/recovery"
    assert "Bob has approved it: only that browser can create the new PIN." in other.get("/recovery").text


def test_a_denial_is_shown_with_its_reason_and_ways_on(made: Restoring, bob: Person, olga: Person) -> None:
    deny(made, bob, "I don’t know you <b>")
    page = made.client.get(made.path).text
    assert "Request Denied" in page
    assert "Bob denied your request" in page
    assert "I don’t know you &lt;b&gt;" in page
    assert "Other Ways Back" in page
    letter = re.search(r'href="(mailto:[^"]+)"[^>]*>Write', page)
    assert letter
    assert letter[1].startswith("mailto:olga@example.org?subject=")
    assert made.id[:8] in unquote(letter[1])
    assert "I don’t know you <b>" in unquote(letter[1])


@pytest.mark.parametrize("approved", [False, True])
def test_an_expiry_is_shown_as_soon_as_anybody_looks(
    made: Restoring, bob: Person, organisation_key: ActiveKey, clock: MovableClock, approved: bool
) -> None:
    if approved:
        made.approve(bob, organisation_key)
    clock.advance(days=7, seconds=1)
    page = made.client.get(made.path).text
    assert "Request Expired" in page
    assert ("was not used until" in page) == approved
    assert made.client.get(f"{made.path}/status?version=1&pace=15").status_code == 200


def test_asking_is_throttled_with_a_sentence(alice: Person, backup: CloudBackup) -> None:
    client = alice.another_browser()
    for _ in range(6):
        made = restoring(alice, backup, client=client)
        assert made.ask().status_code == 303
        client.post(f"{made.path}/cancellation")
    refused = restoring(alice, backup, client=client).ask()
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) <= timedelta(hours=4).total_seconds()
    assert "You can ask again in 4 hours" in refused.text


def test_the_same_request_sent_again_is_the_same_request(made: Restoring) -> None:
    assert made.ask().headers["Location"] == made.path


def test_tomorrow_another_session_of_the_same_browser_goes_on(alice: Person, made: Restoring) -> None:
    tomorrow: FlaskClient = alice.another_browser()
    assert tomorrow.get(made.path).headers["Location"] == f"/devices/here?next={made.path}"
    alice.signed_post("/devices/here", device=made.device, client=tomorrow)
    assert tomorrow.get(made.path).status_code == 200
