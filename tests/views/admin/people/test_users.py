"""Users and invites: nobody hands out more than they have, and a link is shown once."""

import re

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, backed_up
from tests.support.people.person import Person, add_person
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.accounts.invite import Invite
from webapp.models.directory.user import User
from webapp.models.journal.listing import EventList
from webapp.models.reports.members import PAGE

DORA = {"email": "dora@example.org", "name": "Dora", "role": "member"}


def link_in(text: str) -> str:
    found = re.search(r'data-link="([^"]+)"', text)
    assert found, text
    return found[1]


def open_invite(app: Flask, email: str = DORA["email"]) -> Invite | None:
    with app.app_context():
        return Invite.open_to(email)


@pytest.mark.databases
def test_everybody_is_listed_with_what_there_is_to_restore(
    bob: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    backed_up(alice, organisation_key)
    text = " ".join(re.sub(r"<[^>]+>", " ", bob.get("/admin/users").text).split())
    assert "Alice alice@example.org Member Active One device just now 1 in the cloud newest just now" in text
    assert "Bob bob@example.org Admin No vault yet just now None" in text
    assert "Olga olga@example.org Owner No vault yet Never None" in text


@pytest.mark.databases
def test_more_people_are_a_page_further(app: Flask, bob: Person) -> None:
    for number in range(PAGE):
        add_person(app, bob.organisation_id, f"Person{number:02}")
    first = bob.get("/admin/users").text
    assert f"Person{PAGE - 2:02}" in first
    assert f"Person{PAGE - 1:02}" not in first
    following = re.search(r'href="(/admin/users\?after=[0-9a-f]{32})"', first)
    assert following
    second = bob.get(following[1]).text
    assert f"Person{PAGE - 1:02}" in second
    assert "Person00" not in second
    assert bob.get("/admin/users?after=nobody").status_code == 200


def test_an_invite_answers_with_a_link_that_is_shown_once(app: Flask, bob: Person) -> None:
    response = bob.post("/admin/invites", data={**DORA, "email": " Dora@Example.org "})
    link = link_in(response.text)
    assert link.startswith("http://localhost/join/")
    assert 'id="invite-link"' in response.text
    token = link.rpartition("/")[2]
    assert token not in bob.get("/admin/users").text
    with app.app_context():
        invite = Invite.by_token(token)
        assert invite is not None
        assert (invite.email, invite.name, invite.role, invite.made_by) == (
            "Dora@example.org",
            "Dora",
            "member",
            bob.user_id,
        )
        assert EventList(bob.organisation_id).page(1)[0][0].kind == "invite.made"


def test_without_a_key_the_link_is_plain(bob: Person) -> None:
    text = bob.post("/admin/invites", data=DORA).text
    assert "There is no recovery key yet" in text
    assert "<key-file" not in text


def test_with_a_key_its_file_can_be_opened_for_the_link(bob: Person, organisation_key: ActiveKey) -> None:
    text = bob.post("/admin/invites", data=DORA).text
    assert f'data-fingerprint="{organisation_key.key.public.fingerprint}"' in text
    assert "will have to type 16 characters of it" in text
    assert "#k=" not in text


@pytest.mark.parametrize(
    ("who", "role", "status"),
    [
        *[("bob", "member", 200), ("bob", "admin", 422), ("bob", "owner", 422)],
        *[("olga", "member", 200), ("olga", "admin", 200), ("olga", "owner", 200)],
    ],
)
def test_only_owners_invite_admins_and_owners(
    request: pytest.FixtureRequest, app: Flask, who: str, role: str, status: int
) -> None:
    person = request.getfixturevalue(who)
    assert person.post("/admin/invites", data={**DORA, "role": role}).status_code == status
    assert (open_invite(app) is not None) == (status == 200)
    page = person.get("/admin/users").text
    invites = page[page.index('id="invites"') :]
    assert ('value="admin"' in invites, 'value="owner"' in invites) == (who == "olga", who == "olga")
    assert ("Only owners invite admins and owners." in page) == (who == "bob")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"email": ""}, "This is no email address"),
        ({"email": "dora"}, "This is no email address"),
        ({"email": f"{'d' * 250}@example.org"}, "This is no email address"),
        ({"email": "alice@example.org"}, "belongs to the organisation already"),
        ({"email": "ALICE@example.org"}, "belongs to the organisation already"),
        ({"name": "x" * 101}, "at most 100 characters"),
        ({"role": "emperor"}, "can’t invite somebody to this role"),
        ({"role": ""}, "can’t invite somebody to this role"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    bob: Person, alice: Person, changed: dict[str, str], code: str
) -> None:
    response = bob.post("/admin/invites", data={**DORA, **changed})
    assert response.status_code == 422
    assert code in response.text
    assert f'value="{({**DORA, **changed})["email"]}"' in response.text
    assert "data-link" not in response.text


def test_who_has_an_open_invite_gets_no_second_one(app: Flask, bob: Person, clock: MovableClock) -> None:
    bob.post("/admin/invites", data=DORA)
    response = bob.post("/admin/invites", data={**DORA, "email": "DORA@example.org"})
    assert (response.status_code, "has an invite that still works" in response.text) == (422, True)
    clock.advance(days=8)
    bob.show_again()
    assert bob.post("/admin/invites", data=DORA).status_code == 200


def test_an_invite_is_withdrawn(app: Flask, bob: Person) -> None:
    bob.post("/admin/invites", data=DORA)
    invite = open_invite(app)
    assert invite
    assert bob.post(f"/admin/invites/{invite.id}/withdrawal").status_code == 303
    assert open_invite(app) is None
    assert "Withdrawn. The link no longer works." in bob.get("/admin/users").text
    again = bob.post(f"/admin/invites/{invite.id}/withdrawal")
    assert again.status_code == 303
    assert "can no longer be withdrawn" in bob.get("/admin/users").text
    with app.app_context():
        assert [event.kind for event in EventList(bob.organisation_id).page(1)[0]] == ["invite.withdrawn"]


def test_a_used_invite_can_not_be_withdrawn(app: Flask, bob: Person) -> None:
    bob.post("/admin/invites", data=DORA)
    invite = open_invite(app)
    assert invite
    with app.app_context(), transaction() as session:
        session.get_one(Invite, invite.id).use()
    bob.post(f"/admin/invites/{invite.id}/withdrawal")
    with app.app_context():
        assert db.session.get_one(Invite, invite.id).withdrawn_at is None


def test_somebody_who_is_disabled_is_listed_as_such(
    app: Flask, bob: Person, alice: Person, clock: MovableClock
) -> None:
    with app.app_context(), transaction() as session:
        session.get_one(User, alice.user_id).disabled_at = clock.now()
    assert "Disabled" in bob.get("/admin/users").text
