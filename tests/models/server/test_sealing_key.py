"""How many values each sealing key seals: right after everything that writes or removes one, and under concurrency."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select, text

from tests.support.people.factors import with_second_factor
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race, won
from tests.support.servers.sealing_keys import counted, fresh_key, recounted, turned_wrong
from webapp import worker
from webapp.crypto.sealing import Sealer, UnknownSealingKey, WrongSealingKey
from webapp.database import db, transaction
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.audit_key import AuditKey
from webapp.models.server.sealing_key import SealingChange, SealingKey
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.cloud_backup import CloudBackup, share_s_context
from webapp.ops.seal_rotation import reseal

BACKUPS = 6


def with_key(app: Flask, *keys: str) -> None:
    """The running application seals under the first of them from now on."""
    app.extensions["sealer"] = Sealer([(key[: key.index(":")], key[key.index(":") + 1 :]) for key in keys])


def test_each_kind_of_value_is_counted_when_it_comes_and_when_it_goes(
    app: Flask, alice: Person, organisation_key: ActiveKey
) -> None:
    device = enrolled(alice)
    assert counted(app) == {"testing": 1}
    backed_up(alice, organisation_key)
    with_second_factor(alice)
    with app.app_context():
        AuditKey.of(alice.organisation_id)
        with transaction() as session:
            TabKey.store("ab" * 16, session.get_one(SignIn, alice.sign_in_id()), device.id, b"k" * 32)
    assert counted(app) == recounted(app) == {"testing": 5}
    with app.app_context():
        with transaction():
            TabKey.forget(device_id=device.id)
        assert SealingKey.counts() == {"testing": 4}
        with transaction() as session:
            SecondFactor.forget(session.get_one(User, alice.user_id))
            session.execute(delete(CloudBackup).execution_options(synchronize_session=False))
        assert SealingKey.counts() == {"testing": 2}
        with transaction():
            DeviceLock.destroy(device.id)
        assert SealingKey.counts() == {"testing": 1}
        db.session.remove()
    assert recounted(app) == {"testing": 1}


def test_a_transaction_that_is_undone_counts_nothing(app: Flask, alice: Person) -> None:
    device = enrolled(alice)

    def broken() -> None:
        with transaction():
            DeviceLock.destroy(device.id)
            raise RuntimeError

    with app.app_context(), pytest.raises(RuntimeError):
        broken()
    assert counted(app) == recounted(app) == {"testing": 1}


def test_the_worker_sums_up_what_changed(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context():
        worker.tidy()
        assert not db.session.scalars(select(SealingChange)).all()
        assert db.session.get_one(SealingKey, "testing").count == 1
        db.session.remove()
    assert counted(app) == {"testing": 1}


def test_a_row_that_reseal_moved_meanwhile_is_counted_as_it_stands(
    app: Flask, alice: Person, organisation_key: ActiveKey
) -> None:
    """What a transaction read before says nothing of the key that the row names when it is deleted."""
    backed_up(alice, organisation_key)
    with app.app_context():
        with transaction() as session:
            [backup] = session.scalars(select(CloudBackup)).all()
            assert backup.share_s.startswith("testing:")
            session.execute(text("UPDATE cloud_backup SET share_s = 'other:' || share_s"))
            session.execute(
                SealingChange.__table__.insert(),  # type: ignore[attr-defined]
                [{"key_id": "testing", "change": -1}, {"key_id": "other", "change": 1}],
            )
            session.delete(backup)
        db.session.remove()
    assert counted(app) == recounted(app)


def _own_backup(app: Flask, person: Person, active: ActiveKey, place: int) -> Callable[[], None]:
    def write() -> None:
        with transaction() as session:
            [backup] = session.scalars(select(CloudBackup).order_by(CloudBackup.id).offset(place).limit(1)).all()
            backup.seal_share_s(b"s" * 32)
            if place % 2:
                session.delete(backup)

    return write


@pytest.mark.databases
def test_many_who_write_at_once_while_others_sum_up_and_reseal_wait_for_nobody(
    app: Flask, alice: Person, organisation_key: ActiveKey
) -> None:
    right = app.config["SEALING_KEYS"][0]
    for _ in range(BACKUPS):
        backed_up(alice, organisation_key)
    with_key(app, fresh_key("later"), right)
    with app.app_context():
        SealingKey.note_current()  # as a start does, before it serves anybody
        db.session.remove()
    works = [_own_backup(app, alice, organisation_key, 0) for _ in range(3)]
    outcomes = race(app, *works, SealingKey.sum_up, SealingKey.sum_up, reseal, reseal, lambda: enrolled_again(alice))
    assert won(outcomes) == len(outcomes), outcomes
    with app.app_context():
        reseal()
        assert SealingKey.drift() == {}
        db.session.remove()
    assert counted(app) == recounted(app) == {"later": BACKUPS + 1}


def enrolled_again(person: Person) -> None:
    """Another value, in a transaction of its own."""
    with transaction() as session:
        device_id = session.scalars(select(DeviceLock.device_id)).first()
        lock = session.get_one(DeviceLock, (device_id, 1), with_for_update=True, populate_existing=True)
        session.delete(lock)
        session.flush()
        DeviceLock.store(session.get_one(Device, device_id), 1, b"k", b"s" * 32, b"p" * 32)


@pytest.mark.databases
def test_the_first_of_two_who_seal_under_one_new_id_decides_which_key_it_is(app: Flask, alice: Person) -> None:
    sealers = [Sealer([("fresh", fresh_key("fresh").partition(":")[2])]) for _ in range(2)]

    def seal(found: Sealer) -> Callable[[], Any]:
        def first() -> str:
            app.extensions["sealer"] = found
            with transaction():
                return SealingKey.seal(b"s", "test")

        return first

    with app.app_context():
        assert seal(sealers[0])()
        with pytest.raises(WrongSealingKey, match="“fresh”"):
            seal(sealers[1])()
        db.session.remove()


def test_a_wrong_key_is_refused_before_a_try_is_counted_and_a_new_id_is_not(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context():
        SealingKey.require()
        with turned_wrong(app), pytest.raises(WrongSealingKey, match="“testing”"):
            SealingKey.require()
        with turned_wrong(app, fresh_key("another")):
            SealingKey.require()
        db.session.remove()


def test_a_key_without_a_canary_proves_itself_on_a_value_and_no_other_does(app: Flask, alice: Person) -> None:
    """As after the upgrade from a version that had none."""
    enrolled(alice)
    with app.app_context():
        with transaction() as session:
            session.execute(text("UPDATE sealing_key SET canary = NULL"))
        with turned_wrong(app), pytest.raises(WrongSealingKey, match="“testing”"):
            SealingKey.prove_all()
        SealingKey.prove_all()
        assert db.session.get_one(SealingKey, "testing").canary
        with turned_wrong(app), pytest.raises(WrongSealingKey, match="“testing”"):
            SealingKey.prove_all()
        db.session.remove()


def test_one_damaged_value_does_not_speak_against_a_key(app: Flask, alice: Person, organisation_key: ActiveKey) -> None:
    for _ in range(2):
        backed_up(alice, organisation_key)
    with app.app_context():
        with transaction() as session:
            session.execute(text("UPDATE sealing_key SET canary = NULL"))
            first = session.scalars(select(CloudBackup.id).order_by(CloudBackup.id)).first()
            session.execute(text("UPDATE cloud_backup SET share_s = 'testing:AAAA' WHERE id = :id"), {"id": first})
        SealingKey.prove_all()
        db.session.remove()


def test_an_id_that_seals_nothing_may_get_another_key(app: Flask, alice: Person) -> None:
    device = enrolled(alice)
    with app.app_context():
        with transaction():
            DeviceLock.destroy(device.id)
        with turned_wrong(app):
            SealingKey.prove_all()
        SealingKey.prove_all()
        db.session.remove()


def test_numbers_that_drifted_never_let_another_key_in_where_a_value_is(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context():
        with transaction() as session:
            session.execute(text("DELETE FROM sealing_change"))
            session.execute(text("UPDATE sealing_key SET count = 0"))
        with turned_wrong(app), pytest.raises(WrongSealingKey):
            SealingKey.prove_all()
        assert SealingKey.drift() == {"testing": 1}
        reseal()
        assert SealingKey.drift() == {}
        with turned_wrong(app, fresh_key("other")), pytest.raises(UnknownSealingKey, match="“testing”"):
            SealingKey.prove_all()
        db.session.remove()


STEPS = st.lists(
    st.sampled_from(["backup", "forget", "lock", "destroy", "tab", "tidy", "sum_up", "rotate", "reseal", "push_out"]),
    min_size=4,
    max_size=14,
)


@settings(max_examples=12)
@given(STEPS)
def test_after_any_mix_of_operations_the_numbers_are_those_of_a_recount(
    app: Flask, alice: Person, organisation_key: ActiveKey, clock: MovableClock, steps: list[str]
) -> None:
    if alice.device is None:
        enrolled(alice)
    for number, step in enumerate(steps):
        clock.advance(minutes=1)
        _do(app, alice, organisation_key, step, number)
        assert counted(app) == recounted(app), step
    with app.app_context():
        assert SealingKey.drift() == {}
        db.session.remove()


def _do(app: Flask, alice: Person, active: ActiveKey, step: str, number: int) -> None:
    assert alice.device
    device_id, sign_in_id, former = alice.device.id, alice.sign_in_id(), app.config["SEALING_KEYS"]
    if step == "backup":
        backed_up(alice, active)
    elif step == "rotate":
        app.config["SEALING_KEYS"] = [fresh_key(f"k{len(former)}"), *former]
        with_key(app, *app.config["SEALING_KEYS"])
    else:
        with app.app_context():
            if step in ("tidy", "sum_up", "reseal"):
                {"tidy": worker.tidy, "sum_up": SealingKey.sum_up, "reseal": reseal}[step]()
            else:
                with transaction():
                    _write(step, device_id, sign_in_id, alice.user_id, number)
            db.session.remove()


def _write(step: str, device_id: str, sign_in_id: str, user_id: str, number: int) -> None:
    session = db.session
    if step == "lock":
        version = max([0, *DeviceLock.versions(device_id)]) + 1
        DeviceLock.store(session.get_one(Device, device_id), version, b"k", b"s" * 32, b"p" * 32)
    elif step == "destroy":
        DeviceLock.destroy(device_id)
    elif step == "forget":
        session.execute(delete(CloudBackup).where(CloudBackup.user_id == user_id))
    elif step == "push_out":
        for backup in CloudBackup.of(user_id)[::2]:
            session.delete(backup)
    else:
        TabKey.mark(sign_in_id, device_id)
        session.flush()
        row = session.get(TabKey, f"{number % 3:032x}")
        key = SealingKey.seal(share_s_context("x").encode(), f"tab-key/{number % 3:032x}")
        if row:
            row.key = key
        else:
            session.add(TabKey(id=f"{number % 3:032x}", sign_in_id=sign_in_id, device_id=device_id, key=key))
