"""What browsers say of the voice check: five wrong digits, another key file, a vault with no key on record."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import ActiveKey, Person, backed_up, be_at, enrolled
from tests.support.recovery.first_requests import as_first
from tests.support.recovery.requests import waiting_request
from tests.support.recovery.runs import Restoring, asked
from tests.support.vault.devices import login
from webapp.client.formats.encoding import unframe
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.flows.restore_request import State
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.undo import Undo
from webapp.models.reports.coverage import Gap, gaps_of_person, summary

OTHER = "a" * 52


@pytest.fixture
def made(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    enrolled(alice, [login("Bank")])
    return asked(alice, backed_up(alice, organisation_key))


def warned(app: Flask) -> tuple[list[str], list[str]]:
    """Which events there are, and whom a notice went to."""
    with app.app_context():
        kinds = select(Event.kind).where(
            Event.kind.in_(["restore_request.key_differs", "restore_request.check_failed"])
        )
        told = select(User.name).join(Notice, Notice.user_id == User.id).where(Notice.kind == "restore_key_warning")
        return list(db.session.scalars(kinds)), sorted(db.session.scalars(told))


def test_five_wrong_digits_stop_the_request_once_and_tell_the_owners(app: Flask, made: Restoring, olga: Person) -> None:
    for _ in range(2):
        assert made.signed("check-failure").get_json() == {"next": made.path}
    row = made.row()
    assert (row.state, row.stop_reason) == (State.STOPPED, "check")
    assert warned(app) == (["restore_request.check_failed"], ["Olga"])
    assert "whoever answered holds another recovery key" in made.client.get(made.path).text


def test_only_the_device_that_asked_says_that_its_digits_were_wrong(
    app: Flask, made: Restoring, alice: Person, charlie: Person, olga: Person
) -> None:
    assert made.signed("check-failure", device=alice.new_device()).status_code == 404
    enrolled(charlie)
    assert charlie.signed_post(f"{made.path}/check-failure").status_code == 404
    assert made.client.post(f"{made.path}/check-failure").status_code == 404
    assert made.row().state == State.REQUESTED
    assert warned(app) == ([], [])


def test_another_key_file_is_an_event_once_and_tells_every_owner(
    app: Flask, made: Restoring, bob: Person, olga: Person
) -> None:
    with app.app_context(), transaction():
        User.locked(bob.user_id).role = Role.OWNER
    for _ in range(2):
        answer = bob.post(f"/admin/requests/{made.id}/key-warning", json={"fingerprint": OTHER})
        assert (answer.status_code, answer.get_json()) == (200, {"fingerprint": OTHER})
    assert warned(app) == (["restore_request.key_differs"], ["Bob", "Olga"])
    assert made.row().state == State.REQUESTED
    assert "was shown another recovery key than the file that was opened" in bob.get(f"/admin/requests/{made.id}").text


@pytest.mark.parametrize("body", [{}, {"fingerprint": ""}, {"fingerprint": 7}, {"fingerprint": "a" * 53}])
def test_a_warning_of_nothing_is_none(app: Flask, made: Restoring, bob: Person, body: dict[str, object]) -> None:
    assert bob.post(f"/admin/requests/{made.id}/key-warning", json=body).status_code == 400
    assert warned(app) == ([], [])


def test_the_very_key_that_is_named_is_no_other(
    app: Flask, made: Restoring, bob: Person, organisation_key: ActiveKey
) -> None:
    named = {"fingerprint": organisation_key.key.public.fingerprint}
    assert bob.post(f"/admin/requests/{made.id}/key-warning", json=named).status_code == 409
    assert warned(app) == ([], [])


def test_who_may_not_decide_warns_of_nothing(app: Flask, made: Restoring, alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        assert person.post(f"/admin/requests/{made.id}/key-warning", json={"fingerprint": OTHER}).status_code == 404
    assert warned(app) == ([], [])


def test_a_request_that_is_over_is_warned_of_no_more(app: Flask, made: Restoring, bob: Person) -> None:
    bob.post(f"/admin/requests/{made.id}/denial", data={"reason": "I could not reach you."})
    assert bob.post(f"/admin/requests/{made.id}/key-warning", json={"fingerprint": OTHER}).status_code == 409
    assert warned(app) == ([], [])


def test_the_page_has_what_the_digits_are_made_of_for_who_approved_and_for_nobody_else(
    alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice, here=False)
    request = waiting_request(alice, organisation_key)
    bob.post(f"{request.path}/approval", data=request.approval(organisation_key, bob))
    assert "Show the Six Digits Again" in bob.get(request.path).text
    assert "Show the Six Digits Again" not in olga.get(request.path).text


def finish(made: Restoring, bob: Person, key: ActiveKey, **told: object) -> None:
    """Finish, saying what the new vault has on record."""
    made.approve(bob, key)
    header, file = unframe(made.finish_body(made.release()))
    assert made.signed("finish", frame({**header, **told}, file)).status_code == 200


def unconfirmed_at(app: Flask, person: Person) -> object:
    with app.app_context():
        return db.session.get_one(User, person.user_id).key_unconfirmed_at


def switch_on(person: Person, fingerprint: str) -> None:
    """As if they had, before."""
    with person.app.app_context(), transaction():
        user = User.locked(person.user_id)
        user.cloud_backups_at, user.cloud_backups_fingerprint = user.created_at, fingerprint


def test_who_finishes_without_a_key_on_record_is_named_with_since_when(
    app: Flask, made: Restoring, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    switch_on(alice, organisation_key.key.public.fingerprint)
    finish(made, bob, organisation_key, organisation_key=None)
    with app.app_context():
        user = db.session.get_one(User, alice.user_id)
        assert user.key_unconfirmed_at
        [named] = summary(user.organisation_id).unconfirmed
        assert (named.name, named.since) == ("Alice", user.key_unconfirmed_at)
        assert Gap.KEY_UNCONFIRMED in gaps_of_person(user)
        assert "cloud_backups.unconfirmed" in db.session.scalars(select(Event.kind)).all()
    overview = bob.get("/admin/").text
    assert "Recovered without comparing the recovery key" in overview
    be_at(alice, made.device, made.client)
    assert made.client.get("/organisation/key").get_json()["enrolled"] is False
    assert "Compare the recovery key" in made.client.get("/backups").text


def test_enrolling_with_the_compared_key_ends_it(
    app: Flask, made: Restoring, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    fingerprint = organisation_key.key.public.fingerprint
    switch_on(alice, fingerprint)
    finish(made, bob, organisation_key, organisation_key=None)
    path = "/backups/enrolment"
    answer = alice.signed_post(path, {"fingerprint": fingerprint}, device=made.device, client=made.client)
    assert (answer.status_code, unconfirmed_at(app, alice)) == (200, None)
    assert made.client.get("/organisation/key").get_json()["enrolled"] is True


@pytest.mark.parametrize("told", [{"organisation_key": OTHER}, {}])
def test_with_a_key_on_record_or_nothing_said_nobody_is_named(
    app: Flask, made: Restoring, alice: Person, bob: Person, organisation_key: ActiveKey, told: dict[str, str]
) -> None:
    switch_on(alice, organisation_key.key.public.fingerprint)
    finish(made, bob, organisation_key, **told)
    assert unconfirmed_at(app, alice) is None


def test_who_never_switched_cloud_backups_on_is_not_named(
    app: Flask, made: Restoring, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    with app.app_context(), transaction():
        User.locked(alice.user_id).cloud_backups_at = None
    finish(made, bob, organisation_key, organisation_key=None)
    assert unconfirmed_at(app, alice) is None


@pytest.mark.parametrize("told", [7, "", "a" * 53, []])
def test_what_is_no_fingerprint_finishes_nothing(
    made: Restoring, bob: Person, organisation_key: ActiveKey, told: object
) -> None:
    made.approve(bob, organisation_key)
    header, file = unframe(made.finish_body(made.release()))
    assert made.signed("finish", frame({**header, "organisation_key": told}, file)).status_code == 400


def test_undo_brings_back_whether_the_key_was_compared(
    app: Flask, made: Restoring, alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    switch_on(alice, organisation_key.key.public.fingerprint)
    finish(made, bob, organisation_key, organisation_key=None)
    with app.app_context(), transaction():
        user = User.locked(alice.user_id)
        undo = Undo.open_of(user)
        assert undo
        undo.undo(user)
    assert unconfirmed_at(app, alice) is None


def test_a_request_of_version_1_that_was_open_at_the_upgrade_is_still_approved(
    app: Flask, made: Restoring, bob: Person, organisation_key: ActiveKey
) -> None:
    first = as_first(made.request, made.device.seed)
    with app.app_context(), transaction() as session:
        row = session.get_one(RestoreRequest, made.id)
        row.exact, row.signature = first.exact, first.signature
    made.request = first
    assert "data-request" in bob.get(f"/admin/requests/{made.id}").text
    made.approve(bob, organisation_key)
    assert made.finish().status_code == 200
