"""Admin pages ask the database a bounded number of questions, however many people there are, and by an index."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import text

from tests.support.people.marks import mark
from tests.support.people.people import ActiveKey
from tests.support.people.person import Person
from tests.support.run.statements import Statement, statements
from tests.support.servers.crowd import crowd
from webapp.clock import now
from webapp.config import ROOT
from webapp.database import db
from webapp.models.directory.user import User
from webapp.models.journal.event import Event

FEW, MANY = 280, 560
"""More wait in either than a page shows: where all of them are shown, nothing has to count them."""
BOUND = 16
PAGES = (
    *("/admin/", "/admin/requests", "/admin/requests?show=decided&person=member", "/admin/requests/count"),
    *("/admin/requests/pending", "/admin/users", "/admin/users?words=member0&role=member&state=enabled"),
    *("/admin/users?gap=no_kit", "/admin/settings", "/admin/activity", "/admin/invites", "/admin/invites/file"),
)


def asked(app: Flask, person: Person, path: str) -> list[Statement]:
    """What a page reads."""
    person.get(path)  # what is noted once, such as activity, is no part of it
    with statements(app) as found:
        assert person.get(path).status_code in (200, 204), path
    return [each for each in found.sent if each.short.startswith("SELECT")]


def pages(app: Flask, member: Person) -> list[str]:
    with app.app_context():
        first = db.session.query(User.id).order_by(User.name).first()  # behind the last nobody would be listed
        assert first
    return [*PAGES, f"/admin/users?after={first[0]}", f"/admin/users/{member.user_id}"]


@pytest.mark.databases
def test_no_page_asks_more_for_more_people(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, database_kind: str
) -> None:
    crowd(app, bob.organisation_id, organisation_key.id, range(FEW))
    mark(bob, alice)
    few = {path: len(asked(app, bob, path)) for path in pages(app, alice)}
    crowd(app, bob.organisation_id, organisation_key.id, range(FEW, MANY))
    many = {path: len(asked(app, bob, path)) for path in pages(app, alice)}
    less = {path.partition("after")[0]: number for path, number in few.items()}
    assert {path.partition("after")[0]: number for path, number in many.items()} == less
    assert max(many.values()) <= BOUND, many


def test_no_page_counts_its_way_to_a_place() -> None:
    """OFFSET reads what it skips; the place behind a key is found by an index."""
    assert [path for path in (ROOT / "webapp").rglob("*.py") if ".offset(" in path.read_text()] == []


@pytest.mark.parametrize("path", ["/admin/activity", "/admin/users", "person"])
def test_no_list_reads_a_whole_table(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, path: str
) -> None:
    """What SQLite plans for what the page asks: it walks along an index, and sorts nothing first."""
    crowd(app, bob.organisation_id, organisation_key.id, range(60))
    found = asked(app, bob, f"/admin/users/{alice.user_id}" if path == "person" else path)
    lists = [each for each in found if re.search(r"FROM (event|user_account)\b", each.text) and "LIMIT" in each.text]
    assert lists
    with app.app_context():
        connection = db.session.connection()
        for statement, parameters in ((each.text, each.parameters) for each in lists):
            plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)]
            if not any("ix_event_by_subject" in step for step in plan):  # two walks of a page each may be sorted
                assert not [step for step in plan if "TEMP B-TREE FOR ORDER BY" in step], (statement, plan)
            scanned = [step for step in plan if re.match(r"SCAN (user_account|event)(?! USING)", step)]
            assert not scanned, (statement, plan)


def test_the_crowd_is_one(app: Flask, bob: Person, organisation_key: ActiveKey) -> None:
    """Else the counts above would say nothing."""
    crowd(app, bob.organisation_id, organisation_key.id, range(60))
    page = bob.get("/admin/").text
    with app.app_context():
        for table in (
            "device",
            "cloud_backup",
            "restore_request",
            "own_recovery",
            "pairing",
            "sign_in",
            "invite",
            "event",
        ):
            assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) >= 5, table
        assert db.session.query(Event.id).filter(Event.at < now() - timedelta(days=1)).count() > 0
    assert "Nobody is waiting" not in page
    assert "No recovery in 30 days" not in page
