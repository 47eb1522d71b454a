"""Requests: seen, approved or denied once, by somebody else than the member."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, add_organisation_key, enrolled
from tests.support.people.person import Person, add_person
from tests.support.recovery.requests import Asked, waiting_request
from tests.support.recovery.runs import request_row
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.database import db, transaction
from webapp.flows.restore_request import OPEN, State
from webapp.models.directory.user import Role, User
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.search import PAGE
from webapp.models.vaults.cloud_backup import CloudBackup


@pytest.fixture
def request_of_alice(alice: Person, organisation_key: ActiveKey) -> Asked:
    return waiting_request(alice, organisation_key, reason="pin_forgotten")


def state_of(app: Flask, request: Asked) -> str:
    with app.app_context():
        return str(db.session.get_one(RestoreRequest, request.id).state)


def test_its_page_says_who_why_when_and_what(bob: Person, request_of_alice: Asked) -> None:
    page = bob.get(request_of_alice.path).text
    for words in ("Alice, alice@example.org", "They forgot the PIN", "Firefox on Linux, from 192.0.2.7", "0 items"):
        assert words in page
    assert "“First key”" in page
    assert "by voice" in page


def test_its_page_never_shows_the_fingerprint(bob: Person, request_of_alice: Asked) -> None:
    fingerprint = request_of_alice.request.fingerprint
    page = bob.get(request_of_alice.path).text.replace(" ", "").lower()
    assert fingerprint not in page


@pytest.mark.databases
def test_an_admin_approves(app: Flask, bob: Person, request_of_alice: Asked, organisation_key: ActiveKey) -> None:
    form = request_of_alice.approval(organisation_key, bob)
    response = bob.post(f"{request_of_alice.path}/approval", data=form)
    assert response.status_code == 303
    assert response.location == request_of_alice.path
    assert "Approved by Bob" in bob.get(request_of_alice.path).text
    with app.app_context():
        row = db.session.get_one(RestoreRequest, request_of_alice.id)
        assert (row.state, row.decided_by, row.approval) == ("approved", bob.user_id, form["approval"])
        assert Notice.shown_to(row.user)[0].kind == "restore_approved"
        assert EventList(row.organisation_id).page(1)[0][0].kind == "restore_request.approved"


def test_capitals_spaces_and_lookalikes_in_the_typed_characters_do_not_matter(
    bob: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    form = request_of_alice.approval(organisation_key, bob)
    form["fingerprint"] = " - ".join(form["fingerprint"].upper().replace("O", "0").replace("B", "8"))
    assert bob.post(f"{request_of_alice.path}/approval", data=form).status_code == 303


def test_wrong_characters_are_no_approval(
    app: Flask, bob: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    form = {**request_of_alice.approval(organisation_key, bob), "fingerprint": "a" * 16}
    response = bob.post(f"{request_of_alice.path}/approval", data=form)
    assert response.status_code == 422
    assert 'data-code="wrong_fingerprint"' in response.text
    assert "don’t approve" in response.text
    assert state_of(app, request_of_alice) == "requested"


def test_an_admin_denies_with_a_reason_that_the_member_reads(app: Flask, bob: Person, request_of_alice: Asked) -> None:
    response = bob.post(f"{request_of_alice.path}/denial", data={"reason": "  I could not\nreach you. "})
    assert response.status_code == 303
    page = bob.get(request_of_alice.path).text
    assert "Denied by Bob" in page
    assert "“I could not reach you.”" in page
    with app.app_context():
        notice = Notice.shown_to(db.session.get_one(RestoreRequest, request_of_alice.id).user)[0]
        assert (notice.kind, notice.details["reason"]) == ("restore_denied", "I could not reach you.")


@pytest.mark.parametrize("reason", ["", "   ", "x" * (limits.REQUEST_REASON_CHARACTERS + 1)])
def test_a_denial_needs_a_reason_of_some_length(app: Flask, bob: Person, request_of_alice: Asked, reason: str) -> None:
    response = bob.post(f"{request_of_alice.path}/denial", data={"reason": reason})
    assert response.status_code == 422
    assert reason.strip() in response.text
    assert state_of(app, request_of_alice) == "requested"


def test_of_two_admins_one_decides_and_the_other_reads_who_did(
    bob: Person, olga: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    assert bob.post(f"{request_of_alice.path}/denial", data={"reason": "No."}).status_code == 303
    form = request_of_alice.approval(organisation_key, olga)
    late = olga.post(f"{request_of_alice.path}/approval", data=form)
    assert late.status_code == 409
    assert 'data-code="too_late"' in late.text
    assert "Denied by Bob" in late.text
    again = olga.post(f"{request_of_alice.path}/denial", data={"reason": "No."})
    assert (again.status_code, "Denied by Bob" in again.text) == (409, True)


@pytest.mark.parametrize("decision", ["approval", "denial"])
def test_nobody_decides_their_own_request(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey, decision: str
) -> None:
    enrolled(bob, here=False)
    own = waiting_request(bob, organisation_key)
    page = bob.get(own.path).text
    assert "This is your own request" in page
    assert "Ask Olga" in page
    assert "data-share-a" not in page
    data = own.approval(organisation_key, bob) if decision == "approval" else {"reason": "No."}
    assert bob.post(f"{own.path}/{decision}", data=data).status_code == 403
    assert state_of(app, own) == "requested"


def test_a_cancelled_request_is_decided_no_more(
    app: Flask, bob: Person, request_of_alice: Asked, organisation_key: ActiveKey, alice: Person
) -> None:
    form = request_of_alice.approval(organisation_key, bob)
    with app.app_context(), transaction() as session:
        session.get_one(RestoreRequest, request_of_alice.id).cancel(User.locked(alice.user_id))
    response = bob.post(f"{request_of_alice.path}/approval", data=form)
    assert (response.status_code, "The member withdrew it" in response.text) == (409, True)


@pytest.mark.parametrize("state", State)
def test_a_request_has_a_page_in_every_state(app: Flask, bob: Person, alice: Person, state: State) -> None:
    with app.app_context():
        request_id = request_row(alice, state)
        with transaction() as session:
            row = session.get_one(RestoreRequest, request_id)
            row.decided_at = row.released_at = row.ended_at = row.made_at
    page = bob.get(f"/admin/requests/{request_id}")
    assert page.status_code == 200
    assert ("Deny Request" in page.text) == (state == State.REQUESTED)
    assert ('id="decision-poll" hidden hx-get=' in page.text) == (state in OPEN)
    assert bob.get("/admin/requests").status_code == 200


def test_an_expired_request_is_decided_no_more(
    bob: Person, request_of_alice: Asked, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    clock.advance(seconds=(limits.REQUEST_LIFE - timedelta(seconds=5)).total_seconds())
    form = request_of_alice.approval(organisation_key, bob)
    clock.advance(seconds=10)
    response = bob.post(f"{request_of_alice.path}/approval", data=form)
    assert (response.status_code, "Its time ran out" in response.text) == (409, True)
    assert "Nobody is waiting" in bob.get("/admin/requests/pending").text


def test_a_deleted_backup_can_only_be_denied(
    app: Flask, bob: Person, request_of_alice: Asked, organisation_key: ActiveKey, alice: Person
) -> None:
    form = request_of_alice.approval(organisation_key, bob)
    with app.app_context(), transaction() as session:
        session.delete(session.get_one(CloudBackup, alice.backups[0].id))
    assert "The backup was deleted" in bob.get(request_of_alice.path).text
    response = bob.post(f"{request_of_alice.path}/approval", data=form)
    assert (response.status_code, 'data-code="backup_gone"' in response.text) == (422, True)
    assert bob.post(f"{request_of_alice.path}/denial", data={"reason": "It is gone."}).status_code == 303


@pytest.mark.databases
def test_all_requests_are_listed_newest_first_a_page_at_a_time(
    app: Flask, bob: Person, olga: Person, clock: MovableClock
) -> None:
    key = add_organisation_key(olga)
    member = add_person(app, bob.organisation_id, "Mia", Role.MEMBER)
    enrolled(member, here=False)
    made = []
    for _ in range(PAGE + 1):
        made.append(waiting_request(member, key))
        with app.app_context(), transaction() as session:
            session.get_one(RestoreRequest, made[-1].id).cancel(User.locked(member.user_id))
        clock.advance(seconds=1)
    page = bob.get("/admin/requests").text
    positions = [page.find(request.path) for request in reversed(made[1:])]
    assert positions == sorted(positions)
    assert -1 not in positions
    assert made[0].path not in page
    older = bob.get(f"/admin/requests?before={made[1].id}").text
    assert made[0].path in older
    assert made[1].path not in older
