"""Disabling, enabling, roles and sessions: who may, what it ends, what it keeps, and who is told."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pairing.rows import pairing_row
from tests.support.people.people import ActiveKey, be_at, enrolled
from tests.support.people.person import Person, add_person
from tests.support.recovery.requests import waiting_request
from webapp.database import db, transaction
from webapp.flows.pairing import State as PairingState
from webapp.flows.restore_request import State
from webapp.models.accounts.admin_unpairing import unpair_devices
from webapp.models.accounts.membership import NotChanged, change_role, disable, enable, end_sessions
from webapp.models.approval.conflict_mark import ConflictMark
from webapp.models.devices.device import Device
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import Notice
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey

pytestmark = pytest.mark.databases
Verb = Callable[[User, User], object]


def do(work: Verb, person: Person, by: Person) -> str:
    """The code of why not, or ""."""
    with person.app.app_context():
        try:
            with transaction() as session:
                work(User.locked(person.user_id), session.get_one(User, by.user_id))
        except NotChanged as error:
            return error.code
        finally:
            db.session.remove()
    return ""


def to(role: Role) -> Verb:
    return lambda person, by: change_role(person, by, role)


def told(person: Person) -> list[str]:
    with person.app.app_context():
        query = select(Notice.kind).where(Notice.user_id == person.user_id, Notice.kind != "new_sign_in")
        return sorted(db.session.scalars(query))


def last_event(app: Flask) -> tuple[str, str | None, str | None]:
    with app.app_context():
        event = db.session.scalars(select(Event).order_by(Event.id.desc()).limit(1)).one()
        return event.kind, event.actor_id, event.subject_id


def test_disabling_ends_what_runs_and_keeps_what_there_is(
    app: Flask, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey
) -> None:
    request = waiting_request(alice, organisation_key)
    be_at(alice, alice.device)
    with app.app_context():
        pairing = pairing_row(alice)
        with transaction() as session:
            link = Link.make(session.get_one(User, alice.user_id), Purpose.PASSWORD).id
    assert do(disable, alice, bob) == ""
    with app.app_context():
        user = db.session.get_one(User, alice.user_id)
        asked = db.session.get_one(RestoreRequest, request.id)
        assert (asked.state, asked.stop_reason) == (State.STOPPED, "disabled")
        assert db.session.get_one(Pairing, pairing).state == PairingState.STOPPED
        assert SignIn.alive_of(user) == []
        assert not TabKey.any_of(alice.sign_in_id())
        assert not db.session.get_one(Link, link).is_open
        assert [device.state for device in Device.of(alice.user_id)] == ["active"]
        assert ConflictMark.of(alice.user_id) == []
    assert last_event(app) == ("user.disabled", bob.user_id, alice.user_id)
    assert "account_disabled" in told(alice)
    assert "account_changed_admin" in told(olga)
    assert "account_changed_admin" not in told(bob)
    answer = app.test_client().post("/sign-in", data={"email": alice.email, "password": alice.password})
    assert answer.status_code == 422
    assert do(disable, alice, bob) == ""
    assert told(alice).count("account_disabled") == 1
    assert do(enable, alice, bob) == ""
    assert alice.another_browser().get("/settings").status_code in (200, 303)
    assert last_event(app)[0] == "user.signed_in"


@pytest.mark.parametrize("work", [disable, enable, end_sessions])
def test_admins_manage_members_and_only_owners_manage_admins(
    app: Flask, alice: Person, bob: Person, olga: Person, work: Verb
) -> None:
    carl = add_person(app, bob.organisation_id, "Carl", Role.ADMIN)
    assert do(work, alice, bob) == ""
    assert do(work, carl, bob) == "manage_admin"
    assert do(work, olga, bob) == "manage_admin"
    assert do(work, carl, olga) == ""
    assert do(work, olga, olga) == "manage_self"
    assert do(work, bob, alice) == "manage_no_more"


def test_only_owners_give_roles(app: Flask, alice: Person, bob: Person, olga: Person) -> None:
    for role in Role:
        assert do(to(role), alice, bob) == "role_owner"
    assert do(to(Role.ADMIN), bob, bob) == "role_owner"
    for role in (Role.ADMIN, Role.OWNER, Role.MEMBER):
        assert do(to(role), alice, olga) == ""
        assert last_event(app) == ("user.role_changed", olga.user_id, alice.user_id)
    assert told(alice) == ["role_changed"] * 3
    assert told(bob) == ["account_changed_admin"] * 3
    assert do(to(Role.MEMBER), alice, olga) == ""
    assert told(alice) == ["role_changed"] * 3
    assert do(disable, alice, olga) == ""
    assert do(to(Role.ADMIN), alice, olga) == "role_disabled"


def test_the_last_owner_stays_one(app: Flask, alice: Person, olga: Person) -> None:
    assert do(to(Role.MEMBER), olga, olga) == "last_owner"
    assert do(to(Role.OWNER), alice, olga) == ""
    assert do(to(Role.ADMIN), olga, olga) == ""
    assert do(to(Role.ADMIN), olga, alice) == ""
    assert do(disable, olga, alice) == ""
    assert do(to(Role.ADMIN), alice, alice) == "last_owner"


def test_signing_out_ends_sessions_and_nothing_else(app: Flask, alice: Person, bob: Person) -> None:
    enrolled(alice)
    alice.another_browser()
    assert do(end_sessions, alice, bob) == ""
    assert alice.get("/settings").status_code == 303
    with app.app_context():
        assert [device.state for device in Device.of(alice.user_id)] == ["active"]
        assert ConflictMark.of(alice.user_id) == []
        assert not TabKey.any_of(alice.sign_in_id())
    assert last_event(app) == ("user.signed_out_by_admin", bob.user_id, alice.user_id)
    assert "signed_out_by_admin" in told(alice)
    assert do(end_sessions, alice, bob) == ""
    assert told(alice).count("signed_out_by_admin") == 1


def test_devices_that_an_admin_takes_come_back_by_nobody_and_mark_the_admin(
    app: Flask, alice: Person, bob: Person, olga: Person
) -> None:
    device = enrolled(alice)

    def take(person: User, by: User) -> None:
        unpair_devices(person, by, {device.id, "0" * 32})

    with app.app_context():
        pairing = pairing_row(alice)
    assert do(take, alice, alice) == "manage_no_more"
    assert do(take, alice, bob) == ""
    with app.app_context():
        row = db.session.get_one(Device, device.id)
        assert (row.state, row.unpaired_by, row.share_until is not None) == ("unpaired", None, True)
        assert [(mark.admin_id, mark.kind) for mark in ConflictMark.of(alice.user_id)] == [
            (bob.user_id, "unpaired_devices")
        ]
        assert db.session.get_one(Pairing, pairing).state == PairingState.STOPPED
    assert alice.get("/settings").status_code == 303
    assert "devices_taken" in told(alice)
    assert "account_changed_admin" in told(olga)
    assert do(take, alice, bob) == "no_device_chosen"


def test_nobodys_devices_are_taken_by_naming_them_under_another(app: Flask, alice: Person, bob: Person) -> None:
    device = enrolled(alice)
    charlie = add_person(app, bob.organisation_id, "Charlie")
    assert do(lambda person, by: unpair_devices(person, by, {device.id}), charlie, bob) == "no_device_chosen"
    with app.app_context():
        assert db.session.get_one(Device, device.id).state == "active"
