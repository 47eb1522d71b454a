"""Every route, as everybody, with their own things and with another’s: generated from the route map.

What stands behind an address is alice’s; everybody else tries it. An address with a new kind of id in it fails here
until `things_of` makes one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from tests.support.key_life import follow
from tests.support.others import elsewhere
from tests.support.pairing_rows import pairing_row
from tests.support.people import ActiveKey, add_organisation_key, be_at, enrolled
from tests.support.person import Person, add_person
from tests.support.places import ADMIN, MEMBER, PUBLIC
from tests.support.restores import waiting_request
from tests.views.test_notices import give
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models import Invite, KeyRemoval, Organisation, Purpose, Role, SignIn, User
from webapp.models.link import Link
from webapp.security import access_of

OF_A_MEMBER = ("request_id", "notice_id", "backup_id", "pairing_id", "device_id", "session_id", "user_id", "epoch")
OF_AN_ORGANISATION = ("key_id", "invite_id", "removal_id", "token")
NOBODYS = "0" * 32
MEANT_FOR_ALL = {"epoch", "token"}
"""Arguments that name nothing of somebody’s alone: everybody has an epoch 1, and whoever holds a token may use it."""


@dataclass(frozen=True)
class Try:
    """One method of one route."""

    method: str
    rule: Rule

    def path(self, ids: dict[str, str]) -> str:
        """Its address with these ids in it."""
        _, path = self.rule.build({name: ids[name] for name in self.rule.arguments}) or ("", "")
        return path

    def by(self, person: Person, ids: dict[str, str]) -> list[TestResponse]:
        """As that person’s browser does it: a plain request, and one that their device signs."""
        path = self.path(ids)
        found = [person.client.open(path, method=self.method)]
        if self.method == "POST" and person.device:
            found.append(person.signed_post(path))
        return found


def things_of(member: Person, key: ActiveKey) -> dict[str, str]:
    """Something behind every kind of address."""
    device = enrolled(member)
    request = waiting_request(member, key)
    member.another_browser()
    with member.app.app_context():
        pairing = pairing_row(member)
        session = SignIn.alive_of(db.session.get_one(User, member.user_id))[-1].id
        with transaction() as opened:
            user = opened.get_one(User, member.user_id)
            organisation = opened.get_one(Organisation, member.organisation_id)
            invite, _ = Invite.make(organisation, f"guest-of-{member.email}", "Guest", Role.MEMBER)
            token = Link.make(user, Purpose.PASSWORD).token
            removal = KeyRemoval(organisation_id=organisation.id, key_id=key.id, asked_by=user.id, due_at=now())
            removal.due_at += timedelta(days=7)
            opened.add(removal)
            opened.flush()
            ids = {"invite_id": invite.id, "removal_id": removal.id, "token": token}
    made = {"request_id": request.id, "notice_id": give(member), "backup_id": member.backups[-1].id, **ids}
    made |= {"pairing_id": pairing, "device_id": device.id, "session_id": session, "epoch": "1"}
    return made | {"user_id": member.user_id, "key_id": key.id}


@pytest.fixture
def tries(app: Flask) -> list[Try]:
    """Every method of every route."""
    methods = {"GET", "POST"}
    return [Try(each, rule) for rule in app.url_map.iter_rules() for each in sorted(methods & (rule.methods or set()))]


@pytest.fixture
def alices(alice: Person, olga: Person, organisation_key: ActiveKey) -> Iterator[dict[str, str]]:
    """What is alice’s; the key is a former one, since only those have shares to re-wrap."""
    things = things_of(alice, organisation_key)
    follow(olga, organisation_key)
    yield things
    with alice.app.app_context():
        db.session.remove()


def counted(app: Flask) -> dict[str, int]:
    """How many rows there are, but for what a browser leaves by being there."""
    left = {"sign_in", "challenge", "tab_key", "throttle_bucket", "notice", "event", "event_chain", "link"}
    left.add("reset_ask")
    with app.app_context():
        tables = [table for table in db.metadata.sorted_tables if table.name not in left]
        return {table.name: len(db.session.execute(select(table.c[0])).all()) for table in tables}


def test_every_kind_of_id_is_known(app: Flask, alices: dict[str, str]) -> None:
    used = {argument for rule in app.url_map.iter_rules() for argument in rule.arguments}
    assert used == alices.keys() == {*OF_A_MEMBER, *OF_AN_ORGANISATION}


def test_every_route_is_for_somebody(app: Flask, tries: list[Try]) -> None:
    with app.app_context():
        assert {access_of(each.rule.endpoint) for each in tries} == {"public", "member", "admin"}
    assert {each.rule.endpoint for each in tries} == PUBLIC | MEMBER | ADMIN


def test_a_stranger_reaches_what_is_public_and_nothing_else(
    app: Flask, tries: list[Try], alices: dict[str, str]
) -> None:
    before = counted(app)
    for each in tries:
        answer = app.test_client().open(each.path(alices), method=each.method)
        if each.rule.endpoint not in PUBLIC:
            assert (answer.status_code, answer.location.startswith("/sign-in")) == (303, True), each
    assert counted(app) == before


@pytest.mark.parametrize("whose", ["charlie", "alice"])
def test_a_member_reaches_no_admin_page_not_even_about_themselves(
    request: pytest.FixtureRequest, tries: list[Try], alices: dict[str, str], whose: str
) -> None:
    person: Person = request.getfixturevalue(whose)
    for each in tries:
        if each.rule.endpoint in ADMIN:
            assert {answer.status_code for answer in each.by(person, alices)} == {404}, each


@pytest.mark.parametrize("whose", ["charlie", "bob", "olga", "eve"])
def test_what_is_anothers_is_like_what_there_is_not(
    request: pytest.FixtureRequest, app: Flask, tries: list[Try], alices: dict[str, str], whose: str
) -> None:
    """On the members’ pages, whatever role somebody has, and in whatever organisation."""
    person = elsewhere(app) if whose == "eve" else request.getfixturevalue(whose)
    enrolled(person)
    before = counted(app)
    for each in tries:
        arguments = each.rule.arguments - MEANT_FOR_ALL
        if each.rule.endpoint not in MEMBER or not arguments:
            continue
        theirs = each.by(person, alices)
        nobodys = each.by(person, {**alices, **dict.fromkeys(arguments, NOBODYS)})
        assert {answer.status_code for answer in theirs} == {404}, each
        assert [answer.text for answer in theirs] == [answer.text for answer in nobodys], each
    assert counted(app) == before


@pytest.mark.parametrize("role", [Role.ADMIN, Role.OWNER])
def test_an_admin_of_another_organisation_finds_nothing_there(
    app: Flask, tries: list[Try], alices: dict[str, str], role: Role
) -> None:
    eve = elsewhere(app, role=role)
    add_organisation_key(eve)
    before = counted(app)
    for each in tries:
        if each.rule.endpoint not in ADMIN or not each.rule.arguments - MEANT_FOR_ALL:
            continue
        for answer in each.by(eve, alices):
            assert answer.status_code == 404, each
            assert "Alice" not in answer.text
    assert counted(app) == before


def test_pages_of_an_admin_show_nobody_of_another_organisation(
    app: Flask, tries: list[Try], alices: dict[str, str]
) -> None:
    eve = elsewhere(app, role=Role.OWNER)
    add_organisation_key(eve)
    places = (("after", "user_id"), ("before", "invite_id"), ("before", "request_id"))
    queries = ["", *(f"?{name}={alices[kind]}" for name, kind in places)]
    for each in tries:
        if each.rule.endpoint in ADMIN and each.method == "GET" and not each.rule.arguments:
            for query in queries:
                answer = eve.get(each.path({}) + query)
                assert answer.status_code in (200, 204), (each, query)
                assert "alice@example.org" not in answer.text, (each, query)


def test_everybody_reaches_what_is_their_own(
    app: Flask, tries: list[Try], alice: Person, alices: dict[str, str]
) -> None:
    """Not a 404: the page, where it leads on, or why not now. So the tests above can fail."""
    be_at(alice, alice.device)
    asks_itself = {"pairing_messages", "restores"}  # for the device of the pairing or request, which alice’s is not
    for each in tries:
        if each.rule.endpoint not in MEMBER or each.method != "GET" or "epoch" in each.rule.arguments:
            continue  # (the vault of the present epoch is no earlier one)
        if each.rule.endpoint.split(".")[0] in asks_itself:
            continue
        assert alice.get(each.path(alices)).status_code in (200, 204, 303, 403), each


def test_admins_reach_what_is_of_their_organisation(
    app: Flask, tries: list[Try], bob: Person, olga: Person, alices: dict[str, str]
) -> None:
    for person in (bob, olga, add_person(app, bob.organisation_id, "Carl", Role.ADMIN)):
        for each in tries:
            if each.rule.endpoint in ADMIN and each.method == "GET":
                assert person.get(each.path(alices)).status_code in (200, 204), each
