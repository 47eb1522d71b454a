"""Retention as a setting: owners change it, within bounds, and it is applied to the next backup."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.people.people import ActiveKey, Person, backed_up
from webapp import limits
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.retention import Retention

SHORT = {"last": "3", "days": "14", "weeks": "4"}


def rule(app: Flask, person: Person) -> Retention:
    with app.app_context():
        return Retention.of(db.session.get_one(Organisation, person.organisation_id))


def test_an_owner_changes_it_and_every_other_admin_is_told(
    app: Flask, olga: Person, bob: Person, alice: Person
) -> None:
    assert rule(app, olga) == Retention(10, 14, 8)
    assert olga.post("/admin/retention", data={"last": "20", "days": "30", "weeks": "52"}).status_code == 303
    assert rule(app, olga) == Retention(20, 30, 52)
    with app.app_context():
        assert EventList(olga.organisation_id).page(1)[0][0].kind == "policy.retention_changed"
        notices = list(db.session.scalars(db.select(Notice)))
        assert [(one.user_id, one.kind) for one in notices] == [(bob.user_id, "retention_changed")]
    assert "one a week for <strong>52</strong> weeks" in bob.get("/admin/settings").text


def test_saving_it_unchanged_tells_nobody(app: Flask, olga: Person, bob: Person) -> None:
    assert olga.post("/admin/retention", data={"last": "10", "days": "14", "weeks": "8"}).status_code == 303
    with app.app_context():
        assert db.session.scalars(db.select(Notice)).all() == []


def test_admins_see_it_and_don_t_change_it(app: Flask, bob: Person) -> None:
    response = bob.post("/admin/retention", data=SHORT)
    assert (response.status_code, 'data-code="retention_owner"' in response.text) == (403, True)
    assert rule(app, bob) == Retention()


@pytest.mark.parametrize("alice_or_charlie", ["alice", "charlie"])
def test_for_members_it_does_not_exist(request: pytest.FixtureRequest, alice_or_charlie: str) -> None:
    assert request.getfixturevalue(alice_or_charlie).post("/admin/retention", data=SHORT).status_code == 404


@pytest.mark.parametrize(
    "changed",
    [{"last": "2"}, {"last": "51"}, {"days": "13"}, {"days": "91"}, {"weeks": "3"}, {"weeks": "105"}]
    + [{"last": text} for text in ("", "ten", "-4", "3.5", "٣", "9" * 30)],
)
def test_what_is_out_of_bounds_is_refused_and_stays_on_the_page(
    app: Flask, olga: Person, changed: dict[str, str]
) -> None:
    response = olga.post("/admin/retention", data={**SHORT, **changed})
    assert response.status_code == 422
    assert response.text.count('aria-invalid="true"') == 1
    assert all(f'value="{value}"' in response.text for value in changed.values())
    assert rule(app, olga) == Retention()


def test_no_rule_pushes_out_what_is_younger_than_two_weeks() -> None:
    least = Retention(
        *(bounds[0] for bounds in (limits.BACKUPS_KEPT, limits.BACKUP_DAYS_KEPT, limits.BACKUP_WEEKS_KEPT))
    )
    moment = now()
    young = [(str(hour), moment - timedelta(hours=hour)) for hour in range(14 * 24)]
    assert least.kept(young, moment) == {made for made, _ in young}


def test_a_shorter_rule_is_applied_with_the_next_backup_and_not_before(
    app: Flask, olga: Person, alice: Person, organisation_key: ActiveKey
) -> None:
    made = [backed_up(alice, organisation_key).id for _ in range(6)]
    with app.app_context(), transaction() as session:
        for number, backup in enumerate(made):
            long_ago = now() - timedelta(days=300 + number)
            session.execute(update(CloudBackup).where(CloudBackup.id == backup).values(made_at=long_ago))
    olga.post("/admin/retention", data=SHORT)
    with app.app_context():
        assert CloudBackup.count(alice.user_id) == 6
        with transaction():
            organisation = Organisation.locked(alice.organisation_id)
            user = db.session.get_one(User, alice.user_id)
            assert CloudBackup.push_out(user, set(), Retention.of(organisation)) == 3


def test_a_bound_that_was_not_edited_stays_as_another_owner_has_set_it(app: Flask, olga: Person) -> None:
    was = {"shown_last": "10", "shown_days": "14", "shown_weeks": "8"}
    olga.post("/admin/retention", data=was | {"last": "20", "days": "14", "weeks": "8"})
    assert olga.post("/admin/retention", data=was | {"last": "10", "days": "30", "weeks": "8"}).status_code == 303
    assert rule(app, olga) == Retention(20, 30, 8)
    refused = olga.post("/admin/retention", data=was | {"last": "0", "days": "30", "weeks": "8"})
    assert (refused.status_code, rule(app, olga)) == (422, Retention(20, 30, 8))
    assert 'name="shown_last" value="10"' in refused.text
