"""Deleting recovery keys, disabling Cloud Backups: announced, done in a week, stopped until then, held up."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.life import follow, new_shares, rewrap_form
from tests.support.run.clock import MovableClock
from webapp import limits, worker
from webapp.database import db, transaction
from webapp.models.backups.key_removal import NotRemoved, ask_removal, carry_out_due, stop_removal
from webapp.models.backups.rewrap_rollback import former_shares
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval, RemovalState
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare


def ask(by: Person, key: ActiveKey | None, typed: str | None = None) -> str:
    """Announce it; the removal’s id."""
    with by.app.app_context(), transaction() as session:
        name = typed if typed is not None else key.key.name if key else "Example Works"
        return ask_removal(session.get_one(User, by.user_id), key.id if key else None, name).id


def refusal(by: Person, key: ActiveKey | None, typed: str | None = None) -> str:
    with pytest.raises(NotRemoved) as error:
        ask(by, key, typed)
    return error.value.code


def carry_out(app: Flask) -> int:
    with app.app_context():
        return carry_out_due()


def state(app: Flask, removal_id: str) -> RemovalState:
    with app.app_context():
        return RemovalState(db.session.get_one(KeyRemoval, removal_id).state)


def backups(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(CloudBackup)) or 0


def told(person: Person) -> list[str]:
    with person.app.app_context():
        query = select(Notice).where(Notice.user_id == person.user_id).order_by(Notice.made_at)
        return [notice.kind for notice in db.session.scalars(query)]


@pytest.fixture
def second(olga: Person, alice: Person, organisation_key: ActiveKey) -> ActiveKey:
    """The active key; alice has two backups of the first and one of this."""
    enrolled(alice, here=False)
    backed_up(alice, organisation_key)
    backed_up(alice, organisation_key)
    made = follow(olga, organisation_key)
    backed_up(alice, made)
    return made


@pytest.mark.databases
def test_a_week_later_the_key_and_its_backups_are_gone_and_no_others(
    app: Flask, bob: Person, olga: Person, alice: Person, charlie: Person,
    organisation_key: ActiveKey, second: ActiveKey, clock: MovableClock,
) -> None:  # fmt: skip
    removal = ask(bob, organisation_key)
    assert (told(alice), told(olga), told(bob), told(charlie)) == (["backups_going"], ["backups_going_admin"], [], [])
    clock.advance(days=6, hours=23)
    assert (carry_out(app), backups(app)) == (0, 3)
    clock.advance(hours=1)
    assert (carry_out(app), backups(app), carry_out(app)) == (1, 1, 0)
    assert state(app, removal) == RemovalState.DONE
    with app.app_context():
        rows = [(key.id, str(key.state)) for key in OrganisationKey.all_of(bob.organisation_id)]
        assert rows == [(second.id, "active"), (organisation_key.id, "deleted")]
    assert (told(alice)[-1], told(bob), told(charlie)) == ("backups_gone", ["backups_gone_admin"], [])


def test_the_worker_carries_it_out(app: Flask, bob: Person, second: ActiveKey, clock: MovableClock) -> None:
    ask(bob, None)
    clock.advance(days=7)
    with app.app_context():
        worker.tidy()
    assert backups(app) == 0


@pytest.mark.databases
def test_disabling_takes_every_key_and_every_backup_of_then(
    app: Flask, bob: Person, alice: Person, charlie: Person, second: ActiveKey, clock: MovableClock
) -> None:
    ask(bob, None)
    clock.advance(days=3)
    backed_up(charlie, second)  # nobody told him, so he is told when they are gone, and his page says it before
    clock.advance(days=4)
    assert (carry_out(app), backups(app)) == (1, 0)
    with app.app_context():
        assert OrganisationKey.active(bob.organisation_id) is None
        assert {str(key.state) for key in OrganisationKey.all_of(bob.organisation_id)} == {"deleted"}
        assert OrganisationKey.next_epoch(bob.organisation_id) == 3
    assert (told(charlie), told(alice)) == (["backups_gone"], ["backups_going", "backups_gone"])


def test_any_admin_stops_it_and_everybody_is_told(
    app: Flask, bob: Person, olga: Person, alice: Person, second: ActiveKey, clock: MovableClock
) -> None:
    removal = ask(bob, None)
    clock.advance(days=6)
    stop(olga, removal)
    clock.advance(days=2)
    assert (carry_out(app), backups(app), state(app, removal)) == (0, 3, RemovalState.STOPPED)
    assert (told(alice)[-1], told(bob)) == ("backups_stay", ["backups_stay_admin"])
    with pytest.raises(NotRemoved, match="removal_over"):
        stop(olga, removal)


def stop(by: Person, removal_id: str) -> None:
    with by.app.app_context(), transaction() as session:
        Organisation.locked(by.organisation_id)
        removal = session.get_one(KeyRemoval, removal_id, populate_existing=True)
        stop_removal(removal, session.get_one(User, by.user_id))


def test_what_is_refused(bob: Person, alice: Person, organisation_key: ActiveKey, second: ActiveKey) -> None:
    assert refusal(bob, second) == "key_active"
    for typed in ("", "Second key", "First", "First key 2"):
        assert refusal(bob, organisation_key, typed) == "wrong_name"
    assert refusal(bob, None, "First key") == "wrong_name"
    unknown = ActiveKey("0" * 32, organisation_key.key, b"")
    assert refusal(bob, unknown) == "key_gone"
    waiting_request(alice, second)  # for the newest backup
    assert refusal(bob, None) == "key_needed"
    ask(bob, organisation_key, "  first KEY ")
    assert refusal(bob, organisation_key) == "removal_waits"


def test_while_everything_is_to_go_no_single_key_is_announced(
    bob: Person, organisation_key: ActiveKey, second: ActiveKey
) -> None:
    ask(bob, None)
    assert refusal(bob, organisation_key) == "removal_waits"
    assert refusal(bob, None) == "removal_waits"


def test_without_keys_there_is_nothing_to_disable(bob: Person) -> None:
    assert refusal(bob, None) == "nothing_to_disable"


@pytest.mark.databases
def test_an_open_request_holds_it_up_and_no_new_one_can(
    app: Flask, bob: Person, alice: Person, charlie: Person,
    organisation_key: ActiveKey, second: ActiveKey, clock: MovableClock,
) -> None:  # fmt: skip
    backed_up(charlie, second)
    removal = ask(bob, None)
    clock.advance(days=6)
    request = waiting_request(alice, second)
    clock.advance(days=2)
    assert (carry_out(app), backups(app), state(app, removal)) == (0, 4, RemovalState.WAITING)
    with app.app_context():
        assert KeyRemoval.is_over_for(db.session.get_one(OrganisationKey, second.id))
    with app.app_context(), transaction() as session:
        User.locked(alice.user_id)
        session.get_one(RestoreRequest, request.id).cancel(session.get_one(User, alice.user_id))
    assert (carry_out(app), backups(app)) == (1, 0)


def test_a_request_whose_time_is_up_holds_nothing_up(
    app: Flask, bob: Person, alice: Person, second: ActiveKey, clock: MovableClock
) -> None:
    ask(bob, None)
    clock.advance(days=1)
    request = waiting_request(alice, second)
    clock.advance(days=7)
    assert (carry_out(app), backups(app)) == (1, 0)
    with app.app_context():
        assert db.session.get_one(RestoreRequest, request.id).state == "expired"


def test_re_wrapped_backups_stay_and_what_was_kept_of_them_goes(
    app: Flask, bob: Person, organisation_key: ActiveKey, second: ActiveKey, clock: MovableClock
) -> None:
    form = rewrap_form(bob, organisation_key, second, new_shares(bob, organisation_key, second))
    assert bob.post(f"/admin/keys/{organisation_key.id}/rewrap", json=form).status_code == 200
    with app.app_context():
        assert former_shares(organisation_key.id).free == 2
    ask(bob, organisation_key)
    clock.advance(days=7)
    assert (carry_out(app), backups(app)) == (1, 3)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(FormerShare)) == 0


def test_former_shares_are_kept_for_thirty_days(
    app: Flask, bob: Person, organisation_key: ActiveKey, second: ActiveKey, clock: MovableClock
) -> None:
    form = rewrap_form(bob, organisation_key, second, new_shares(bob, organisation_key, second))
    bob.post(f"/admin/keys/{organisation_key.id}/rewrap", json=form)
    for advance, left in ((limits.FORMER_SHARE_LIFE.days - 1, 2), (1, 0)):
        clock.advance(days=advance)
        with app.app_context():
            worker.tidy()
            assert db.session.scalar(select(func.count()).select_from(FormerShare)) == left


def test_it_is_recorded(app: Flask, bob: Person, organisation_key: ActiveKey, second: ActiveKey) -> None:
    stop(bob, ask(bob, organisation_key))
    with app.app_context():
        events, _ = EventList(bob.organisation_id).page(5)
        kinds = [event.kind for event in events]
        assert kinds[:2] == ["organisation_key.deletion_stopped", "organisation_key.deletion_asked"]
        assert (events[1].details["name"], events[1].details["backups"]) == ("First key", 2)
