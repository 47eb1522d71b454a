"""Which cloud backups are kept: the young ones all, then ten, one a day, one a week."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import update

from tests.support.people.people import ActiveKey, Person, backed_up
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.database import db, transaction
from webapp.models.backups.upload import needed_backups
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.retention import Retention

RULE = Retention()
NOW = datetime(2026, 11, 22, 16, 10, 46, tzinfo=UTC)
MINUTES = st.integers(min_value=0, max_value=60 * 24 * 120)
AGES = st.lists(MINUTES, max_size=120, unique=True)


def backups(ages: list[int]) -> list[tuple[str, datetime]]:
    return [(str(age), NOW - timedelta(minutes=age)) for age in ages]


@given(AGES)
def test_none_younger_than_two_weeks_ever_goes(ages: list[int]) -> None:
    young = {made for made, at in backups(ages) if NOW - at < limits.BACKUP_SAFE_AGE}
    assert young <= RULE.kept(backups(ages), NOW)


@given(AGES)
def test_the_last_ten_stay_however_old(ages: list[int]) -> None:
    assert {str(age) for age in sorted(ages)[:10]} <= RULE.kept(backups(ages), NOW)


@given(AGES)
def test_each_of_the_last_eight_weeks_keeps_one(ages: list[int]) -> None:
    keep = RULE.kept(backups(ages), NOW)
    recent = [(made, at) for made, at in backups(ages) if NOW - at < timedelta(weeks=RULE.weeks)]
    weeks = {at.isocalendar()[:2] for _, at in recent}
    assert weeks == {at.isocalendar()[:2] for made, at in recent if made in keep}


@given(AGES)
def test_what_is_kept_stays_kept_when_asked_again(ages: list[int]) -> None:
    keep = RULE.kept(backups(ages), NOW)
    assert RULE.kept([backup for backup in backups(ages) if backup[0] in keep], NOW) == keep


@given(AGES)
def test_of_the_old_ones_only_ten_and_one_a_week_stay(ages: list[int]) -> None:
    keep = RULE.kept(backups(ages), NOW)
    old = [made for made, at in backups(ages) if made in keep and NOW - at >= limits.BACKUP_SAFE_AGE]
    assert len(old) <= RULE.last + RULE.weeks + 1


@given(AGES, MINUTES)
def test_a_new_backup_never_costs_the_only_one_of_an_earlier_week(ages: list[int], later: int) -> None:
    """Retention runs with every backup: what it kept before is what it chooses from the next time."""
    moment = NOW + timedelta(minutes=later)
    first = RULE.kept(backups(ages), NOW)
    left = [backup for backup in backups(ages) if backup[0] in first]
    at_once, in_turn = RULE.kept(backups(ages), moment), RULE.kept([*left, ("new", moment)], moment)
    weekly = {
        at.isocalendar()[:2] for made, at in backups(ages) if moment - at < timedelta(weeks=8) and made in at_once
    }
    assert weekly <= {at.isocalendar()[:2] for made, at in backups(ages) if made in in_turn}


def test_a_year_of_hourly_backups_is_thinned_but_never_gappy() -> None:
    hourly = [(str(hour), NOW - timedelta(hours=hour)) for hour in range(24 * 365)]
    keep = RULE.kept(hourly, NOW)
    times = sorted((at for made, at in hourly if made in keep), reverse=True)
    assert times[0] == NOW
    assert all(newer - older <= timedelta(days=8) for newer, older in pairwise(times))
    assert NOW - times[-1] >= timedelta(weeks=7)


@pytest.fixture
def old_ones(alice: Person, organisation_key: ActiveKey) -> list[str]:
    """Twelve backups, all of one morning a year ago."""
    made = [backed_up(alice, organisation_key).id for _ in range(12)]
    with alice.app.app_context(), transaction() as session:
        for hour, backup_id in enumerate(made):
            long_ago = NOW - timedelta(days=365, hours=-hour)
            session.execute(update(CloudBackup).where(CloudBackup.id == backup_id).values(made_at=long_ago))
    return made


def test_push_out_deletes_what_is_not_kept(app: Flask, alice: Person, old_ones: list[str]) -> None:
    with app.app_context():
        with transaction():
            assert CloudBackup.push_out(db.session.get_one(User, alice.user_id), set(), RULE) == 2
        assert {backup.id for backup in CloudBackup.of(alice.user_id)} == set(old_ones[2:])


def test_what_an_open_request_needs_is_not_pushed_out(
    app: Flask, alice: Person, old_ones: list[str], organisation_key: ActiveKey, clock: MovableClock
) -> None:
    alice.backups = alice.backups[:1]
    waiting_request(alice, organisation_key)
    with app.app_context():
        needed = needed_backups(db.session.get_one(User, alice.user_id))
        assert needed == {old_ones[0]}
        with transaction():
            assert CloudBackup.push_out(db.session.get_one(User, alice.user_id), needed, RULE) == 1
        assert db.session.get(CloudBackup, old_ones[0])


def test_the_backups_of_others_are_left_alone(
    app: Flask, alice: Person, old_ones: list[str], charlie: Person, organisation_key: ActiveKey
) -> None:
    theirs = backed_up(charlie, organisation_key)
    with app.app_context():
        with transaction():
            CloudBackup.push_out(db.session.get_one(User, alice.user_id), set(), RULE)
        assert db.session.get(CloudBackup, theirs.id)
