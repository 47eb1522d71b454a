"""How many statements pages and a recovery send to the database: each is a way to a server that everybody waits for.

A bound set to 0 shows what was sent, and by which function. What opens and closes transactions is not counted: one
database is told that, the other is not.
"""

import pytest
from flask import Flask

from tests.client.test_journey import NEW_PIN, PASSWORD, People
from tests.support.pages.access import ADMIN, MEMBER, OWNER, PUBLIC
from tests.support.pages.routes import things_of, tries_of
from tests.support.people.people import ActiveKey, be_at
from tests.support.people.person import Person
from tests.support.run.statements import Statements, statements
from webapp.client.member import Member
from webapp.client.transport.http import Browser

OF_A_RECOVERY = 200
"""From the click to the vault: the seventeen exchanges of both browsers. They were 384 once."""
WITH_EVERY_PAGE = 280
"""The same with every page on the way looked at, and a poll of each that waits."""
OF_A_MEMBER = 8
OF_AN_ADMIN = 15


@pytest.fixture
def people(app: Flask, bob: Person) -> People:
    return People(app, bob)


@pytest.fixture
def alices(alice: Person, organisation_key: ActiveKey) -> dict[str, str]:
    """Something of hers behind every kind of address."""
    return things_of(alice, organisation_key)


def asked_by(person: Person, ids: dict[str, str], endpoints: set[str]) -> dict[str, Statements]:
    """What each page that can be shown sends for this person, once whatever is noted but now and then was noted."""
    found = {}
    for each in tries_of(person.app):
        path = each.path(ids)
        if each.method == "GET" and each.rule.endpoint in endpoints and person.get(path).status_code in (200, 204):
            with statements(person.app) as found[path]:
                person.get(path)
    return found


def beyond(found: dict[str, Statements], bound: int) -> str:
    return "\n\n".join(f"{path}: {len(sent)}\n{sent.table()}" for path, sent in found.items() if len(sent) > bound)


def repeated(found: dict[str, Statements]) -> str:
    """What one page asks twice in the same words."""
    return "\n".join(f"{path}: {number} × {each}" for path, sent in found.items() for number, each in sent.repeats())


@pytest.mark.databases
@pytest.mark.parametrize("is_at_device", [True, False])
def test_no_page_of_a_member_sends_more_than_eight_statements(
    alice: Person, alices: dict[str, str], is_at_device: bool
) -> None:
    be_at(alice, alice.device if is_at_device else None)
    found = asked_by(alice, alices, PUBLIC | MEMBER)
    assert len(found) > (30 if is_at_device else 10)
    assert not beyond(found, OF_A_MEMBER)
    assert not repeated(found)


@pytest.mark.databases
def test_no_page_of_an_admin_sends_more_than_fifteen_statements(olga: Person, alices: dict[str, str]) -> None:
    found = asked_by(olga, alices, ADMIN | OWNER)
    pages = [each for each in tries_of(olga.app) if each.method == "GET" and each.rule.endpoint in ADMIN | OWNER]
    assert len(found) > len(pages) - 3, "nearly all are shown"
    assert not beyond(found, OF_AN_ADMIN)
    assert not repeated(found)


def visit(browser: Browser, *paths: str) -> None:
    for path in paths:
        assert browser.visit(path).status == 200, path


def recovered(people: People, zoe: Member, *, looks: bool) -> None:
    """Through all that the devices of a member and an admin ask on the way; and what is looked at in between."""
    look = visit if looks else lambda *_: None
    look(zoe.browser, "/recovery", "/recovery/backup-type", "/recovery/cloud")
    recovery = zoe.request_restore()
    look(zoe.browser, recovery.path, f"{recovery.path}/status")
    assert recovery.poll() is None
    look(people.dana.browser, "/admin/", "/admin/requests")
    (waiting,) = people.dana.pending()
    digits = people.dana.approve(waiting, recovery.request.fingerprint, people.key_file)
    look(people.dana.browser, f"/admin/requests/{waiting}")
    look(zoe.browser, f"{recovery.path}/status", f"{recovery.path}/restore")
    recovery.type_digits(digits)
    assert recovery.wait(0).newest
    zoe.finish(NEW_PIN)
    look(zoe.browser, "/recovery/done", "/vault")


@pytest.mark.databases
@pytest.mark.parametrize(("looks", "bound"), [(False, OF_A_RECOVERY), (True, WITH_EVERY_PAGE)])
def test_a_recovery_from_the_cloud_sends_at_most_two_hundred_statements(
    app: Flask, people: People, looks: bool, bound: int
) -> None:
    people.joined()
    zoe = Member(people.browser(), name="Safari on iPhone")
    zoe.sign_in("zoe@example.org", PASSWORD)
    with statements(app) as sent:
        recovered(people, zoe, looks=looks)
    assert [item["title"] for item in zoe.vault.items] == ["Mail"]
    assert len(sent) <= bound, sent.table()


def test_what_is_counted_is_every_statement_with_the_function_that_sent_it(app: Flask, alice: Person) -> None:
    """Else the bounds above would say nothing."""
    alice.get("/sessions")
    with statements(app) as sent:
        alice.get("/sessions")
    assert {each.short for each in sent.sent} >= {"SELECT sign_in", "SELECT notice"}
    assert {"asking", "list_sessions"} <= {place.split(":")[-1] for each in sent.sent for place in each.places}
    assert not sent.repeats()
