"""Drawing a page writes nothing: every page, for everybody, with rows in every state, while the database is watched.

What a page shows as expired need not have been moved yet: `advance()` refuses by the clock, and whoever posts, or the
worker, moves it.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from tests.support.pages.access import ADMIN, MEMBER, OWNER
from tests.support.pages.routes import Try, things_of, tries_of
from tests.support.people.others import elsewhere
from tests.support.people.people import ActiveKey, Person, be_at
from tests.support.recovery_keys.life import follow
from tests.support.run.clock import MovableClock
from tests.support.run.write_watch import Write, writes
from tests.views.account.test_notices import give
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows import pairing, restore_request
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.session import SignIn

ALLOWED = {
    "views.admin.activity_export.make_key": "the key that signs exports is made at the first visit to them, once",
    "web.access._note_activity": "a session’s idle clock moves on, and what was left alone too long is locked",
}
"""Functions that may write during a GET, each registered with `before_request`, and why."""


@pytest.fixture
def ids(alice: Person, olga: Person, organisation_key: ActiveKey) -> Iterator[dict[str, str]]:
    """What is alice’s, behind every kind of address."""
    things = things_of(alice, organisation_key)
    follow(olga, organisation_key)
    be_at(alice, alice.device)
    yield things
    with alice.app.app_context():
        db.session.remove()


@pytest.fixture
def pages(app: Flask) -> list[Try]:
    """Every route that answers GET."""
    return [each for each in tries_of(app) if each.method == "GET"]


def drawn(app: Flask, client: FlaskClient, pages: Sequence[Try], ids: dict[str, str]) -> list[str]:
    """What was written while this browser got each of the pages, but for what is allowed."""
    found = []
    for each in pages:
        with writes(app) as written:
            client.get(each.path(ids))
        found += [f"{each.rule.endpoint}: {write}" for write in written if not _is_allowed(write)]
    return found


def _is_allowed(write: Write) -> bool:
    return not ALLOWED.keys().isdisjoint(write.places)


def change(person: Person, table: type[RestoreRequest] | type[Pairing], row_id: str, **values: object) -> None:
    """Put a row as it is wanted."""
    with person.app.app_context(), transaction() as session:
        session.execute(update(table).where(table.id == row_id).values(**values))


def of_members(pages: Sequence[Try]) -> list[Try]:
    """Those that are not of the Admin Portal alone."""
    return [each for each in pages if each.rule.endpoint not in ADMIN | OWNER]


def wait_for_notice(alice: Person, request_id: str) -> str:
    """Let alice’s request be approved by somebody whose approval counts after a wait for her notice."""
    notice_id = give(alice, "restore_approved_waiting", request=request_id, admin="Bob", hours="24")
    state = restore_request.State.APPROVED
    change(alice, RestoreRequest, request_id, stored_state=state, usable_at=None, waits_for=notice_id)
    return notice_id


def test_a_stranger_changes_nothing(app: Flask, pages: list[Try], ids: dict[str, str]) -> None:
    assert drawn(app, app.test_client(), pages, ids) == []


@pytest.mark.parametrize("whose", ["charlie", "bob", "olga", "eve"])
def test_others_change_nothing(
    app: Flask, pages: list[Try], ids: dict[str, str], request: pytest.FixtureRequest, clock: MovableClock, whose: str
) -> None:
    person = elsewhere(app) if whose == "eve" else request.getfixturevalue(whose)
    give(person)
    found = drawn(app, person.client, pages, ids)
    clock.advance(days=8)
    assert found + drawn(app, person.client, pages, ids) == []


def test_a_member_changes_nothing_in_their_own_browser(
    app: Flask, pages: list[Try], ids: dict[str, str], alice: Person, clock: MovableClock
) -> None:
    wait_for_notice(alice, ids["request_id"])
    found = drawn(app, alice.client, of_members(pages), ids)
    clock.advance(days=8)
    assert found + drawn(app, alice.client, of_members(pages), ids) == []


def test_nor_in_one_that_has_not_looked_for_its_key(
    app: Flask, pages: list[Try], ids: dict[str, str], alice: Person
) -> None:
    assert drawn(app, alice.another_browser(), of_members(pages), ids) == []


@pytest.mark.parametrize("is_due", [False, True])
@pytest.mark.parametrize("state", restore_request.State)
def test_a_request_is_shown_as_it_stands(
    app: Flask,
    pages: list[Try],
    ids: dict[str, str],
    alice: Person,
    bob: Person,
    state: restore_request.State,
    is_due: bool,
) -> None:
    until = now() - timedelta(seconds=1) if is_due else now() + limits.REQUEST_LIFE
    stands = {"stored_state": state, "expires_at": until, "ended_at": None if state in restore_request.OPEN else now()}
    decided = {"decided_at": now(), "decided_by": bob.user_id, "usable_at": now(), "released_at": now()}
    change(alice, RestoreRequest, ids["request_id"], **stands, **decided)
    client = alice.another_browser()
    with app.app_context(), transaction() as session:
        found = session.get_one(SignIn, alice.sign_in_id(client))
        found.looked_at, found.device_id = now(), session.get_one(RestoreRequest, ids["request_id"]).device_id
    asked = [each for each in pages if "request_id" in each.rule.arguments or each.rule.endpoint.startswith("recovery")]
    mine = [each for each in asked if each.rule.endpoint in MEMBER]
    assert drawn(app, client, mine, ids) + drawn(app, bob.client, asked, ids) == []


@pytest.mark.parametrize("is_due", [False, True])
@pytest.mark.parametrize("state", pairing.State)
def test_a_pairing_is_shown_as_it_stands(
    app: Flask, pages: list[Try], ids: dict[str, str], alice: Person, state: pairing.State, is_due: bool
) -> None:
    until = now() - timedelta(seconds=1) if is_due else now() + limits.PAIRING_LIFE
    ended_at = None if state in pairing.OPEN else now()
    change(alice, Pairing, ids["pairing_id"], stored_state=state, expires_at=until, ended_at=ended_at)
    change(alice, RestoreRequest, ids["request_id"], stored_state=restore_request.State.CANCELLED)
    mine = [each for each in of_members(pages) if each.rule.endpoint.startswith(("pair", "recovery"))]
    found = drawn(app, alice.client, mine, ids)
    change(alice, Pairing, ids["pairing_id"], code_expires_at=now() - timedelta(seconds=1))
    with app.app_context(), transaction() as session:
        user = session.get_one(User, alice.user_id)
        user.pairing_codes, user.pairing_codes_at = limits.PAIRING_CODES, now()
    assert found + drawn(app, alice.client, mine, ids) == []
