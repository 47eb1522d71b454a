"""Joining: the link, the account, and the steps after the vault."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.pages.page_scripts import scripts_of
from tests.support.people.invitations import PASSWORD, invite
from tests.support.people.people import ActiveKey, Person, add_person, enrolled
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.accounts.invite import Invite
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event


def accept(client: FlaskClient, link: str, name: str = "Dana", password: str = PASSWORD) -> Any:
    return client.post(link, data={"name": name, "password": password})


def kinds(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Event.kind).order_by(Event.id)))


def test_it_shows_who_is_invited_and_no_htmx(app: Flask, client: FlaskClient, organisation: str) -> None:
    page = client.get(invite(app, organisation)).text
    assert 'value="dana@example.org"' in page
    assert 'value="Dana"' in page
    assert scripts_of(page) == ["dist/invite.js"]
    assert "htmx-config" not in page


def test_it_makes_the_account_and_signs_it_in(app: Flask, client: FlaskClient, organisation: str) -> None:
    response = accept(client, invite(app, organisation, role=Role.ADMIN), name="  Dana \n Miller ")
    assert (response.status_code, response.headers["Location"]) == (303, "/join/vault")
    assert client.get("/join/vault").status_code == 200
    with app.app_context():
        user = User.by_email("dana@example.org")
        assert user
        assert (user.name, user.role, user.epoch) == ("Dana Miller", Role.ADMIN, 0)
        assert PASSWORD not in user.password_hash
    assert kinds(app) == ["user.joined", "user.signed_in"]


@pytest.mark.parametrize(
    ("name", "password", "said"),
    [
        ("Dana", "short", "fewer than 12 characters"),
        ("Dana", "password1234", "tried first"),
        ("Dana", "dana@example.org", "your own name or address"),
        ("  ", PASSWORD, "Type a name"),
        ("D" * 101, PASSWORD, "Type a name"),
    ],
)
def test_it_says_what_is_wrong_and_keeps_the_name(
    app: Flask, client: FlaskClient, organisation: str, name: str, password: str, said: str
) -> None:
    link = invite(app, organisation)
    response = accept(client, link, name, password)
    assert response.status_code == 422
    assert said in response.text
    assert f'value="{name.strip()}"' in response.text
    assert f'value="{password}"' not in response.text.replace('value="dana@example.org"', "", 1)
    assert accept(client, link).status_code == 303


def test_it_works_once(app: Flask, client: FlaskClient, organisation: str) -> None:
    link = invite(app, organisation)
    accept(client, link)
    for response in (app.test_client().get(link), accept(app.test_client(), link)):
        assert response.status_code == 410
        assert "was used already" in response.text


def test_it_expires(app: Flask, client: FlaskClient, organisation: str, clock: MovableClock) -> None:
    link = invite(app, organisation)
    clock.advance(days=7)
    for response in (client.get(link), accept(client, link)):
        assert response.status_code == 410
        assert "has expired" in response.text


def test_a_newer_one_withdraws_it(app: Flask, client: FlaskClient, organisation: str) -> None:
    link = invite(app, organisation)
    invite(app, organisation)
    for response in (client.get(link), accept(client, link)):
        assert response.status_code == 410
        assert "was withdrawn" in response.text


def test_an_unknown_one_says_what_to_do(client: FlaskClient, olga: Person) -> None:
    for response in (client.get("/join/unknown"), accept(client, "/join/unknown")):
        assert response.status_code == 404
        assert "Open the whole link again" in response.text
        assert olga.email in response.text


def test_a_taken_address_keeps_the_link_good(app: Flask, client: FlaskClient, organisation: str) -> None:
    link = invite(app, organisation)
    person = add_person(app, organisation, "Dana")
    response = accept(client, link)
    assert response.status_code == 422
    assert "an account under this address already" in response.text
    with app.app_context(), transaction():
        User.locked(person.user_id).email = "other@example.org"
    assert accept(client, link).status_code == 303


def test_it_signs_out_who_was_signed_in(app: Flask, alice: Person, organisation: str) -> None:
    link = invite(app, organisation)
    assert f"signed in as {alice.email}" in alice.get(link).text
    accept(alice.client, link)
    assert "dana@example.org" in alice.get("/settings").text


@pytest.mark.databases
def test_two_at_once_make_one_account(app: Flask, organisation: str) -> None:
    link = invite(app, organisation)
    clients = [app.test_client() for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: accept(client, link).status_code, clients))
    assert sorted(answers) == [303, 410, 410, 410]
    with app.app_context():
        assert len(db.session.scalars(select(User)).all()) == 1
        assert db.session.scalars(select(Invite)).one().used_at
        db.session.remove()


def test_with_a_vault_there_is_no_second_pin_to_choose(alice: Person) -> None:
    enrolled(alice)
    assert alice.get("/join/vault").headers["Location"] == "/vault"


def test_without_a_vault_the_later_steps_lead_to_the_first(alice: Person) -> None:
    for path in ("/join/kit", "/join/cloud-backup"):
        assert alice.get(path).headers["Location"] == "/join/vault"


def test_without_a_device_here_they_lead_away(alice: Person) -> None:
    enrolled(alice, here=False)
    for path in ("/join/kit", "/join/cloud-backup"):
        assert alice.get(path).headers["Location"] == "/devices/here"


def test_a_confirmed_kit_is_not_shown_again(alice: Person) -> None:
    enrolled(alice)
    assert alice.get("/join/kit").headers["Location"] == "/vault"


def test_cloud_backups_are_offered_where_there_is_a_key(alice: Person, organisation_key: ActiveKey) -> None:
    enrolled(alice)
    page = alice.get("/join/cloud-backup").text
    assert "<cloud-backup-switch" in page
    assert organisation_key.key.public.fingerprint not in page, "the server’s word for it is no proof"


def test_without_a_key_the_page_says_so_and_goes_on(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context(), transaction():
        User.locked(alice.user_id).joined_at = None
    assert "has not enabled cloud backups" in alice.get("/join/cloud-backup").text
    assert alice.post("/join/completion").headers["Location"] == "/vault"
    assert alice.get("/").headers["Location"] == "/vault"


def test_nothing_is_complete_without_a_vault(app: Flask, alice: Person) -> None:
    alice.post("/join/completion")
    with app.app_context():
        assert db.session.get_one(User, alice.user_id).joined_at is None
