"""Activity: readable, newest first, a page at a time."""

import re
from pathlib import Path

import pytest
from flask import Flask

from tests.support.people.person import Person
from webapp.database import transaction
from webapp.flows.restore_request import State
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.views.admin.activity import PAGE


def record(app: Flask, person: Person, kind: str, number: int = 1, **details: str) -> None:
    with app.app_context(), transaction() as session:
        user = session.get_one(User, person.user_id)
        for _ in range(number):
            Event.append(kind, user.organisation_id, actor=user, subject=user, **details)


def kinds(page: str) -> list[str]:
    return re.findall(r'data-kind="([^"]+)"', page)


def test_it_says_what_happened_in_words(app: Flask, bob: Person) -> None:
    bob.client  # noqa: B018
    record(app, bob, "contact.changed")
    page = bob.get("/admin/activity").text
    assert kinds(page) == ["contact.changed", "user.signed_in"]
    assert "Bob changed the IT admin contact." in page
    assert "Bob signed in with Firefox on Windows, from 127.0.0.1." in page


def test_a_kind_without_words_is_shown_as_it_is(app: Flask, bob: Person) -> None:
    record(app, bob, "moon.reached")
    assert "moon.reached" in bob.get("/admin/activity").text


def test_everything_the_application_records_has_words(app: Flask) -> None:
    sources = "".join(path.read_text() for path in (Path(__file__).parents[3] / "webapp").rglob("*.py"))
    recorded = set(re.findall(r'Event\.append\(\s*"([^"]+)"', sources))
    recorded |= {f"restore_request.{state}" for state in State}
    assert len(recorded) > 15
    assert recorded <= set(app.jinja_env.get_template("admin/activity/events.html").module.words)  # type: ignore[attr-defined]


def test_details_are_filled_in_and_escaped(app: Flask, bob: Person) -> None:
    record(app, bob, "organisation_key.generated", name="<i>2026")
    assert "Bob generated the recovery key “&lt;i&gt;2026”." in bob.get("/admin/activity").text


@pytest.mark.databases
def test_older_activity_is_a_page_further(app: Flask, bob: Person) -> None:
    bob.client  # noqa: B018
    record(app, bob, "contact.changed", PAGE)
    first = bob.get("/admin/activity").text
    older = re.search(r'href="(/admin/activity\?before=\d+)"', first)
    assert older
    assert len(kinds(first)) == PAGE
    second = bob.get(older[1]).text
    assert kinds(second) == ["user.signed_in"]
    assert "before=" not in second


def test_a_page_that_is_none_is_the_first(bob: Person) -> None:
    for before in ("", "x", "99999999999999999999"):
        assert bob.get(f"/admin/activity?before={before}").status_code == 200
