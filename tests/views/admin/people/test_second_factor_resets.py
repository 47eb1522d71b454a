"""Resetting a member’s second factor, and the policy: who may, what it ends, who is told, who is marked."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.people.factors import with_second_factor
from tests.support.people.people import ActiveKey, Person, add_person, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.servers.races import race, won
from tests.views.account.test_second_factors import is_on, told
from webapp.database import db, transaction
from webapp.models.accounts.second_factor_reset import reset_factor, reset_factor_by_operator
from webapp.models.approval.approvers import ApprovalStanding, approval_standing
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.devices.device import Device
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.signin.second_factor import SecondFactor

WHY = "Her phone fell into the lake, and I talked to her."


def path(person: Person) -> str:
    return f"/admin/users/{person.user_id}/second-factor-reset"


def reset(by: Person, person: Person, reason: str = WHY) -> int:
    return by.post(path(person), data={"reason": reason}).status_code


def test_an_admin_resets_it_and_says_why(
    app: Flask, client: FlaskClient, alice: Person, bob: Person, olga: Person
) -> None:
    device = enrolled(alice)
    factor = with_second_factor(alice)
    assert "Reset Second Factor" in bob.get(f"/admin/users/{alice.user_id}").text
    assert "For 30 days you can’t approve a request of Alice; Olga can." in bob.get(path(alice)).text
    assert reset(bob, alice) == 303
    assert not is_on(alice)
    assert alice.get("/sessions").status_code == 303, "every session ended"
    assert client.post("/sign-in", data={"email": alice.email, "password": alice.password}).location != "/sign-in/code"
    assert factor.one_time_codes
    assert told(alice)[-2:] == ["second_factor_reset", "new_sign_in"]
    assert (told(olga), told(bob)) == (["second_factor_reset_admin"], [])
    with app.app_context():
        assert db.session.get_one(Device, device.id).is_active, "devices stay as they are"
        notice = db.session.scalars(select(Notice).where(Notice.kind == "second_factor_reset")).one()
        assert (notice.details["admin"], notice.details["reason"], "veto" in notice.details) == ("Bob", WHY, True)
        event = db.session.scalars(select(Event).where(Event.kind == "second_factor.reset")).one()
        assert (event.actor_id, event.subject_id) == (bob.user_id, alice.user_id)
    assert f"Bob reset the second factor of Alice: “{WHY}”" in bob.get("/admin/activity").text


def test_whoever_reset_it_cant_approve_that_members_request(
    app: Flask, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    waiting_request(alice, organisation_key)
    with_second_factor(alice)
    assert reset(bob, alice) == 303
    with app.app_context():
        mark = ConflictMark.newest(bob.user_id, alice.user_id)
        assert mark
        assert mark.kind == ConflictKind.RESET_SECOND_FACTOR
        admins = [db.session.get_one(User, person.user_id) for person in (bob, olga)]
        assert [approval_standing(admin, alice.user_id) for admin in admins] == [
            ApprovalStanding.MARKED,
            ApprovalStanding.FREE,
        ]
    assert "reset the second factor of Alice on" in bob.get(f"/admin/users/{alice.user_id}").text


@pytest.mark.parametrize(("reason", "code"), [("", "reset_reason_missing"), ("  ", "reset_reason_missing")])
def test_it_takes_a_reason(alice: Person, bob: Person, reason: str, code: str) -> None:
    with_second_factor(alice)
    answer = bob.post(path(alice), data={"reason": reason})
    assert (answer.status_code, "Write down why" in answer.text) == (422, True), code
    assert is_on(alice)


def test_a_long_reason_comes_back_as_it_was(alice: Person, bob: Person) -> None:
    with_second_factor(alice)
    answer = bob.post(path(alice), data={"reason": "x" * 501})
    assert (answer.status_code, "x" * 501 in answer.text) == (422, True)
    assert is_on(alice)


def test_nobody_resets_their_own(bob: Person, olga: Person) -> None:
    for admin in (bob, olga):
        with_second_factor(admin)
        answer = admin.post(path(admin), data={"reason": WHY})
        assert (answer.status_code, 'data-code="factor_self"' in answer.text) == (409, True)
        assert is_on(admin)


def test_only_owners_reset_that_of_an_admin(app: Flask, organisation: str, bob: Person, olga: Person) -> None:
    dana = add_person(app, organisation, "Dana", Role.ADMIN)
    with_second_factor(dana)
    with_second_factor(olga)
    for person in (dana, olga):
        answer = bob.post(path(person), data={"reason": WHY})
        assert (answer.status_code, 'data-code="factor_admin"' in answer.text) == (409, True)
    assert reset(olga, dana) == 303
    assert (is_on(dana), is_on(olga)) == (False, True)


def test_members_reset_nobodys(alice: Person, charlie: Person) -> None:
    with_second_factor(alice)
    assert (charlie.get(path(alice)).status_code, reset(charlie, alice), reset(alice, alice)) == (404, 404, 404)
    assert is_on(alice)


def test_where_none_is_on_there_is_nothing_to_reset(alice: Person, bob: Person) -> None:
    answer = bob.post(path(alice), data={"reason": WHY})
    assert (answer.status_code, 'data-code="factor_off"' in answer.text) == (409, True)
    assert "No second factor is on" in bob.get(f"/admin/users/{alice.user_id}").text
    with bob.app.app_context():
        assert ConflictMark.newest(bob.user_id, alice.user_id) is None


@pytest.mark.databases
def test_of_two_admins_at_once_one_resets_it_and_is_marked(
    app: Flask, alice: Person, bob: Person, olga: Person
) -> None:
    with_second_factor(alice)

    def by(admin: Person) -> None:
        with transaction() as session:
            reset_factor(User.locked(alice.user_id), session.get_one(User, admin.user_id), WHY)

    assert won(race(app, lambda: by(bob), lambda: by(olga))) == 1
    with app.app_context():
        assert len(ConflictMark.of(alice.user_id)) == 1


def test_the_operator_resets_an_owners(app: Flask, olga: Person, bob: Person) -> None:
    with_second_factor(olga)
    runner = app.test_cli_runner()
    done = runner.invoke(args=["reset-second-factor", olga.email])
    assert (done.exit_code, "is off, and every session is ended" in done.output) == (0, True), done.output
    assert not is_on(olga)
    assert told(bob) == ["second_factor_reset_admin"]
    again = runner.invoke(args=["reset-second-factor", olga.email])
    assert (again.exit_code, "has no second factor" in again.output) == (1, True)
    with app.app_context(), transaction(), pytest.raises(Exception, match="factor_off"):
        reset_factor_by_operator(User.locked(olga.user_id))


def policy(person: Person) -> str:
    with person.app.app_context():
        return db.session.get_one(Organisation, person.organisation_id).second_factor_policy


def test_an_owner_decides_who_needs_one_and_the_other_admins_are_told(bob: Person, olga: Person) -> None:
    with_second_factor(olga)
    answer = olga.post("/admin/second-factor-policy", data={"policy": "everyone"})
    assert (answer.status_code, answer.location, policy(olga)) == (303, "/admin/settings", "everyone")
    assert (told(bob), "second_factor_policy" in told(olga)) == (["second_factor_policy"], False)
    assert "from nobody to everyone" in olga.get("/admin/activity").text
    assert "1 person has it on" in olga.get("/admin/settings").text
    assert olga.post("/admin/second-factor-policy", data={"policy": "everyone"}).status_code == 303
    assert told(bob) == ["second_factor_policy"], "the same again is no news"


def test_admins_see_it_and_change_nothing(bob: Person, olga: Person) -> None:
    assert "Required for nobody" in bob.get("/admin/settings").text
    answer = bob.post("/admin/second-factor-policy", data={"policy": "admins"})
    assert (answer.status_code, 'data-code="factor_policy_owner"' in answer.text) == (403, True)
    assert policy(olga) == "nobody"


@pytest.mark.parametrize("typed", ["", "all", "EVERYONE"])
def test_what_is_no_policy_is_none(olga: Person, typed: str) -> None:
    assert olga.post("/admin/second-factor-policy", data={"policy": typed}).status_code == 422
    assert policy(olga) == "nobody"


def test_members_decide_nothing(alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        assert person.post("/admin/second-factor-policy", data={"policy": "admins"}).status_code == 404
    with alice.app.app_context():
        assert SecondFactor.those_of(alice.organisation_id) == set()
