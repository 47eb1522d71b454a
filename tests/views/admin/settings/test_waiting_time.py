"""Waiting time: owners change it, admins see it, everybody who decides is told."""

import pytest
from flask import Flask

from tests.support.people.person import Person
from webapp.database import db
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice


def wait(app: Flask, person: Person) -> int:
    with app.app_context():
        return db.session.get_one(Organisation, person.organisation_id).approval_wait_hours


def shown(app: Flask, person: Person) -> list[str]:
    with app.app_context():
        return [notice.kind for notice in Notice.shown_to(db.session.get_one(User, person.user_id))]


@pytest.mark.databases
def test_an_owner_changes_it_and_the_other_admins_are_told(app: Flask, bob: Person, olga: Person) -> None:
    assert 'value="24"' in olga.get("/admin/settings").text
    answer = olga.post("/admin/waiting-time", data={"hours": " 48 "})
    assert (answer.status_code, answer.location) == (303, "/admin/settings")
    assert wait(app, olga) == 48
    assert 'value="48"' in olga.get("/admin/settings").text
    assert (shown(app, bob), shown(app, olga)) == (["wait_changed"], [])
    assert "Olga changed the wait before an approval counts from 24 to 48 hours." in olga.get("/admin/activity").text
    with app.app_context():
        notice = Notice.shown_to(db.session.get_one(User, bob.user_id))[0]
        assert notice.details == {"owner": "Olga", "before": 24, "after": 48}


def test_admins_see_it_and_change_nothing(app: Flask, bob: Person) -> None:
    page = bob.get("/admin/settings").text
    assert "24 hours" in page
    assert 'name="hours"' not in page
    answer = bob.post("/admin/waiting-time", data={"hours": "1"})
    assert (answer.status_code, 'data-code="wait_owner"' in answer.text) == (403, True)
    assert wait(app, bob) == 24


@pytest.mark.parametrize("hours", ["1", "168"])
def test_an_hour_and_a_week_are_the_bounds(app: Flask, olga: Person, hours: str) -> None:
    assert olga.post("/admin/waiting-time", data={"hours": hours}).status_code == 303
    assert wait(app, olga) == int(hours)


@pytest.mark.parametrize("hours", ["", "0", "169", "-1", "1.5", "two", "٣", "9" * 30])
def test_anything_else_is_said_and_stays_in_the_field(app: Flask, olga: Person, hours: str) -> None:
    answer = olga.post("/admin/waiting-time", data={"hours": hours})
    assert (answer.status_code, "from 1 to 168" in answer.text) == (422, True)
    assert f'value="{hours}"' in answer.text
    assert wait(app, olga) == 24


def test_the_same_again_is_no_news(app: Flask, bob: Person, olga: Person) -> None:
    assert olga.post("/admin/waiting-time", data={"hours": "24"}).status_code == 303
    assert shown(app, bob) == []
    with app.app_context():
        assert "policy.wait_changed" not in [event.kind for event in EventList(olga.organisation_id).page(5)[0]]


def test_members_change_nothing(app: Flask, alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        assert person.post("/admin/waiting-time", data={"hours": "1"}).status_code == 404
    assert wait(app, alice) == 24
