"""Who may approve, and the wait where no other admin could have."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, backed_up
from tests.support.recovery.runs import Restoring, asked, request_row
from tests.support.run.clock import MovableClock
from tests.support.servers.mail_server import Away, Taking
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import NotYours, State
from webapp.models.approval.approvers import ApprovalStanding, approval_standing
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import ApprovalWaits, RestoreRequest
from webapp.ops import mail_delivery


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SMTP_URL": "smtp+plain://localhost:2525", "MAIL_FROM": "keys@example.org"}


def mark(admin: Person, member: Person) -> None:
    with admin.app.app_context(), transaction() as session:
        ConflictMark.put(
            session.get_one(User, admin.user_id), session.get_one(User, member.user_id), ConflictKind.RESET_PASSWORD
        )


def disable(person: Person) -> None:
    with person.app.app_context(), transaction() as session:
        session.get_one(User, person.user_id).disabled_at = now()


def stands(admin: Person, member: Person) -> ApprovalStanding:
    with admin.app.app_context():
        return approval_standing(db.session.get_one(User, admin.user_id), member.user_id)


def approve(request_id: str, by: Person) -> None:
    with by.app.app_context(), transaction() as session:
        row = session.get_one(RestoreRequest, request_id)
        User.locked(row.user_id)
        admin = session.get_one(User, by.user_id)
        waits = approval_standing(admin, row.user_id) == ApprovalStanding.WAITS
        row.approve(admin, "approval", b"signature", b"wrapped", waits=waits)


def release(request_id: str, by: Person) -> None:
    with by.app.app_context(), transaction() as session:
        row = session.get_one(RestoreRequest, request_id)
        row.release(User.locked(row.user_id))


def row(app: Flask, request_id: str) -> RestoreRequest:
    with app.app_context():
        return db.session.get_one(RestoreRequest, request_id)


def arrive(app: Flask, kind: str) -> None:
    """The mail server takes the mail, as the worker notes it."""
    with app.app_context(), transaction() as session:
        notice = session.scalars(select(Notice).where(Notice.kind == kind)).one()
        notice.mailed_at = now()
        RestoreRequest.notice_arrived(notice.id)


def test_an_unmarked_admin_is_free_and_a_marked_one_is_not_for_thirty_days(
    alice: Person, bob: Person, charlie: Person, olga: Person, clock: MovableClock
) -> None:
    assert stands(bob, alice) == ApprovalStanding.FREE
    mark(bob, alice)
    assert (stands(bob, alice), stands(bob, charlie), stands(olga, alice)) == (
        ApprovalStanding.MARKED,
        ApprovalStanding.FREE,
        ApprovalStanding.FREE,
    )
    clock.advance(days=30, seconds=1)
    assert stands(bob, alice) == ApprovalStanding.FREE


def test_a_marked_admin_waits_only_where_no_other_is_enabled(alice: Person, bob: Person, olga: Person) -> None:
    mark(bob, alice)
    disable(olga)
    assert stands(bob, alice) == ApprovalStanding.WAITS


def test_the_member_is_no_other_admin_about_themself(bob: Person, olga: Person) -> None:
    mark(olga, bob)
    assert stands(olga, bob) == ApprovalStanding.WAITS
    assert stands(bob, bob) == ApprovalStanding.OWN


def test_ones_own_request_takes_another_admin_where_there_is_one(bob: Person, olga: Person) -> None:
    assert stands(olga, olga) == ApprovalStanding.OWN
    disable(bob)
    assert stands(olga, olga) == ApprovalStanding.WAITS


def test_an_approval_of_a_marked_admin_is_refused_and_a_denial_is_not(
    app: Flask, alice: Person, bob: Person, olga: Person
) -> None:
    with app.app_context():
        request_id = request_row(alice, ask=True)
    mark(bob, alice)
    with pytest.raises(NotYours):
        approve(request_id, bob)
    assert row(app, request_id).state == State.REQUESTED
    approve(request_id, olga)
    assert row(app, request_id).is_usable


def test_a_lone_admins_approval_counts_a_day_after_the_mail_was_taken(
    app: Flask, alice: Person, olga: Person, clock: MovableClock
) -> None:
    with app.app_context():
        request_id = request_row(alice, ask=True)
    mark(olga, alice)
    approve(request_id, olga)
    clock.advance(days=3)  # the mail server is down
    with pytest.raises(ApprovalWaits):
        release(request_id, alice)
    assert row(app, request_id).usable_at is None
    arrive(app, "restore_approved_waiting")
    found = row(app, request_id)
    assert found.usable_at
    assert found.expires_at - found.usable_at == limits.APPROVAL_LIFE
    clock.advance(hours=23, minutes=59)
    with pytest.raises(ApprovalWaits):
        release(request_id, alice)
    clock.advance(minutes=2)
    release(request_id, alice)
    assert row(app, request_id).state == State.RELEASED


def test_the_wait_begins_once(app: Flask, alice: Person, olga: Person, clock: MovableClock) -> None:
    with app.app_context():
        request_id = request_row(alice, ask=True)
    mark(olga, alice)
    approve(request_id, olga)
    arrive(app, "restore_approved_waiting")
    first = row(app, request_id).usable_at
    clock.advance(hours=5)
    arrive(app, "restore_approved_waiting")
    assert row(app, request_id).usable_at == first


def test_a_shorter_wait_set_meanwhile_changes_nothing_for_an_open_request(
    app: Flask, alice: Person, olga: Person
) -> None:
    with app.app_context():
        request_id = request_row(alice, ask=True)
    mark(olga, alice)
    with app.app_context(), transaction() as session:
        session.get_one(Organisation, alice.organisation_id).approval_wait_hours = 1
    approve(request_id, olga)
    assert row(app, request_id).wait_hours == 24


def test_an_unread_approval_does_not_live_for_ever(
    app: Flask, alice: Person, olga: Person, clock: MovableClock
) -> None:
    with app.app_context():
        request_id = request_row(alice, ask=True)
    mark(olga, alice)
    approve(request_id, olga)
    clock.advance(days=7, seconds=1)
    with app.app_context():
        found = RestoreRequest.by_id(request_id)
        assert found
        assert found.state == State.EXPIRED


def test_the_browser_that_waits_is_told_until_when_and_gets_nothing_before(
    app: Flask, alice: Person, olga: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    made: Restoring = asked(alice, backed_up(alice, organisation_key))
    mark(olga, alice)
    made.approve(olga, organisation_key)
    refused = made.signed("release")
    assert (refused.status_code, refused.json) == (409, {"error": "approval_waits"})
    page = made.client.get(made.path)
    assert "24 hours after the notice" in page.text
    arrive(app, "restore_approved_waiting")
    assert "so it counts from" in made.client.get(made.path).text
    status = f"{made.path}/status?version={made.row().version}&pace=5"
    clock.advance(hours=24, seconds=1)
    assert "Create a New PIN" in made.client.get(status, headers={"HX-Request": "true"}).text
    assert made.finish().status_code == 200


def test_where_no_mail_is_set_up_the_wait_begins_at_once(
    app: Flask, alice: Person, olga: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SMTP", None)
    with app.app_context():
        request_id = request_row(alice, ask=True)
    mark(olga, alice)
    approve(request_id, olga)
    found = row(app, request_id)
    assert found.usable_at
    assert timedelta(hours=23) < found.usable_at - now() <= timedelta(hours=24)


def test_the_worker_begins_the_wait_when_the_mail_is_taken(
    app: Flask, alice: Person, olga: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        request_id = request_row(alice, ask=True)
    mark(olga, alice)
    approve(request_id, olga)

    monkeypatch.setattr(mail_delivery, "Conversation", Away())
    with app.app_context():
        mail_delivery.deliver_due()
    assert row(app, request_id).usable_at is None
    with app.app_context(), transaction() as session:
        for notice in session.scalars(select(Notice)):
            notice.next_try_at = now()
    monkeypatch.setattr(mail_delivery, "Conversation", Taking())
    with app.app_context():
        mail_delivery.deliver_due()
    assert row(app, request_id).usable_at


def test_only_admins_of_the_organisation_are_counted(alice: Person, bob: Person, olga: Person) -> None:
    with alice.app.app_context(), transaction() as session:
        session.get_one(User, bob.user_id).role = Role.MEMBER
    mark(olga, alice)
    assert stands(olga, alice) == ApprovalStanding.WAITS
