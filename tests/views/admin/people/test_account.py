"""What an admin does to an account, on that person’s page: it works, for the wrong person, in the wrong state."""

import re

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.marks import hold
from tests.support.people.others import elsewhere
from tests.support.people.people import enrolled
from tests.support.people.person import Person, add_person
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.signin.session import SignIn
from webapp.views.admin.people.person import EVENTS_SHOWN

DEEDS = ("role", "disabling", "enabling", "signing-out", "unpairing")
FORMS = {"role": {"role": "member"}, "disabling": {"understood": "1"}}


def path(person: Person, deed: str = "") -> str:
    return f"/admin/users/{person.user_id}" + (f"/{deed}" if deed else "")


def user(person: Person) -> User:
    with person.app.app_context():
        return db.session.get_one(User, person.user_id)


@pytest.mark.parametrize("deed", DEEDS)
def test_for_members_and_strangers_none_of_it_exists(app: Flask, alice: Person, charlie: Person, deed: str) -> None:
    for person in (alice, charlie):
        assert person.post(path(alice, deed), data=FORMS.get(deed, {})).status_code == 404
    answer = app.test_client().post(path(alice, deed))
    assert (answer.status_code, answer.location.startswith("/sign-in")) == (303, True)
    assert user(alice).is_enabled


@pytest.mark.parametrize("deed", DEEDS)
def test_an_admin_does_none_of_it_to_an_owner(bob: Person, olga: Person, deed: str) -> None:
    answer = bob.post(path(olga, deed), data=FORMS.get(deed, {}))
    assert answer.status_code == 403
    code = "role_owner" if deed == "role" else "manage_admin"
    assert f'data-code="{code}"' in answer.text
    assert user(olga).is_enabled


@pytest.mark.parametrize("deed", DEEDS)
def test_nobody_of_another_organisation_is_found(app: Flask, bob: Person, deed: str) -> None:
    other = elsewhere(app)
    assert bob.post(path(other, deed), data=FORMS.get(deed, {})).status_code == 404
    assert bob.get(path(other)).status_code == 404


def test_disabling_asks_first_and_enabling_takes_it_back(app: Flask, alice: Person, bob: Person) -> None:
    alice.get("/")
    answer = bob.post(path(alice, "disabling"))
    assert (answer.status_code, 'data-code="disabling_unticked"' in answer.text) == (422, True)
    assert user(alice).is_enabled
    answer = bob.post(path(alice, "disabling"), data={"understood": "1"})
    assert (answer.status_code, answer.location) == (303, path(alice))
    page = bob.get(path(alice)).text
    assert "The account is disabled." in page
    assert "Enable Account" in page
    assert "Disable Account" not in page
    assert alice.get("/settings").status_code == 303
    assert bob.post(path(alice, "enabling")).status_code == 303
    assert user(alice).is_enabled


def test_the_role_is_changed_by_owners(app: Flask, alice: Person, bob: Person, olga: Person) -> None:
    assert "Only owners change a role." in bob.get(path(alice)).text
    assert olga.post(path(alice, "role"), data={"role": "admin"}).status_code == 303
    assert user(alice).role == Role.ADMIN
    answer = olga.post(path(alice, "role"), data={"role": "emperor"})
    assert (answer.status_code, 'data-code="no_role"' in answer.text) == (422, True)
    answer = olga.post(path(olga, "role"), data={"role": "member"})
    assert (answer.status_code, 'data-code="last_owner"' in answer.text) == (409, True)
    olga.post(path(alice, "role"), data={"role": "owner"})
    answer = olga.post(path(olga, "role"), data={"role": "member"})
    assert (answer.status_code, answer.location) == (303, "/")
    assert olga.get("/admin/").status_code == 404


def test_sessions_are_listed_and_ended(app: Flask, alice: Person, bob: Person) -> None:
    alice.get("/")
    alice.another_browser()
    assert "ends all 2 sessions" in bob.get(path(alice)).text
    assert bob.post(path(alice, "signing-out")).status_code == 303
    with app.app_context():
        assert SignIn.alive_of(db.session.get_one(User, alice.user_id)) == []
    assert "Nobody is signed in as Alice now." in bob.get(path(alice)).text


def test_devices_are_listed_and_unpaired(app: Flask, alice: Person, bob: Person) -> None:
    device = enrolled(alice)
    page = bob.get(path(alice)).text
    assert "Only one device opens the vault." in page
    gaps = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "Recovery readiness No cloud backup One device Open request" in gaps
    answer = bob.post(path(alice, "unpairing"))
    assert (answer.status_code, 'data-code="no_device_chosen"' in answer.text) == (409, True)
    assert bob.post(path(alice, "unpairing"), data={"device": device.id}).status_code == 303
    with app.app_context():
        assert db.session.get_one(Device, device.id).state == "unpaired"
    page = bob.get(path(alice)).text
    assert "No device is paired" in page
    assert "unpaired devices of Alice" in page
    assert "Bob unpaired the device “" in page


def test_ones_own_page_offers_nothing_of_it(bob: Person) -> None:
    page = bob.get(path(bob)).text
    assert 'data-code="manage_self"' in page
    for button in ("Disable Account", "Sign Out Everywhere", "Unpair Devices"):
        assert button not in page


@pytest.mark.databases
def test_the_timeline_has_what_they_did_and_what_was_done_to_them_page_by_page(
    app: Flask, alice: Person, bob: Person, charlie: Person
) -> None:
    with app.app_context(), transaction() as session:
        people = [session.get_one(User, each.user_id) for each in (alice, bob, charlie)]
        for number in range(EVENTS_SHOWN):
            Event.append("kit.confirmed", people[0].organisation_id, actor=people[0], number=number)
            Event.append("kit.confirmed", people[0].organisation_id, actor=people[2], number=1000 + number)
            Event.append("hold.lifted", people[0].organisation_id, actor=people[1], subject=people[0])

    def kinds(text: str) -> list[str]:
        return re.findall(r'data-kind="([^"]+)"', text[text.index('id="timeline"') :])

    first = bob.get(path(alice)).text
    assert len(kinds(first)) == EVENTS_SHOWN
    assert "Recovery Kit 1024" not in first
    older = re.search(r'href="(/admin/users/[0-9a-f]{32}\?before=\d+)#timeline"', first)
    assert older
    second = bob.get(older[1]).text
    assert len(kinds(second)) == EVENTS_SHOWN
    assert "Older events of Alice" not in second
    assert "Newest" in second
    with app.app_context():
        number = len(db.session.scalars(select(Event.id).where(Event.actor_id == alice.user_id)).all())
    assert number == EVENTS_SHOWN
    assert bob.get(path(alice) + "?before=99999999999999999999").status_code == 200


def test_a_hold_and_a_kit_are_told(app: Flask, alice: Person, bob: Person, olga: Person) -> None:
    enrolled(alice)
    hold(alice)
    olga.post(f"{path(alice)}/hold/lift", data={"settled": "1"})
    page = " ".join(re.sub(r"<[^>]+>", " ", bob.get(path(alice)).text).split())
    assert "Recovery Kit Number 1, confirmed" in page
    assert re.search(r"Holds Since .*, lifted .* by Olga", page)


def test_somebody_new_is_nobody_known(app: Flask, bob: Person) -> None:
    nobody = add_person(app, bob.organisation_id, "Nemo")
    page = bob.get(path(nobody)).text
    assert "No device is paired" in page
    assert "Nobody is signed in as Nemo now." in page
