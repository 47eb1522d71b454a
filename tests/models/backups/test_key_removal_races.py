"""Recovery keys go while requests, backups, re-wraps and other admins come, on both databases: nothing is half gone."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.life import follow, key_of, new_shares
from tests.support.recovery_keys.races import (
    activating,
    announced,
    approving,
    asking,
    begun,
    rewrapping,
    stopping,
    uploading,
)
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race, won
from webapp.client.formats.cloud_backups import CloudBackup as MadeBackup
from webapp.database import db
from webapp.models.backups.key_removal import NotRemoved, carry_out_due
from webapp.models.backups.upload import WrongOrganisationKey
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.submission import NotAsked
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.succession import KeySuccession
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare

ROUNDS = 4
pytestmark = pytest.mark.databases


@pytest.fixture
def backup(alice: Person, organisation_key: ActiveKey) -> MadeBackup:
    enrolled(alice)
    return backed_up(alice, organisation_key)


def carrying_out() -> int:
    return carry_out_due()


def orphans() -> int:
    """Backups that no key opens: there must be none."""
    query = select(func.count()).select_from(CloudBackup).join(OrganisationKey)
    return db.session.scalar(query.where(OrganisationKey.state == KeyState.DELETED)) or 0


def test_a_request_and_the_effect(
    app: Flask, bob: Person, alice: Person, organisation_key: ActiveKey, backup: MadeBackup, clock: MovableClock
) -> None:
    """Either the request is open and its backup is there, or it was refused and the backup is gone."""
    begun(bob, None)
    clock.advance(days=7)
    asked, done = race(app, asking(alice, backup), carrying_out)
    with app.app_context():
        assert isinstance(asked, NotAsked)  # due: from then on no new request depends on it, whoever is faster
        assert (done, db.session.get(CloudBackup, backup.id)) == (1, None)


def test_a_request_and_the_announcement(
    app: Flask, bob: Person, alice: Person, organisation_key: ActiveKey, backup: MadeBackup
) -> None:
    """Both may succeed: the request holds the removal up."""
    asked, removal = race(app, asking(alice, backup), announced(bob, None))
    assert isinstance(asked, str)
    assert isinstance(removal, str) or str(removal) == "key_needed"


def test_an_approval_and_the_effect(
    app: Flask, bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey, backup: MadeBackup,
    clock: MovableClock,
) -> None:  # fmt: skip
    begun(bob, None)
    clock.advance(days=6, hours=23)
    asked = waiting_request(alice, organisation_key)
    clock.advance(hours=1)
    outcomes = race(app, approving(olga, asked, organisation_key), carrying_out, carrying_out)
    assert outcomes == [None, 0, 0]
    with app.app_context():
        assert db.session.get_one(RestoreRequest, asked.id).backup_id == backup.id


def test_a_stop_and_the_effect(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey, backup: MadeBackup, clock: MovableClock
) -> None:
    removal = begun(bob, None)
    clock.advance(days=7)
    stopped, done, again = race(app, stopping(olga, removal), carrying_out, carrying_out)
    with app.app_context():
        state = db.session.get_one(KeyRemoval, removal).state
        left = db.session.get(CloudBackup, backup.id)
    if isinstance(stopped, NotRemoved):
        assert (state, left, done + again) == ("done", None, 1)
    else:
        assert (stopped, state, done + again) == (None, "stopped", 0)
        assert left


def test_two_admins_announce(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey, backup: MadeBackup
) -> None:
    for _ in range(ROUNDS):
        outcomes = race(app, announced(bob, None), announced(olga, None))
        assert won(outcomes) == 1
        assert {str(one) for one in outcomes if isinstance(one, NotRemoved)} == {"removal_waits"}
        with app.app_context():
            (waiting,) = KeyRemoval.waiting(bob.organisation_id)
            stopping(bob, waiting.id)()


def test_an_upload_and_the_effect(
    app: Flask, bob: Person, alice: Person, charlie: Person, organisation_key: ActiveKey, backup: MadeBackup,
    clock: MovableClock,
) -> None:  # fmt: skip
    """No backup is left that nothing opens."""
    enrolled(charlie)
    begun(bob, None)
    clock.advance(days=7)
    *uploads, done = race(app, uploading(alice, organisation_key), uploading(charlie, organisation_key), carrying_out)
    assert all(isinstance(upload, WrongOrganisationKey) for upload in uploads)
    with app.app_context():
        assert (done, orphans()) == (1, 0)


def test_an_upload_and_a_new_key(
    app: Flask, bob: Person, alice: Person, organisation_key: ActiveKey, backup: MadeBackup
) -> None:
    """It is for the key that was active when it was kept, or refused."""
    upload, _ = race(app, uploading(alice, organisation_key), activating(bob, organisation_key))
    assert isinstance(upload, str | WrongOrganisationKey)
    with app.app_context():
        assert orphans() == 0


def test_two_admins_regenerate(app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey) -> None:
    outcomes = race(app, activating(bob, organisation_key), activating(olga, organisation_key))
    assert won(outcomes) == 1
    with app.app_context():
        keys = OrganisationKey.all_of(bob.organisation_id)
        assert [str(key.state) for key in keys] == ["active", "disabled"]
        assert len(KeySuccession.all_of(bob.organisation_id)) == 1


def test_two_admins_re_wrap(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey, backup: MadeBackup
) -> None:
    following = follow(olga, organisation_key)
    works = [
        rewrapping(by, organisation_key, following, new_shares(bob, organisation_key, following)) for by in (bob, olga)
    ]
    one, other = race(app, *works)
    assert sorted([one.done, other.done]) == [[], [backup.id]]
    assert sorted([one.gone, other.gone]) == [[], [backup.id]]
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FormerShare)) == 1
    found = key_of(bob, backup.id)
    assert found
    assert found[0] == following.id


def test_a_re_wrap_and_a_request(
    app: Flask, bob: Person, olga: Person, alice: Person, organisation_key: ActiveKey, backup: MadeBackup
) -> None:
    """The admin who approves needs one key file or the other, and the page names the one that opens it."""
    following = follow(olga, organisation_key)
    shares = new_shares(bob, organisation_key, following)
    asked, outcome = race(app, asking(alice, backup), rewrapping(bob, organisation_key, following, shares))
    # The request names the key as the page had it: where the re-wrap was first, the member chooses once more.
    was_late = isinstance(asked, NotAsked) and asked.code == "backup_rewrapped"
    assert isinstance(asked, str) or (was_late and outcome.done)
    found = key_of(bob, backup.id)
    assert found
    assert (found[0], outcome.done + outcome.held) == (
        following.id if outcome.done else organisation_key.id,
        [backup.id],
    )


def test_a_re_wrap_and_the_effect(
    app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey, backup: MadeBackup, clock: MovableClock
) -> None:
    """The backup is re-wrapped and stays, or is gone; never left with a deleted key."""
    following = follow(olga, organisation_key)
    shares = new_shares(bob, organisation_key, following)
    begun(bob, organisation_key)
    clock.advance(days=7)
    _, done = race(app, rewrapping(bob, organisation_key, following, shares), carrying_out)
    with app.app_context():
        assert (done, orphans()) == (1, 0)
