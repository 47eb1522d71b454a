"""Put back: shares from before a re-wrap take their former place, once, and nothing gets lost by it."""

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, Person, backed_up
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.life import follow, key_of, new_shares, rewrap_form
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.database import db, transaction
from webapp.models.backups.key_removal import ask_removal
from webapp.models.backups.rewrap_rollback import Former, NotRolledBack, former_shares, roll_back
from webapp.models.directory.user import User
from webapp.models.journal.listing import EventList
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare


@pytest.fixture
def backups(alice: Person, organisation_key: ActiveKey) -> list[str]:
    return [backed_up(alice, organisation_key).id for _ in range(2)]


@pytest.fixture
def following(olga: Person, organisation_key: ActiveKey, backups: list[str]) -> ActiveKey:
    return follow(olga, organisation_key)


def rewrap_all(bob: Person, former: ActiveKey, following: ActiveKey) -> None:
    form = rewrap_form(bob, former, following, new_shares(bob, former, following))
    assert bob.post(f"/admin/keys/{former.id}/rewrap", json=form).status_code == 200


def put_all_back(by: Person, key: ActiveKey) -> int:
    with by.app.app_context(), transaction() as session:
        return roll_back(session.get_one(User, by.user_id), key.id)


def left(key: ActiveKey, by: Person) -> Former:
    with by.app.app_context():
        return former_shares(key.id)


def refusal(by: Person, key: ActiveKey) -> str:
    with pytest.raises(NotRolledBack) as error:
        put_all_back(by, key)
    return error.value.code


@pytest.mark.databases
def test_every_backup_has_what_it_had_before(
    app: Flask, bob: Person, organisation_key: ActiveKey, following: ActiveKey, backups: list[str]
) -> None:
    before = [key_of(bob, backup) for backup in backups]
    rewrap_all(bob, organisation_key, following)
    between = [key_of(bob, backup) for backup in backups]
    assert left(organisation_key, bob) == Former(2, 0)
    assert put_all_back(bob, organisation_key) == 2
    assert [key_of(bob, backup) for backup in backups] == before
    assert left(organisation_key, bob) == Former(0, 0)
    with app.app_context():
        kept = db.session.scalars(db.select(FormerShare)).all()
        assert {(share.organisation_key_id, share.share_a) for share in kept} == set(between)
        event = EventList(bob.organisation_id).page(1)[0][0]
        assert (event.kind, event.details["number"]) == ("organisation_key.shares_put_back", 2)
    assert put_all_back(bob, organisation_key) == 0
    with app.app_context():
        assert EventList(bob.organisation_id).page(1)[0][0].id == event.id  # nothing was done, so nothing is told


def test_re_wrapped_again_and_put_back_again(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, backups: list[str]
) -> None:
    before = [key_of(bob, backup) for backup in backups]
    for _ in range(2):
        rewrap_all(bob, organisation_key, following)
        assert put_all_back(bob, organisation_key) == 2
    assert [key_of(bob, backup) for backup in backups] == before


@pytest.mark.databases
def test_what_an_open_request_needs_stays_as_it_is(
    bob: Person, alice: Person, organisation_key: ActiveKey, following: ActiveKey, backups: list[str]
) -> None:
    rewrap_all(bob, organisation_key, following)
    waiting_request(alice, organisation_key)  # for the newest
    needed = {backup: key_of(bob, backup) for backup in backups}
    assert left(organisation_key, bob) == Former(1, 1)
    assert put_all_back(bob, organisation_key) == 1
    assert left(organisation_key, bob) == Former(0, 1)
    assert sum(key_of(bob, backup) == needed[backup] for backup in backups) == 1


def test_a_thousand_at_a_time(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewrap_all(bob, organisation_key, following)
    monkeypatch.setattr(limits, "PUT_BACK_BATCH", 1)
    assert [put_all_back(bob, organisation_key) for _ in range(3)] == [1, 1, 0]


def test_after_thirty_days_nothing_is_kept(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, clock: MovableClock
) -> None:
    rewrap_all(bob, organisation_key, following)
    clock.advance(days=30)
    assert left(organisation_key, bob) == Former(0, 0)
    assert put_all_back(bob, organisation_key) == 0


def test_not_to_a_key_that_is_about_to_go_or_is_in_use(
    app: Flask, bob: Person, organisation_key: ActiveKey, following: ActiveKey
) -> None:
    rewrap_all(bob, organisation_key, following)
    assert refusal(bob, following) == "key_gone"
    with app.app_context(), transaction() as session:
        ask_removal(session.get_one(User, bob.user_id), organisation_key.id, organisation_key.key.name)
    assert refusal(bob, organisation_key) == "key_goes"


def test_a_backup_that_was_deleted_takes_its_former_share_along(
    app: Flask, bob: Person, organisation_key: ActiveKey, following: ActiveKey, backups: list[str]
) -> None:
    rewrap_all(bob, organisation_key, following)
    with app.app_context(), transaction() as session:
        session.delete(session.get_one(CloudBackup, backups[0]))
    assert put_all_back(bob, organisation_key) == 1
