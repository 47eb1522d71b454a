"""Who decides: not an admin who had a hand in the member’s sign-in, as long as there is another one."""

from datetime import timedelta

import pytest
from flask import Flask

from tests.support.people.marks import disable, mark
from tests.support.people.people import ActiveKey, enrolled
from tests.support.people.person import Person, add_person
from tests.support.recovery.requests import Asked, as_form, waiting_request
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.client.formats.encoding import moment
from webapp.client.recovery import approvals
from webapp.database import db, transaction
from webapp.models.approval.conflict_mark import ConflictKind
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest

LONG = limits.REQUEST_LIFE + timedelta(hours=limits.APPROVAL_WAIT_HOURS[1]) + limits.APPROVAL_LIFE
"""How long an approval that waits is signed for."""


@pytest.fixture
def request_of_alice(alice: Person, organisation_key: ActiveKey) -> Asked:
    return waiting_request(alice, organisation_key)


def approve(asked: Asked, key: ActiveKey, by: Person, life: timedelta = LONG) -> tuple[int, str]:
    """Post what the admin’s browser seals, signed for that long."""
    approver = approvals.Approver(by.app.config["ORIGIN"], by.user_id, moment(life))
    made = approvals.approve(asked.request, asked.share_a, key.key, approver, asked.device.account)
    answer = by.post(f"{asked.path}/approval", data=as_form(made, asked.request.fingerprint))
    return answer.status_code, answer.text


def row_of(app: Flask, asked: Asked) -> RestoreRequest:
    with app.app_context():
        return db.session.get_one(RestoreRequest, asked.id)


def test_who_had_a_hand_in_the_sign_in_reads_why_and_who_decides(
    bob: Person, olga: Person, alice: Person, request_of_alice: Asked
) -> None:
    mark(bob, alice, ConflictKind.RESET_PASSWORD)
    page = bob.get(request_of_alice.path).text
    assert "Another admin has to approve this" in page
    assert "You reset the password of Alice on" in page
    assert "Ask Olga to decide it." in page
    assert "<approve-request" not in page
    assert "data-share-a" not in page
    assert "Deny Request" in page
    assert "<approve-request" in olga.get(request_of_alice.path).text


@pytest.mark.databases
def test_their_approval_is_refused_and_another_admins_counts_at_once(
    app: Flask, bob: Person, olga: Person, alice: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    mark(bob, alice, ConflictKind.HELD_LINK)
    for life in (LONG, limits.APPROVAL_LIFE):
        status, text = approve(request_of_alice, organisation_key, bob, life)
        assert (status, 'data-code="marked_request"' in text) == (403, True)
    assert row_of(app, request_of_alice).state == "requested"
    assert approve(request_of_alice, organisation_key, olga, limits.APPROVAL_LIFE)[0] == 303
    assert row_of(app, request_of_alice).is_usable


def test_they_may_still_deny_it(app: Flask, bob: Person, alice: Person, request_of_alice: Asked) -> None:
    mark(bob, alice)
    assert bob.post(f"{request_of_alice.path}/denial", data={"reason": "I don’t know her."}).status_code == 303
    assert row_of(app, request_of_alice).state == "denied"


def test_after_thirty_days_the_deed_no_longer_counts(
    bob: Person, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    mark(bob, alice)
    clock.advance(seconds=limits.MARK_LIFE.total_seconds() + 1)
    asked = waiting_request(alice, organisation_key)
    assert approve(asked, organisation_key, bob, limits.APPROVAL_LIFE)[0] == 303


def test_where_everybody_had_a_hand_in_it_the_page_says_so(
    bob: Person, olga: Person, alice: Person, request_of_alice: Asked
) -> None:
    mark(bob, alice)
    mark(olga, alice)
    assert "nobody can approve it now" in bob.get(request_of_alice.path).text


@pytest.mark.databases
def test_the_only_admin_left_approves_and_it_counts_after_the_wait(
    app: Flask,
    bob: Person,
    olga: Person,
    alice: Person,
    request_of_alice: Asked,
    organisation_key: ActiveKey,
    clock: MovableClock,
) -> None:
    mark(bob, alice, ConflictKind.RESET_PASSWORD)
    disable(olga)
    page = bob.get(request_of_alice.path).text
    assert "Your approval counts after a wait" in page
    assert "counts 24 hours after the notice of it has arrived at Alice" in page
    assert "<approve-request" in page
    assert approve(request_of_alice, organisation_key, bob)[0] == 303
    row = row_of(app, request_of_alice)
    assert (row.state, row.is_usable) == ("approved", False)
    outcome = bob.get(request_of_alice.path).text
    assert "It counts after the wait" in outcome
    assert "so it counts from" in outcome
    clock.advance(hours=24, seconds=1)
    assert row_of(app, request_of_alice).is_usable
    assert "The member’s browser fetches the backup now" in bob.get(f"{request_of_alice.path}/decision").text


def test_what_is_signed_outlives_the_wait(
    app: Flask, bob: Person, olga: Person, alice: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    """A page from before the other admin left would sign for less than the wait may take, and so approve nothing."""
    mark(bob, alice)
    disable(olga)
    assert f'data-expires-at="{moment(LONG)[:13]}' in bob.get(request_of_alice.path).text
    for life in (limits.APPROVAL_LIFE, LONG - limits.APPROVAL_LIFE, LONG + timedelta(hours=1)):
        status, text = approve(request_of_alice, organisation_key, bob, life)
        assert (status, 'data-code="wrong_approval"' in text) == (422, True)
    assert row_of(app, request_of_alice).state == "requested"
    assert approve(request_of_alice, organisation_key, bob, LONG - timedelta(hours=12))[0] == 303


def test_an_approval_that_counts_at_once_is_not_signed_for_longer(
    app: Flask, bob: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    assert approve(request_of_alice, organisation_key, bob)[0] == 422
    assert row_of(app, request_of_alice).state == "requested"


def test_the_longer_of_two_waits_is_the_one_signed_for(
    app: Flask, bob: Person, olga: Person, alice: Person, request_of_alice: Asked
) -> None:
    mark(bob, alice)
    disable(olga)
    with app.app_context(), transaction():
        Organisation.locked(bob.organisation_id).approval_wait_hours = 1
    assert "counts 24 hours after" in bob.get(request_of_alice.path).text
    with app.app_context(), transaction():
        Organisation.locked(bob.organisation_id).approval_wait_hours = 48
    assert "counts 48 hours after" in bob.get(request_of_alice.path).text


@pytest.mark.databases
def test_an_admin_without_any_other_approves_their_own_after_the_wait(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    enrolled(bob, here=False)
    own = waiting_request(bob, organisation_key)
    disable(olga)
    page = bob.get(own.path).text
    assert "No other admin is there to decide your request." in page
    assert "<approve-request" in page
    assert "Deny Request" not in page
    assert bob.post(f"{own.path}/denial", data={"reason": "No."}).status_code == 403
    assert approve(own, organisation_key, bob)[0] == 303
    row = row_of(app, own)
    assert (row.state, row.is_usable) == ("approved", False)


def test_their_own_is_not_theirs_while_there_is_another(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    enrolled(bob, here=False)
    own = waiting_request(bob, organisation_key)
    mark(olga, bob)
    assert "Ask Olga to decide it." in bob.get(own.path).text  # after the wait: nobody else could
    mark(add_person(app, bob.organisation_id, "Anna", Role.ADMIN), bob)
    assert "Every other admin had a hand in your sign-in lately" in bob.get(own.path).text
    status, text = approve(own, organisation_key, bob)
    assert (status, 'data-code="own_request"' in text) == (403, True)
    assert row_of(app, own).state == "requested"


class TestWithMail:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"SMTP_URL": "smtp://mail.example.org:587", "MAIL_FROM": "keys@example.org"}

    def test_the_wait_begins_when_the_notice_has_arrived(
        self,
        app: Flask,
        bob: Person,
        olga: Person,
        alice: Person,
        request_of_alice: Asked,
        organisation_key: ActiveKey,
        clock: MovableClock,
    ) -> None:
        mark(bob, alice)
        disable(olga)
        assert approve(request_of_alice, organisation_key, bob)[0] == 303
        assert "The wait begins when their notice has arrived" in bob.get(request_of_alice.path).text
        clock.advance(days=2)
        assert not row_of(app, request_of_alice).is_usable
        with app.app_context(), transaction():
            RestoreRequest.notice_arrived(db.session.get_one(RestoreRequest, request_of_alice.id).waits_for or "")
        assert "so it counts from" in bob.get(request_of_alice.path).text
        with app.app_context():
            asked = db.session.get_one(RestoreRequest, request_of_alice.id)
            assert "restore_approved_waiting" in [notice.kind for notice in Notice.shown_to(asked.user)]

    def test_whether_the_mail_is_confirmed_is_a_fact_and_a_badge(
        self, app: Flask, bob: Person, request_of_alice: Asked, clock: MovableClock
    ) -> None:
        lists = ("/admin/requests", "/admin/requests/pending", "/admin/")
        for path in (request_of_alice.path, *lists):
            assert "Mail not confirmed" in bob.get(path).text, path
        with app.app_context(), transaction() as session:
            session.get_one(RestoreRequest, request_of_alice.id).mail_confirmed_at = clock.now()
        for path in (request_of_alice.path, *lists):
            assert "Mail not confirmed" not in bob.get(path).text, path
        assert "Confirmed on" in bob.get(request_of_alice.path).text


def test_without_mail_nothing_is_said_about_it(bob: Person, request_of_alice: Asked) -> None:
    for path in (request_of_alice.path, "/admin/requests", "/admin/requests/pending"):
        assert "Mail not confirmed" not in bob.get(path).text
