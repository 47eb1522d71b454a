"""Who reaches what: every route against a list, as everybody. A new route fails here until its place is decided."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from tests.support.pages.access import ADMIN, MEMBER, OWNER, PUBLIC
from tests.support.people.invitations import invite
from tests.support.people.people import ActiveKey, Person, be_at, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.life import follow
from tests.views.account.test_notices import give
from webapp.database import db
from webapp.models.accounts.invite import Invite
from webapp.models.directory.user import User
from webapp.models.server.heartbeat import Heartbeat
from webapp.models.signin.session import SignIn
from webapp.web import rate_limits
from webapp.web.access import access_of

UNKNOWN = "0" * 32
ENDS_THE_SESSION = {"sessions.end_sign_in"}


class World:
    """An organisation in which something stands behind every address: alice has asked for her backup."""

    def __init__(self, app: Flask, alice: Person, key: ActiveKey) -> None:
        device = enrolled(alice)
        request = waiting_request(alice, key)
        link = invite(app, alice.organisation_id)
        with app.app_context():
            found = Invite.by_token(link.removeprefix("/join/"))
            assert found
            self.ids = {"key_id": key.id, "invite_id": found.id, "token": link.removeprefix("/join/")}
        self.ids |= {"request_id": request.id, "notice_id": give(alice), "backup_id": alice.backups[-1].id}
        self.ids |= {"user_id": alice.user_id, "device_id": device.id, "epoch": "1"}
        self.ids |= dict.fromkeys(("pairing_id", "removal_id"), UNKNOWN)
        with app.app_context():
            Heartbeat.beat()
        alice.another_browser()
        with app.app_context():
            self.ids["session_id"] = SignIn.alive_of(db.session.get_one(User, alice.user_id))[0].id
        self.app = app

    def routes(self, endpoints: set[str], method: str | None = None) -> Iterator[tuple[str, str, Rule]]:
        """(method, path, rule) of every route of these endpoints, with the ids of what is there."""
        for rule in self.app.url_map.iter_rules():
            for each in sorted((rule.methods or set()) & {"GET", "POST"}):
                if rule.endpoint in endpoints and method in (None, each):
                    yield each, self.path(rule, self.ids), rule

    def path(self, rule: Rule, ids: dict[str, str]) -> str:
        """The address of the rule with these ids in it."""
        _, path = rule.build({name: ids[name] for name in rule.arguments}) or ("", "")
        return path

    def pages(self, endpoints: set[str]) -> Iterator[str]:
        """The path of everything that can be got."""
        return (path for _, path, _ in self.routes(endpoints, "GET"))


@pytest.fixture
def world(app: Flask, alice: Person, olga: Person, organisation_key: ActiveKey) -> Iterator[World]:
    """The key that it names is a former one: only those have shares to re-wrap."""
    made = World(app, alice, organisation_key)
    follow(olga, organisation_key)
    yield made
    with app.app_context():
        db.session.remove()


def test_every_route_is_on_the_list(app: Flask) -> None:
    places = {"public": PUBLIC, "member": MEMBER, "admin": ADMIN, "owner": OWNER}
    listed = {endpoint: access for access, endpoints in places.items() for endpoint in endpoints}
    with app.app_context():
        assert {rule.endpoint: access_of(rule.endpoint) for rule in app.url_map.iter_rules()} == listed


def test_whatever_lies_under_admin_is_for_admins_or_owners(app: Flask) -> None:
    under = {rule.endpoint for rule in app.url_map.iter_rules() if rule.rule.startswith("/admin")}
    assert under == ADMIN | OWNER


def test_no_route_is_reached_by_a_method_that_is_not_meant(app: Flask) -> None:
    methods = {method for rule in app.url_map.iter_rules() for method in rule.methods or set()}
    assert methods <= {"GET", "HEAD", "OPTIONS", "POST"}


def test_signed_out_people_are_asked_to_sign_in(world: World, client: FlaskClient) -> None:
    for method, path, _ in world.routes(MEMBER | ADMIN | OWNER):
        page = client.open(path, method=method)
        assert (page.status_code, page.headers["Location"].partition("?")[0]) == (303, "/sign-in"), path
        fragment = client.open(path, method=method, headers={"HX-Request": "true"})
        assert (fragment.status_code, fragment.headers["HX-Redirect"]) == (401, "/sign-in"), path
        octets = client.open(path, method=method, headers={"Accept": "application/octet-stream"})
        assert (octets.status_code, octets.get_json()) == (401, {"error": "signed_out"}), path


def test_only_a_page_is_come_back_to(world: World, client: FlaskClient) -> None:
    for method, path, _ in world.routes(MEMBER | ADMIN | OWNER):
        back = "next=" in client.open(path, method=method).headers["Location"]
        assert back == (method == "GET"), path


@pytest.mark.parametrize("whose", ["charlie", "alice"])
def test_for_members_the_admin_portal_does_not_exist(world: World, request: pytest.FixtureRequest, whose: str) -> None:
    person = request.getfixturevalue(whose)
    for method, path, rule in world.routes(ADMIN | OWNER):
        answer = person.client.open(path, method=method)
        assert answer.status_code == 404, path
        assert answer.text == person.get("/admin/no-such-page").text.replace("/admin/no-such-page", path), rule


@pytest.mark.parametrize("whose", ["charlie", "bob", "olga"])
def test_what_is_alices_is_nobody_elses_on_members_pages(
    world: World, request: pytest.FixtureRequest, whose: str
) -> None:
    person = request.getfixturevalue(whose)
    enrolled(person)
    for method, path, rule in world.routes(MEMBER):
        if not rule.arguments:
            continue
        unknown = world.path(rule, dict.fromkeys(rule.arguments, UNKNOWN))
        if method == "GET":
            answers = [person.get(path), person.get(unknown)]
        else:
            answers = [person.post(path), person.post(unknown)]
            answers += [person.signed_post(path), person.signed_post(unknown)]
        assert {answer.status_code for answer in answers} == {404}, f"{method} {rule}"
        assert answers[0].text == answers[1].text, f"{method} {rule}"


def test_for_admins_the_pages_of_owners_do_not_exist(world: World, bob: Person, olga: Person) -> None:
    for method, path, _ in world.routes(OWNER):
        assert bob.client.open(path, method=method).status_code == 404, path
        assert olga.client.open(path, method=method).status_code in (200, 303), path


def test_what_does_not_exist_is_nothing_for_admins(world: World, bob: Person) -> None:
    """(A key that a colleague removed meanwhile is no mystery to an admin: the page shows how things stand.)"""
    for method, _, rule in world.routes(ADMIN):
        if rule.arguments - {"key_id"}:
            unknown = world.path(rule, dict.fromkeys(rule.arguments, UNKNOWN))
            assert bob.client.open(unknown, method=method).status_code == 404, rule


def test_admins_need_no_device_on_admin_pages(world: World, bob: Person, olga: Person) -> None:
    for person in (bob, olga):
        for path in world.pages(ADMIN):
            assert person.get(path).status_code in (200, 204), path


@pytest.mark.parametrize("whose", ["alice", "bob", "charlie", "olga"])
@pytest.mark.parametrize("state", ["no vault", "new browser", "no device", "device"])
def test_every_page_answers_everybody(world: World, request: pytest.FixtureRequest, whose: str, state: str) -> None:
    """With a page, a redirect or a refusal; never with an accident. Pages of others are 404, tested above."""
    person: Person = request.getfixturevalue(whose)
    if whose == "alice" or state != "no vault":
        device = person.device or enrolled(person, here=False)
        if state in ("device", "no device"):
            be_at(person, device if state == "device" else None)
    for path in world.pages(PUBLIC | MEMBER | ADMIN | OWNER):
        assert person.get(path).status_code in (200, 204, 303, 403, 404, 409, 410), path


@pytest.mark.parametrize("whose", ["alice", "bob"])
def test_an_empty_post_is_no_accident(
    world: World, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    monkeypatch.setattr(rate_limits, "CHALLENGES", replace(rate_limits.CHALLENGES, burst=10_000))
    person: Person = request.getfixturevalue(whose)
    if not person.device:
        enrolled(person)
    for _, path, rule in world.routes(PUBLIC | MEMBER | ADMIN | OWNER, "POST"):
        if rule.endpoint in ENDS_THE_SESSION:
            continue
        for answer in (person.post(path), person.signed_post(path), person.signed_post(path, {"a": []})):
            assert answer.status_code < 500, f"{path}: {answer.text[:200]}"


def test_without_a_device_here_the_vault_stays_shut(world: World, alice: Person) -> None:
    be_at(alice, None)
    assert alice.get("/vault").headers["Location"] == "/recovery"
    assert alice.get("/unlock").headers["Location"] == "/recovery"
    octets = {"Accept": "application/octet-stream"}
    for path in ("/vault/file", "/devices/lock-versions"):
        answer = alice.get(path, headers=octets)
        assert (answer.status_code, answer.get_json()) == (403, {"error": "device_not_active"}), path
    assert alice.get("/recovery").status_code == 200


def test_octets_need_the_signature_of_a_device_of_the_member(world: World, alice: Person, charlie: Person) -> None:
    """A session alone, or a session with another member’s device, saves, unlocks and backs up nothing."""
    enrolled(charlie)
    own = ("/devices/here", "/devices/unlock", "/devices/pin", "/devices/tab-keys", "/devices/tab-keys/open")
    for path in (*own, "/vault/file", "/vault/kit-confirmation", "/backups", "/backups/enrolment"):
        assert alice.post(path).status_code == 404, path
        foreign = alice.signed_post(path, device=charlie.device)
        assert (foreign.status_code, foreign.get_json()) == (404, {"error": "not_found"}), path


def test_a_session_that_was_ended_reaches_nothing(world: World, alice: Person) -> None:
    assert alice.get("/settings").status_code == 200
    alice.post("/sign-out")
    for path in world.pages(MEMBER | ADMIN | OWNER):
        assert alice.get(path).status_code == 303, path
