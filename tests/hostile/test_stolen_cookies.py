"""A stolen session cookie dies with whatever ends the member’s sessions, on every route there is."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.support.pages.access import ADMIN, MEMBER
from tests.support.people.password_links import NEW, asked, reset
from tests.support.people.people import ActiveKey, Person
from tests.support.recovery.vetoes import press_undo, recovered, veto_path
from tests.web.test_access import World
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey


def choose(path: str, client: FlaskClient) -> None:
    assert client.post(path, data={"password": NEW}).status_code == 303


def by_admin(world: World, member: Person, olga: Person) -> None:
    """The deed alone, before any new password is chosen."""
    reset(member, olga)


def by_admin_through_the_mail(world: World, member: Person, olga: Person) -> None:
    reset(member, olga, hand_over=False)


def by_the_operator(world: World, member: Person, olga: Person) -> None:
    reset(member)


def by_mail(world: World, member: Person, olga: Person) -> None:
    """Asking ends nothing, choosing does."""
    choose(asked(member), world.app.test_client())


def by_veto(world: World, member: Person, olga: Person) -> None:
    assert world.app.test_client().post(veto_path(member)).status_code in (200, 303)


ENDS = (by_admin, by_admin_through_the_mail, by_the_operator, by_mail, by_veto)


@pytest.mark.parametrize("end", ENDS, ids=lambda end: end.__name__)
@pytest.mark.parametrize("whose", ["alice", "bob"])
def test_it_opens_no_route_any_more(
    app: object,
    alice: Person,
    bob: Person,
    olga: Person,
    organisation_key: ActiveKey,
    request: pytest.FixtureRequest,
    end: Callable[[World, Person, Person], None],
    whose: str,
) -> None:
    member: Person = request.getfixturevalue(whose)
    world = World(alice.app, alice, organisation_key)
    stolen = member.another_browser()
    assert stolen.get("/settings").status_code == 200
    end(world, member, olga)
    for method, path, _ in world.routes(MEMBER | ADMIN):
        page = stolen.open(path, method=method)
        assert (page.status_code, page.headers["Location"].partition("?")[0]) == (303, "/sign-in"), path
        octets = stolen.open(path, method=method, headers={"Accept": "application/octet-stream"})
        assert (octets.status_code, octets.get_json()) == (401, {"error": "signed_out"}), path
    with world.app.app_context():
        theirs = select(TabKey).join(SignIn, TabKey.sign_in_id == SignIn.id).where(SignIn.user_id == member.user_id)
        assert not db.session.scalars(theirs).all(), "no unlocked tab is left"
        db.session.remove()


def test_an_undo_ends_the_thiefs_session_too(alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    made = recovered(alice, bob, organisation_key)
    assert made.client.get("/settings").status_code == 200
    assert press_undo(alice.app.test_client(), veto_path(alice)).status_code in (200, 303)
    assert made.client.get("/settings").headers["Location"].startswith("/sign-in")
    assert made.client.post("/devices/challenge", headers={"Accept": "application/octet-stream"}).status_code == 401


def test_a_session_that_was_ended_elsewhere_is_dead_at_once(alice: Person) -> None:
    stolen = alice.another_browser()
    alice.get("/sessions")
    assert alice.post("/sessions/ending").status_code in (200, 303)
    assert stolen.get("/settings").headers["Location"].startswith("/sign-in")
    assert alice.get("/settings").status_code == 200


def test_a_disabled_members_session_is_dead_at_once(alice: Person) -> None:
    alice.get("/settings")
    with alice.app.app_context(), transaction():
        User.locked(alice.user_id).disabled_at = now()
    assert alice.get("/settings").headers["Location"].startswith("/sign-in")
