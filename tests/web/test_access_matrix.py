"""Every route, as everybody, with their own things and with another’s: generated from the route map.

What stands behind an address is alice’s; everybody else tries it. An address with a new kind of id in it fails here
until `things_of` makes one.
"""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pages.access import ADMIN, MEMBER, OWNER, PUBLIC
from tests.support.pages.routes import MEANT_FOR_ALL, NOBODYS, OF_A_MEMBER, OF_AN_ORGANISATION, Try, things_of, tries_of
from tests.support.people.others import elsewhere
from tests.support.people.people import ActiveKey, add_organisation_key, be_at, enrolled
from tests.support.people.person import Person, add_person
from tests.support.recovery_keys.life import follow
from webapp.database import db
from webapp.models.directory.user import Role
from webapp.web.access import access_of


@pytest.fixture
def tries(app: Flask) -> list[Try]:
    """Every method of every route."""
    return tries_of(app)


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
        assert {access_of(each.rule.endpoint) for each in tries} == {"public", "member", "admin", "owner"}
    assert {each.rule.endpoint for each in tries} == PUBLIC | MEMBER | ADMIN | OWNER


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
        if each.rule.endpoint in ADMIN | OWNER:
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
        if each.rule.endpoint in ADMIN | OWNER and each.method == "GET" and not each.rule.arguments:
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
            if each.rule.endpoint in OWNER and each.method == "GET":
                assert person.get(each.path(alices)).status_code == (200 if person == olga else 404), each
