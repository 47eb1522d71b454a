"""What the pages of the Admin Portal cost with 10,000 members and 1,000,000 events on PostgreSQL."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.bench.conftest import Results
from tests.bench.measuring import Ratio, turn_by_turn
from tests.bench.test_waiting import Visitor
from tests.support.people.people import ActiveKey, Person
from tests.support.servers.applications import dispose, make_app
from tests.support.servers.crowd import crowd
from tests.support.servers.processes import GranianServer
from webapp.database import db

MEMBERS, EVENTS, ROUNDS = 10_000, 100, 15
MIDDLE = f"{MEMBERS // 2:032x}"
PAGES = {
    "Overview": "/admin/",
    "Requests": "/admin/requests",
    "Users": "/admin/users",
    "Users, from the middle": f"/admin/users?after={MIDDLE}",
    "Users, found by name": "/admin/users?words=009999",
    "Users, by a gap": "/admin/users?gap=no_kit",
    "a member": f"/admin/users/{MIDDLE}",
    "Settings": "/admin/settings",
    "Activity": "/admin/activity",
    "Activity, from the middle": f"/admin/activity?before={MEMBERS * EVENTS // 2}",
}


@pytest.fixture
def app(granian_server: GranianServer, tmp_path: Path) -> Iterator[Flask]:
    """The same application in this process, to put things into the database with."""
    app = make_app(granian_server.environ, tmp_path)
    yield app
    dispose(app)


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_pages_of_a_large_organisation(
    results: Results, granian_server: GranianServer, bob: Person, organisation_key: ActiveKey, database_kind: str
) -> None:
    crowd(bob.app, bob.organisation_id, organisation_key.id, range(MEMBERS), events=EVENTS, at_once=500)
    with bob.app.app_context(), db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE"))
        assert connection.scalar(text("SELECT count(*) FROM event")) >= MEMBERS * EVENTS
    bob.get("/admin/")
    cookie = bob.client.get_cookie("sparekey")
    assert cookie
    visitor = Visitor(granian_server.url, f"sparekey={cookie.value}")
    works = {name: lambda path=path: visitor.get(path, 200) for name, path in PAGES.items()}
    with closing(visitor.connection):
        found = turn_by_turn({"sign-in": lambda: visitor.get("/sign-in", 200, signed_in=False), **works}, ROUNDS)
    for name in PAGES:
        results.add(
            "The Admin Portal",
            Ratio(name, "sign-in page", found[name], found["sign-in"], "ms"),
            note="10,000 members and 1,000,000 events on PostgreSQL; one kept connection, one page after the other.",
        )
