"""Which ways back are allowed: owners change it, admins see it, everybody is told, one that works has to stay."""

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import ActiveKey
from tests.support.people.person import Person
from webapp.database import db, transaction
from webapp.flows.recovery_methods import EVERY_METHOD, PAIRING, RecoveryMethod
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.method_policy import methods_off

WITHOUT_KIT = [way for way in EVERY_METHOD if way != RecoveryMethod.RECOVERY_KIT]


def off(person: Person) -> set[str]:
    with person.app.app_context():
        return set(methods_off(person.organisation_id))


def told(person: Person) -> list[Notice]:
    with person.app.app_context():
        query = select(Notice).where(Notice.user_id == person.user_id, Notice.kind.startswith("ways_changed"))
        return list(db.session.scalars(query))


def save(person: Person, ways: list[str]) -> int:
    return person.post("/admin/ways", data={"way": ways}).status_code


@pytest.mark.databases
def test_an_owner_changes_it_and_everybody_is_told(
    app: Flask, alice: Person, bob: Person, charlie: Person, olga: Person
) -> None:
    with app.app_context(), transaction():
        user = User.locked(charlie.user_id)
        user.disabled_at = user.created_at
    assert olga.get("/admin/settings").text.count(" checked") >= len(EVERY_METHOD)
    assert save(olga, WITHOUT_KIT) == 303
    assert off(olga) == {RecoveryMethod.RECOVERY_KIT}
    assert [notice.kind for notice in told(alice)] == ["ways_changed"]
    assert [notice.kind for notice in told(bob)] == ["ways_changed_admin"]
    assert (told(olga), told(charlie)) == ([], [])
    assert "Your organisation changed the ways back to a vault" in alice.get("/sessions").text
    assert "Not allowed now: Recovery Kit." in olga.get("/admin/activity").text
    assert save(olga, WITHOUT_KIT) == 303
    assert len(told(alice)) == 1
    assert save(olga, list(EVERY_METHOD)) == 303
    assert off(olga) == set()
    assert "Not allowed now: nothing." in olga.get("/admin/activity").text
    assert told(alice)[0].details.keys() == {"owner", "off", "on"}


def test_admins_see_it_and_change_nothing(app: Flask, bob: Person, olga: Person) -> None:
    save(olga, WITHOUT_KIT)
    page = bob.get("/admin/settings").text
    assert "Recovery Kit: not allowed" in page
    assert 'name="way"' not in page
    answer = bob.post("/admin/ways", data={"way": list(EVERY_METHOD)})
    assert (answer.status_code, 'data-code="ways_owner"' in answer.text) == (403, True)
    assert off(olga) == {RecoveryMethod.RECOVERY_KIT}


def test_members_change_nothing(app: Flask, alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        assert save(person, WITHOUT_KIT) == 404
    assert off(alice) == set()


@pytest.mark.parametrize(
    ("ways", "code"),
    [
        ([], "ways_none"),
        ([RecoveryMethod.NEW_ACCOUNT], "ways_none"),
        ([RecoveryMethod.CLOUD_BACKUP, RecoveryMethod.NEW_ACCOUNT], "ways_none"),
        ([PAIRING, "magic"], "ways_unknown"),
    ],
)
def test_one_that_brings_a_vault_back_has_to_stay(app: Flask, olga: Person, ways: list[str], code: str) -> None:
    answer = olga.post("/admin/ways", data={"way": ways})
    assert (answer.status_code, f'data-code="{code}"' in answer.text) == (422, True)
    assert off(olga) == set()
    for way in EVERY_METHOD:
        is_ticked = f'id="way-{way}" value="{way}" name="way" checked' in answer.text
        assert is_ticked == (way in ways)


@pytest.mark.parametrize("way", [PAIRING, RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT])
def test_any_of_these_is_enough(olga: Person, way: str) -> None:
    assert save(olga, [way]) == 303


def test_cloud_backups_are_enough_where_they_are_enabled(olga: Person, organisation_key: ActiveKey) -> None:
    assert save(olga, [RecoveryMethod.CLOUD_BACKUP]) == 303


def test_the_event_says_what_it_was_and_is(app: Flask, olga: Person) -> None:
    save(olga, WITHOUT_KIT)
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.kind == "policy.ways_changed")).one()
        assert event.details == {"before": "nothing", "after": "Recovery Kit"}


def test_cloud_backups_are_not_disabled_while_they_are_the_only_way(olga: Person, organisation_key: ActiveKey) -> None:
    assert save(olga, [RecoveryMethod.CLOUD_BACKUP]) == 303
    answer = olga.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"})
    assert answer.status_code == 422
    assert "Allow another one first" in answer.text
    assert save(olga, [RecoveryMethod.CLOUD_BACKUP, PAIRING]) == 303
    assert olga.post("/admin/cloud-backups/disabling", data={"typed": "Example Works"}).status_code == 303
    assert save(olga, [RecoveryMethod.CLOUD_BACKUP]) == 422, "it is gone in a week"
