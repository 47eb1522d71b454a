"""A thief who recovers an account can’t destroy what undoing it needs, with backups of the vault that they began."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.self_service import WAYS, Own, recovered
from tests.support.recovery_keys.races import asking, uploading
from tests.support.run.clock import MovableClock
from webapp import limits
from webapp.client.formats.cloud_backups import CloudBackup as MadeBackup
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.directory.user import User
from webapp.models.recovery.submission import NotAsked
from webapp.models.recovery.undo import Undo
from webapp.models.vaults.cloud_backup import CloudBackup

MANY = limits.BACKUPS_KEPT[1] + 2


@pytest.fixture
def old(app: Flask, alice: Person, organisation_key: ActiveKey) -> MadeBackup:
    """The only backup, of half a year ago: nothing was changed since."""
    enrolled(alice)
    made = backed_up(alice, organisation_key)
    with app.app_context(), transaction() as session:
        session.execute(update(CloudBackup).values(made_at=now() - timedelta(days=180)))
    return made


def flood(app: Flask, own: Own, key: ActiveKey) -> None:
    """More backups of the new vault than are kept."""
    own.person.device = own.device
    with app.app_context():
        for _ in range(MANY):
            uploading(own.person, key)()


def undo(app: Flask, person: Person) -> None:
    with app.app_context(), transaction():
        user = User.locked(person.user_id)
        found = Undo.open_of(user)
        assert found
        found.undo(user)


@pytest.mark.databases
@pytest.mark.parametrize("way", WAYS)
def test_after_an_undo_the_former_vault_s_backup_is_there_to_ask_for(
    app: Flask, alice: Person, organisation_key: ActiveKey, old: MadeBackup, way: RecoveryMethod
) -> None:
    flood(app, recovered(alice, way), organisation_key)
    undo(app, alice)
    with app.app_context():
        assert asking(alice, old)()


def test_of_two_recoveries_on_top_of_each_other_neither_costs_it(
    app: Flask, alice: Person, organisation_key: ActiveKey, old: MadeBackup
) -> None:
    for way in (RecoveryMethod.NEW_ACCOUNT, RecoveryMethod.RECOVERY_KIT):
        flood(app, recovered(alice, way), organisation_key)
    undo(app, alice)
    undo(app, alice)
    with app.app_context():
        assert asking(alice, old)()


def test_what_they_left_pushes_nothing_out_afterwards(
    app: Flask, alice: Person, organisation_key: ActiveKey, old: MadeBackup
) -> None:
    device = alice.device
    flood(app, recovered(alice, RecoveryMethod.NEW_ACCOUNT), organisation_key)
    undo(app, alice)
    alice.device = device
    with app.app_context():
        uploading(alice, organisation_key)()
        assert db.session.get(CloudBackup, old.id)


def test_once_nothing_can_be_undone_the_rule_applies_again(
    app: Flask, alice: Person, organisation_key: ActiveKey, old: MadeBackup, clock: MovableClock
) -> None:
    own = recovered(alice, RecoveryMethod.NEW_ACCOUNT)
    clock.advance(days=limits.NEW_ACCOUNT_UNDO_WINDOW.days, seconds=1)
    flood(app, own, organisation_key)
    with app.app_context():
        assert db.session.get(CloudBackup, old.id) is None
        with pytest.raises(NotAsked):
            asking(alice, old)()
