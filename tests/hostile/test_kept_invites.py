"""Somebody who loses the Admin Portal comes back with an invite that they made before; and makes a second admin of
themself with one."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.invitations import PASSWORD
from tests.support.people.people import Person
from tests.support.people.person import add_person
from tests.support.servers.races import race
from webapp.database import db, transaction
from webapp.models.accounts.invite import Invite
from webapp.models.accounts.membership import change_role, disable
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.ops import mail
from webapp.views.admin.people import users

pytestmark = pytest.mark.databases
Verb = Callable[[User, User], object]


def to(role: Role) -> Verb:
    return lambda person, by: change_role(person, by, role)


def joining(app: Flask, link: str) -> Callable[[], int]:
    return lambda: join(app, link)


def do(work: Verb, person: Person, by: Person) -> None:
    with transaction() as session:
        work(User.locked(person.user_id), session.get_one(User, by.user_id))


def invited_by(maker: Person, role: Role) -> str:
    """The link to an account of that role."""
    with maker.app.app_context(), transaction() as session:
        by = session.get_one(User, maker.user_id)
        organisation = session.get_one(Organisation, maker.organisation_id)
        return f"/join/{Invite.make(organisation, f'{role}@example.org', 'Eve', role, by)[1]}"


def join(app: Flask, link: str) -> int:
    return app.test_client().post(link, data={"name": "Eve", "password": PASSWORD}).status_code


@pytest.fixture
def otto(app: Flask, organisation: str) -> Person:
    """Another owner, whom olga trusts no longer."""
    return add_person(app, organisation, "Otto", Role.OWNER)


@pytest.mark.parametrize(
    ("work", "kept"),
    [
        (disable, set()),
        (to(Role.MEMBER), set()),
        (to(Role.ADMIN), {Role.MEMBER}),
    ],
)
def test_whoever_loses_a_right_has_no_link_left_that_gives_it_back(
    app: Flask, otto: Person, olga: Person, work: Verb, kept: set[Role]
) -> None:
    links = {role: invited_by(otto, role) for role in Role}
    with app.app_context():
        do(work, otto, olga)
    assert {role for role, link in links.items() if join(app, link) == 303} == kept
    with app.app_context():
        withdrawn = select(Event).where(Event.kind == "invite.withdrawn")
        assert {(event.actor_id, event.details["email"]) for event in db.session.scalars(withdrawn)} == {
            (olga.user_id, f"{role}@example.org") for role in set(Role) - kept
        }


def test_invites_of_everybody_else_stay(app: Flask, otto: Person, olga: Person) -> None:
    link = invited_by(olga, Role.OWNER)
    with app.app_context():
        do(disable, otto, olga)
    assert join(app, link) == 303


def test_an_owner_who_is_one_no_longer_when_the_invite_is_stored_makes_none(
    app: Flask, otto: Person, olga: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form was looked at before; the role of whoever sends it is looked at again with the organisation locked."""
    look = users._check

    def looked(email: str, name: str, role: str) -> Role:
        found = look(email, name, role)
        do(to(Role.ADMIN), otto, olga)
        return found

    monkeypatch.setattr(users, "_check", looked)
    form = {"email": "eve@example.org", "name": "Eve", "role": "owner"}
    answer = otto.post("/admin/invites", data=form)
    assert (answer.status_code, "can’t invite somebody to this role" in answer.text) == (422, True)
    with app.app_context():
        assert Invite.open_to("eve@example.org") is None


def test_joining_and_losing_the_right_to_invite_at_once_is_one_or_the_other(
    app: Flask, otto: Person, olga: Person
) -> None:
    for number in range(5):
        with app.app_context(), transaction() as session:
            row = session.get_one(User, otto.user_id)
            row.role = Role.OWNER
            organisation = session.get_one(Organisation, otto.organisation_id)
            token = Invite.make(organisation, f"eve{number}@example.org", "Eve", Role.OWNER, row)[1]
        status, changed = race(app, joining(app, f"/join/{token}"), lambda: do(to(Role.MEMBER), otto, olga))
        assert changed is None
        with app.app_context():
            assert (status == 303) == (User.by_email(f"eve{number}@example.org") is not None)
            assert Invite.open_to(f"eve{number}@example.org") is None


@pytest.mark.parametrize("role", Role)
def test_every_admin_is_told_of_one_more_and_so_is_whoever_invited_them(
    app: Flask, alice: Person, bob: Person, olga: Person, role: Role
) -> None:
    """An account of one’s own to approve with is not made in silence, nor in the name of who left a session open."""
    assert join(app, invited_by(olga, role)) == 303
    with app.app_context():
        found = db.session.scalars(select(Notice).where(Notice.kind == "account_changed_admin"))
        told = {notice.user_id: mail.rendered(notice).body for notice in found}
    assert set(told) == (set() if role == Role.MEMBER else {bob.user_id, olga.user_id})
    said = f"Eve ({role}@example.org) has joined as {role}, with an invite from Olga."
    assert all(said in body for body in told.values())
