"""Finish, interrupted after every single statement and raced against everything else, on both databases."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.finish import finish_of, finishing, released
from tests.support.recovery.runs import Restoring, asked
from tests.support.servers.crashes import crash_everywhere
from tests.support.servers.races import race, won
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import IllegalMove, State
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.recovery.clock_moves import overdue_requests
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.vaults.vault import Vault

pytestmark = pytest.mark.databases


@pytest.fixture
def made(alice: Person, bob: Person, organisation_key: ActiveKey, database_kind: str) -> Restoring:
    """Alice’s approved request, with two devices that it will unpair."""
    enrolled(alice)
    backup = backed_up(alice, organisation_key)
    made = asked(alice, backup)
    made.approve(bob, organisation_key)
    return made


def test_a_crash_anywhere_leaves_everything_as_it_was(app: Flask, made: Restoring) -> None:
    sent = finish_of(released(made))
    with app.app_context():
        assert crash_everywhere(finishing(made, sent)) > 20, "many statements, and each was tried"
        assert db.session.get_one(User, made.person.user_id).epoch == 2
    assert made.client.get("/recovery/done").status_code == 200


def test_ten_times_the_same_finish_at_once_is_one(app: Flask, made: Restoring) -> None:
    sent = finish_of(released(made))
    outcomes = race(app, *[finishing(made, sent)] * 10)
    assert outcomes == [made.device.id] * 10
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Vault)) == 2
        assert db.session.scalar(select(func.count()).select_from(Device)) == 2


def test_of_two_different_ones_at_once_one_wins(app: Flask, made: Restoring) -> None:
    sent = [finish_of(released(made)) for _ in range(2)]
    outcomes = race(app, *[finishing(made, each) for each in sent])
    assert won(outcomes) == 1
    assert sum(isinstance(outcome, IllegalMove) for outcome in outcomes) == 1
    with app.app_context():
        [winner] = [each for each, outcome in zip(sent, outcomes, strict=True) if outcome == made.device.id]
        vault = Vault.current(db.session.get_one(User, made.person.user_id))
        assert vault
        assert vault.sha256 == winner.file_sha256


@pytest.mark.parametrize("rival", ["cancel", "expire", "save"])
@pytest.mark.parametrize("round_", range(3))
def test_finish_meets_a_rival_and_one_of_them_wins(
    app: Flask, made: Restoring, alice: Person, rival: str, round_: int
) -> None:
    sent = finish_of(released(made))
    if rival == "expire":
        with app.app_context(), transaction() as session:
            session.execute(update(RestoreRequest).values(expires_at=now()))
    rivals = {"cancel": cancelling, "expire": looking, "save": saving}
    finish, other = race(app, finishing(made, sent), rivals[rival](made))
    with app.app_context():
        user, request = db.session.get_one(User, alice.user_id), db.session.get_one(RestoreRequest, made.id)
        finished = finish == made.device.id
        assert user.epoch == (2 if finished else 1)
        if rival == "save":
            assert (request.state == State.COMPLETED, other is None) == (finished, not finished)
        else:
            ended = {"cancel": State.CANCELLED, "expire": State.EXPIRED}[rival]
            assert request.state == (State.COMPLETED if finished else ended)
        devices = db.session.scalars(select(Device.state).order_by(Device.enrolled_at)).all()
        assert devices == (["unpaired", "active"] if finished else ["active"])


def cancelling(made: Restoring) -> Callable[[], None]:
    """The member withdraws the request in another tab."""

    def work() -> None:
        with transaction() as session:
            user = User.locked(made.person.user_id)
            session.get_one(RestoreRequest, made.id).cancel(user)

    return work


def looking(made: Restoring) -> Callable[[], None]:
    """The worker looks, and its time is up."""

    def work() -> None:
        for request in overdue_requests():
            request.expire_if_due()

    return work


def saving(made: Restoring) -> Callable[[], None]:
    """The old device saves the vault."""
    old = made.person.device
    assert old

    def work() -> None:
        with transaction() as session:
            user = User.locked(made.person.user_id)
            vault = Vault.current(user)
            assert vault
            device = session.get_one(Device, old.id, populate_existing=True)
            Vault.save(user, device, (1, vault.sha256), vault.counter + 1, 0, b"age-encryption.org/v1\n newer")

    return work
