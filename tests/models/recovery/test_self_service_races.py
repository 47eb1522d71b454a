"""A recovery that needs nobody’s help, finished at the same moment as something else, on both databases."""

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.finish import finish_of, finishing, released
from tests.support.recovery.runs import asked
from tests.support.recovery.self_service import Own, begun
from tests.support.servers.races import race, won
from webapp.crypto.signatures import BadSignature
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.flows.restore_request import IllegalMove, State
from webapp.models.accounts.password_reset import reset_by_admin
from webapp.models.accounts.veto import veto
from webapp.models.approval.hold import Hold, OnHold
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import RecoveryOver
from webapp.models.recovery.undo import Undo
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import DeviceNotActive, StaleVault, Vault

pytestmark = pytest.mark.databases
ROUNDS = pytest.mark.parametrize("round_", range(2))
EVERY = pytest.mark.parametrize("way", [RecoveryMethod.RECOVERY_KIT, RecoveryMethod.NEW_ACCOUNT])


@pytest.fixture
def made(alice: Person, way: RecoveryMethod, database_kind: str) -> Own:
    """Alice’s recovery, begun in another browser than that of her enrolled device."""
    enrolled(alice)
    return begun(alice, way)


def standing(app: Flask, alice: Person) -> tuple[int, list[str], bool]:
    """Epoch, states of the devices in the order they came, and whether any session of hers lives."""
    with app.app_context():
        user = db.session.get_one(User, alice.user_id)
        devices = db.session.scalars(select(Device.state).order_by(Device.enrolled_at)).all()
        return user.epoch, [str(state) for state in devices], bool(SignIn.alive_of(user))


@EVERY
def test_ten_times_the_same_finish_at_once_is_one(app: Flask, made: Own, alice: Person) -> None:
    outcomes = race(app, *[made.finishing(made.sent())] * 10)
    assert outcomes == [made.device.id] * 10
    assert standing(app, alice) == (2, ["unpaired", "active"], True)
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Undo)) == 1


@EVERY
@ROUNDS
def test_of_two_different_ones_at_once_one_wins(app: Flask, made: Own, alice: Person, round_: int) -> None:
    sent = [made.sent(), made.sent()]
    outcomes = race(app, *map(made.finishing, sent))
    assert (won(outcomes), sum(isinstance(each, RecoveryOver) for each in outcomes)) == (1, 1), outcomes
    with app.app_context():
        vault = Vault.current(db.session.get_one(User, alice.user_id))
        assert vault
        assert vault.sha256 == sent[outcomes.index(made.device.id)].file_sha256


@pytest.mark.parametrize("way", [RecoveryMethod.LOCAL_BACKUP])
@ROUNDS
def test_of_two_browsers_one_wins(app: Flask, made: Own, alice: Person, round_: int) -> None:
    """The winner ends the other’s session, and with that its recovery."""
    other = begun(alice, RecoveryMethod.NEW_ACCOUNT)
    outcomes = race(app, made.finishing(made.sent()), other.finishing(other.sent()))
    assert (won(outcomes), sum(isinstance(each, RecoveryOver) for each in outcomes)) == (1, 1), outcomes
    assert standing(app, alice)[:2] == (2, ["unpaired", "active"])


@EVERY
@ROUNDS
def test_a_reset_at_the_same_moment_always_ends_the_session(
    app: Flask, made: Own, alice: Person, olga: Person, round_: int
) -> None:
    """Finish first: its device is prior, too. Reset first: nothing is finished, and the session is not revived."""

    def reset() -> None:
        with transaction() as session:
            reset_by_admin(User.locked(alice.user_id), session.get_one(User, olga.user_id), hand_over=False)

    finish, other = race(app, made.finishing(made.sent()), reset)
    assert other is None
    if isinstance(finish, Exception):
        assert isinstance(finish, RecoveryOver)
        assert standing(app, alice) == (1, ["prior"], False)
    else:
        assert standing(app, alice) == (2, ["unpaired", "prior"], False)


@EVERY
@ROUNDS
def test_an_objection_at_the_same_moment_holds_the_account(app: Flask, made: Own, alice: Person, round_: int) -> None:
    def object_() -> None:
        with transaction():
            veto(User.locked(alice.user_id), "a link from a mail")

    finish, other = race(app, made.finishing(made.sent()), object_)
    assert other is None
    over = isinstance(finish, RecoveryOver | OnHold)
    assert over or finish == made.device.id
    assert standing(app, alice) == ((1, ["active"], False) if over else (2, ["unpaired", "active"], False))
    with app.app_context():
        assert Hold.of(alice.user_id)


@EVERY
@ROUNDS
def test_a_save_at_the_same_moment_is_in_the_vault_or_refused(
    app: Flask, made: Own, alice: Person, round_: int
) -> None:
    finish, save = race(app, made.finishing(made.sent()), saving(alice))
    if save is None:
        assert isinstance(finish, StaleVault)
        assert standing(app, alice) == (1, ["active"], True)
    else:
        assert isinstance(save, DeviceNotActive)
        assert finish == made.device.id


@EVERY
@ROUNDS
def test_a_cloud_restore_finished_at_the_same_moment(
    app: Flask,
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
    way: RecoveryMethod,
    round_: int,
    database_kind: str,
) -> None:
    """One of the two has the vault, and the record says which."""
    enrolled(alice)
    request = asked(alice, backed_up(alice, organisation_key))
    request.approve(bob, organisation_key)
    cloud, made = finish_of(released(request)), begun(alice, way)
    outcomes = race(app, made.finishing(made.sent()), finishing(request, cloud))
    assert won(outcomes) == 1, outcomes
    with app.app_context():
        row = db.session.get_one(RestoreRequest, request.id)
        undo = db.session.scalars(select(Undo)).one()
        if outcomes[0] == made.device.id:
            assert isinstance(outcomes[1], IllegalMove)
            assert (row.state, row.stop_reason, undo.way) == (State.STOPPED, "recovered", way)
        else:
            assert isinstance(outcomes[0], RecoveryOver)
            assert (row.state, undo.way) == (State.COMPLETED, RecoveryMethod.CLOUD_BACKUP)


@pytest.mark.parametrize("way", [RecoveryMethod.RECOVERY_KIT])
@ROUNDS
def test_the_same_beginning_at_once_is_one(app: Flask, made: Own, alice: Person, round_: int) -> None:
    again = dataclasses.replace(made, device=alice.new_device())
    outcomes = race(app, *[again.beginning()] * 4)
    assert outcomes == [again.device.id] * 4


@pytest.mark.parametrize("way", [RecoveryMethod.RECOVERY_KIT])
@ROUNDS
def test_who_begins_while_another_finishes_gets_nothing_for_a_key_of_before(
    app: Flask, made: Own, alice: Person, round_: int
) -> None:
    late = dataclasses.replace(made, device=alice.new_device())
    finish, begin = race(app, made.finishing(made.sent()), late.beginning())
    assert finish == made.device.id
    assert begin == late.device.id or isinstance(begin, BadSignature)


def saving(alice: Person) -> Callable[[], None]:
    """The old device saves the vault."""
    old = alice.device
    assert old

    def work() -> None:
        with transaction() as session:
            user = User.locked(alice.user_id)
            vault = Vault.current(user)
            assert vault
            device = session.get_one(Device, old.id, populate_existing=True)
            Vault.save(user, device, (1, vault.sha256), vault.counter + 1, 0, b"age-encryption.org/v1\n newer")

    return work
