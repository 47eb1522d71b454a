"""Activity by person, kind and time: an address a search, without a script."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import event

from tests.support.people.others import elsewhere
from tests.support.people.person import Person, add_person
from tests.support.run.clock import MovableClock
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.journal.kinds import GROUPS, REST, grouped
from webapp.models.journal.listing import PEOPLE, EventList
from webapp.views.admin.activity import PAGE

pytestmark = pytest.mark.databases
NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)


def record(
    app: Flask, kind: str, actor: Person, subject: Person | None = None, number: int = 1, at: datetime | None = None
) -> None:
    with app.app_context(), transaction() as session:
        people = [session.get_one(User, person.user_id) if person else None for person in (actor, subject)]
        for _ in range(number):
            made = Event.append(kind, actor.organisation_id, actor=people[0], subject=people[1])
            made.at = at or made.at


def found(bob: Person, **wanted: object) -> list[str]:
    """The kinds that the page lists, newest first."""
    answer = bob.get("/admin/activity", query_string=wanted)
    assert answer.status_code == 200, answer.text
    return re.findall(r'data-kind="([^"]+)"', answer.text)


def refused(bob: Person, **wanted: str) -> str:
    """What the page says of what can’t be searched by."""
    answer = bob.get("/admin/activity", query_string=wanted)
    assert answer.status_code == 422
    assert "data-kind" not in answer.text
    assert "Nothing is listed" in answer.text
    for name, value in wanted.items():
        assert name == "kind" or value in answer.text, "what was typed is lost"
    [sentence] = re.findall(r'field__error" id="[^"]+"><span>([^<]+)', answer.text)
    return str(sentence)


@pytest.fixture
def history(app: Flask, alice: Person, bob: Person, charlie: Person) -> None:
    """Alice had her password reset by Bob at noon; Charlie paired a browser two days later."""
    bob.client  # noqa: B018
    record(app, "user.password_reset", bob, alice, at=NOON)
    record(app, "pairing.opened", charlie, charlie, at=NOON + timedelta(days=2))
    record(app, "device.renamed", alice, at=NOON + timedelta(days=3))


def test_a_person_is_found_who_did_it_and_to_whom_it_was_done(history: None, bob: Person) -> None:
    assert found(bob, person="alice@example.org") == ["device.renamed", "user.password_reset"]
    assert found(bob, person="ALICE") == ["device.renamed", "user.password_reset"]
    assert found(bob, person="charlie") == ["pairing.opened"]
    assert found(bob, person="li") == ["device.renamed", "pairing.opened", "user.password_reset"]


def test_the_page_of_a_person_leads_to_what_happened_to_them(history: None, alice: Person, bob: Person) -> None:
    link = re.search(r'href="([^"]+)">Activity of Alice<', bob.get(f"/admin/users/{alice.user_id}").text)
    assert link
    assert re.findall(r'data-kind="([^"]+)"', bob.get(link[1]).text) == ["device.renamed", "user.password_reset"]


def test_the_latest_are_the_newest(app: Flask, history: None, bob: Person) -> None:
    with app.app_context():
        assert [event.kind for event in EventList(bob.organisation_id).page(2)[0]] == found(bob)[:2]


def test_who_fits_nobody_or_everybody_is_told_so(app: Flask, organisation: str, history: None, bob: Person) -> None:
    assert "Nobody here" in refused(bob, person="zoe")
    assert "Nobody here" in refused(bob, person="%")
    for number in range(PEOPLE):
        add_person(app, organisation, f"Person{number}")
    assert "More than ten" in refused(bob, person="example.org")


def test_a_kind_is_found_and_so_are_those_that_belong_to_it(history: None, bob: Person) -> None:
    assert found(bob, kind="device.renamed") == ["device.renamed"]
    assert found(bob, kind="devices") == ["device.renamed", "pairing.opened"]
    assert set(found(bob, kind="sign_in")) == {"user.signed_in", "user.password_reset"}
    assert "There is no such kind" in refused(bob, kind="moon.reached")


def test_days_are_searched_to_their_end_in_utc(app: Flask, history: None, bob: Person) -> None:
    assert found(bob, to="2026-11-22", person="alice") == ["user.password_reset"]
    assert found(bob, **{"from": "2026-11-23", "to": "2026-11-24"}) == ["pairing.opened"]
    record(app, "kit.changed", bob, at=datetime(2026, 11, 24, 23, 59, 59, 999999, tzinfo=UTC))
    assert found(bob, **{"from": "2026-11-24", "to": "2026-11-24"}) == ["kit.changed", "pairing.opened"]


@pytest.mark.parametrize("text", ["22.11.2026", "2026-02-30", "yesterday", "0001-01-01", "9999-12-31"])
def test_what_is_no_date_is_told_so(history: None, bob: Person, text: str) -> None:
    assert refused(bob, **{"from": text}) == "This is no date. Write it as 2026-11-22."
    assert refused(bob, to=text) == "This is no date. Write it as 2026-11-22."


def test_days_in_the_wrong_order_are_told_so(history: None, bob: Person) -> None:
    assert "before the first" in refused(bob, **{"from": "2026-11-23", "to": "2026-11-22"})


def test_everything_together(history: None, bob: Person) -> None:
    wanted = {"person": "alice", "kind": "sign_in", "from": "2026-11-22", "to": "2026-11-22"}
    assert found(bob, **wanted) == ["user.password_reset"]
    page = bob.get("/admin/activity", query_string=wanted).text
    assert 'value="alice"' in page
    assert re.search(r'value="sign_in" selected', page)
    assert 'value="2026-11-22"' in page


def test_nothing_yet_and_nothing_that_matches_are_told_apart(app: Flask, history: None, bob: Person) -> None:
    page = bob.get("/admin/activity?from=2020-01-01&to=2020-01-01").text
    assert "Nothing matches" in page
    assert "Nothing yet" not in page
    with app.app_context(), transaction() as session:
        for row in session.query(Event):
            session.delete(row)
    page = bob.get("/admin/activity").text
    assert "Nothing yet" in page
    assert "Nothing matches" not in page


def test_older_activity_keeps_what_is_looked_for_and_misses_nothing(app: Flask, history: None, bob: Person) -> None:
    """Many of one moment are still told apart, and others come in between."""
    record(app, "device.renamed", bob, number=PAGE + 1, at=NOON)
    record(app, "kit.changed", bob, number=PAGE, at=NOON)
    page = bob.get("/admin/activity?kind=devices&person=bob").text
    assert len(re.findall("data-kind", page)) == PAGE
    older = re.search(r'href="([^"]+)" rel="next"', page)
    assert older
    record(app, "device.renamed", bob, number=3)
    second = bob.get(older[1].replace("&amp;", "&")).text
    assert re.findall(r'data-kind="([^"]+)"', second) == ["device.renamed"]
    assert 'rel="next"' not in second


def test_activity_of_another_organisation_is_never_listed(app: Flask, history: None, bob: Person) -> None:
    dora = elsewhere(app, "Dora Li")
    record(app, "device.renamed", dora, dora, at=NOON)
    assert len(found(bob, kind="devices")) == 2
    assert len(found(bob, **{"from": "2026-11-22", "to": "2026-11-22"})) == 1
    assert "Nobody here" in refused(bob, person="dora@example.org")
    assert len(found(bob, person="li")) == 3
    assert "Dora" not in bob.get("/admin/activity").text


@contextmanager
def statements() -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    event.listen(db.engine, "after_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(db.engine, "after_cursor_execute", note)


def test_a_page_asks_the_database_as_often_however_much_there_is(app: Flask, history: None, bob: Person) -> None:
    counts = []
    for number in (1, PAGE):
        record(app, "device.renamed", bob, number=number)
        for query in ("", "?person=li&kind=devices", f"?before=2&kind={next(iter(GROUPS))}"):
            with app.app_context(), statements() as seen:
                assert bob.get(f"/admin/activity{query}").status_code == 200
            counts.append(len(seen))
    assert counts[:3] == counts[3:]
    assert max(counts) <= 6, counts


def test_times_that_go_back_are_shown_by_time(app: Flask, bob: Person, clock: MovableClock) -> None:
    bob.client  # noqa: B018
    record(app, "kit.changed", bob)
    clock.advance(hours=-1)
    record(app, "device.renamed", bob)
    assert found(bob) == ["kit.changed", "user.signed_in", "device.renamed"]


def test_every_kind_is_in_a_group(app: Flask, bob: Person) -> None:
    words = app.jinja_env.get_template("admin/activity/events.html").module.words  # type: ignore[attr-defined]
    assert REST not in grouped(words), "name where it belongs, in webapp.models.journal.kinds"
    page = bob.get("/admin/activity").text
    assert all(f'<option value="{kind}">' in page for kind in words)
    assert ">Restore request approved<" in page
    assert grouped(["moon.reached"]) == {REST: ["moon.reached"]}
