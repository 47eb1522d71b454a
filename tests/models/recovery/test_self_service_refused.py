"""Recoveries that need nobody’s help, by the wrong person or in the wrong state: none begins, none ends."""

import dataclasses
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import update

from tests.support.people.marks import hold
from tests.support.people.people import Person, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.self_service import WAYS, Own, begun, own, recovered
from tests.support.run.clock import MovableClock
from webapp.clock import now
from webapp.crypto.signatures import BadSignature
from webapp.database import transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.approval.hold import OnHold
from webapp.models.directory.user import User
from webapp.models.recovery.self_service import KitUnknown, PasswordNeeded, RecoveryOver
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import StaleVault

WITH_A_KEY = (RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT)


@pytest.fixture(params=WAYS)
def made(request: pytest.FixtureRequest, alice: Person) -> Own:
    """A new browser of alice’s, once on each way; nothing is begun."""
    enrolled(alice)
    return own(alice, request.param)


def refused(app: Flask, work: Callable[[], str], error: type[Exception]) -> None:
    """It raises this, and nothing at all changes."""
    with app.app_context():
        before = everything()
        with pytest.raises(error):
            work()
        assert everything() == before


@pytest.mark.parametrize("way", WITH_A_KEY)
def test_only_the_present_key_begins_it(app: Flask, alice: Person, charlie: Person, way: RecoveryMethod) -> None:
    """Not another member’s, not the one that the other way takes, not none."""
    enrolled(alice)
    theirs = own(alice, way, holding=enrolled(charlie))
    refused(app, theirs.beginning(), BadSignature)
    mine = own(alice, way)
    crossed = dataclasses.replace(mine, vault_key=mine.kit, kit=mine.vault_key)
    refused(app, crossed.beginning(), BadSignature)
    for proof in (b"-", bytes(64), mine.proof()[:-1]):
        refused(app, mine.beginning(proof), BadSignature)


@pytest.mark.parametrize("way", WITH_A_KEY)
def test_another_member_does_not_get_it_with_the_key(
    app: Flask, alice: Person, charlie: Person, way: RecoveryMethod
) -> None:
    enrolled(charlie)
    stolen = own(charlie, way, holding=enrolled(alice))
    refused(app, stolen.beginning(), BadSignature)


@pytest.mark.parametrize("way", WITH_A_KEY)
def test_what_a_recovery_ended_begins_none(app: Flask, alice: Person, way: RecoveryMethod) -> None:
    former = enrolled(alice)
    new = recovered(alice, RecoveryMethod.RECOVERY_KIT).device
    refused(app, own(alice, way, holding=former).beginning(), BadSignature)
    begun(alice, way, holding=new)


def test_on_hold_none_begins_or_ends(app: Flask, made: Own, alice: Person) -> None:
    with app.app_context():
        made.beginning()()
    another, sent = own(alice, made.way), made.sent()
    hold(alice)
    refused(app, another.beginning(), OnHold)
    refused(app, made.finishing(sent), OnHold)


def test_after_an_hour_it_is_over(app: Flask, made: Own, clock: MovableClock) -> None:
    with app.app_context():
        made.beginning()()
    sent = made.sent()
    clock.advance(hours=1)
    password_typed(app, made)
    refused(app, made.finishing(sent), RecoveryOver)
    refused(app, made.beginning(), RecoveryOver)


def test_just_before_it_still_ends(app: Flask, made: Own, clock: MovableClock) -> None:
    with app.app_context():
        made.beginning()()
    clock.advance(minutes=59)
    password_typed(app, made)
    with app.app_context():
        made.finishing(made.sent())()


def test_another_finish_afterwards_is_refused(app: Flask, made: Own) -> None:
    with app.app_context():
        made.beginning()()
        made.finishing(made.sent())()
    second = dataclasses.replace(made, vault_key=made.device.vault_key)
    refused(app, second.finishing(second.sent()), RecoveryOver)
    refused(app, dataclasses.replace(second, kit=made.device.kit).beginning(), RecoveryOver)


def test_a_session_that_ended_meanwhile_ends_it(app: Flask, made: Own, alice: Person) -> None:
    """The request was let in, then a reset came first to the member’s row: the session alone stands for the member."""
    with app.app_context():
        made.beginning()()
    sent, another = made.sent(), own(alice, made.way)
    with app.app_context(), transaction():
        SignIn.end_every(User.locked(alice.user_id))
    refused(app, made.finishing(sent), RecoveryOver)
    refused(app, another.beginning(), RecoveryOver)


def test_a_member_who_was_disabled_meanwhile_ends_none(app: Flask, made: Own, alice: Person) -> None:
    with app.app_context():
        made.beginning()()
    sent = made.sent()
    with app.app_context(), transaction():
        User.locked(alice.user_id).disabled_at = now()
    refused(app, made.finishing(sent), RecoveryOver)


def test_the_id_of_a_known_device_is_not_taken(app: Flask, made: Own, alice: Person, charlie: Person) -> None:
    enrolled(charlie)
    theirs = begun(charlie, made.way)
    assert alice.device
    assert charlie.device
    for known in (alice.device.id, charlie.device.id, theirs.device.id):
        made.device.id = known
        refused(app, made.beginning(), RecoveryOver)


def test_the_same_id_with_other_keys_is_another_device(app: Flask, made: Own) -> None:
    with app.app_context():
        made.beginning()()
    other = dataclasses.replace(made, device=dataclasses.replace(made.device, seed=bytes(32)))
    refused(app, other.beginning(), RecoveryOver)


def password_typed(app: Flask, made: Own) -> None:
    with app.app_context(), transaction() as session:
        session.execute(update(SignIn).where(SignIn.id == made.sign_in_id).values(password_at=now()))


def test_a_new_account_takes_the_password_typed_lately(app: Flask, alice: Person, clock: MovableClock) -> None:
    enrolled(alice)
    made = own(alice, RecoveryMethod.NEW_ACCOUNT)
    clock.advance(minutes=15)
    refused(app, made.beginning(), PasswordNeeded)
    password_typed(app, made)
    with app.app_context():
        made.beginning()()
    sent = made.sent()
    clock.advance(minutes=15)
    refused(app, made.finishing(sent), PasswordNeeded)
    password_typed(app, made)
    with app.app_context():
        made.finishing(sent)()


def test_a_kit_from_before_it_could_prove_itself_begins_none(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context(), transaction():
        User.locked(alice.user_id).kit_verify_key = None
    refused(app, own(alice, RecoveryMethod.RECOVERY_KIT).beginning(), KitUnknown)
    begun(alice, RecoveryMethod.LOCAL_BACKUP)


@pytest.mark.parametrize("changed", [{"epoch": 1}, {"epoch": 3}, {"base_sha256": "0" * 64}, {"counter": 1}])
def test_a_finish_on_top_of_something_else_is_stale(app: Flask, made: Own, changed: dict[str, object]) -> None:
    with app.app_context():
        made.beginning()()
    sent = dataclasses.replace(made.sent(), **changed)  # type: ignore[arg-type]
    refused(app, made.finishing(sent), StaleVault)


@pytest.mark.parametrize("way", WITH_A_KEY)
def test_only_the_key_of_the_ending_epoch_ends_it(app: Flask, alice: Person, way: RecoveryMethod) -> None:
    """Whoever has the kit’s key for proofs, or any other, but not what it opens, can’t end the epoch."""
    enrolled(alice)
    made = begun(alice, way)
    for changed in ({"ended_signature": bytes(64)}, {"ended_signature": b""}, {"verify_key": bytes(32)}):
        refused(app, made.finishing(made.sent(**changed)), BadSignature)
    refused(app, made.finishing(dataclasses.replace(made, vault_key=made.kit).sent()), BadSignature)
    other_way = WITH_A_KEY[way == RecoveryMethod.LOCAL_BACKUP]
    refused(app, made.finishing(dataclasses.replace(made, way=other_way).sent()), BadSignature)
