"""A sealing key that turns wrong under the running server: nothing is counted, nothing is changed, and it is said."""

import base64
import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, func, inspect, select
from werkzeug.test import TestResponse

from tests.support.pairing.runs import pairing_run
from tests.support.people.factors import PAGE, Factor, begin_set_up, with_second_factor
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import Restoring, asked
from tests.support.recovery.self_service import own, recovered
from tests.support.servers.sealing_keys import fresh_key, recounted, turned_wrong
from tests.support.vault.devices import MadeDevice
from tests.views.vault.test_device_lock import new_lock
from webapp.crypto import sealing
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.flows.pairing import State
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.server.sealing_key import sealed_columns
from webapp.models.signin.challenge import Challenge
from webapp.models.signin.rate_bucket import RateBucket
from webapp.models.signin.session import SignIn
from webapp.models.vaults.cloud_backup import CloudBackup

TAB = "ab" * 16


@pytest.fixture(params=["another key under the id", "the key is gone"])
def wrong(request: pytest.FixtureRequest) -> tuple[str, ...]:
    return () if request.param == "another key under the id" else (fresh_key("other"),)


def everything(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """All rows, but for when sessions were last active, and for challenges, which every signed request spends."""
    with app.app_context():
        found = {}
        for table in db.metadata.sorted_tables:
            columns = [column for column in table.columns if column.name != "last_active_at"]
            rows = db.session.execute(select(*columns)).all()
            found[table.name] = sorted(
                (tuple(row) for row in rows if not str(row[0]).startswith("challenges:")), key=repr
            )
        db.session.remove()
    del found[Challenge.__tablename__]
    return found


def unlocking(device: MadeDevice, pin: str | None = None) -> dict[str, object]:
    return {"proof": base64.b64encode(device.proof(pin)).decode(), "version": 1}


def refused(answer: TestResponse) -> bool:
    """With the code for scripts, or the sentence for people."""
    if answer.is_json:
        return (answer.status_code, answer.get_json()) == (503, {"error": "sealing_key"})
    return answer.status_code == 503 and "Nothing was counted" in answer.text


def require_nothing_happened(
    app: Flask, wrong: tuple[str, ...], do: Callable[[], TestResponse], times: int = 1
) -> None:
    before = everything(app)
    with turned_wrong(app, *wrong):
        for _ in range(times):
            answer = do()
            assert refused(answer), (answer.status_code, answer.text)
    assert everything(app) == before


def test_twenty_right_pins_later_the_lock_opens_with_the_right_key(
    app: Flask, alice: Person, wrong: tuple[str, ...]
) -> None:
    device = enrolled(alice)
    require_nothing_happened(app, wrong, lambda: alice.signed_post("/devices/unlock", unlocking(device)), times=20)
    assert alice.get("/devices/lock-versions").get_json()["tries_left"] == 10
    assert alice.signed_post("/devices/unlock", unlocking(device)).status_code == 200


def test_a_wrong_pin_is_neither_counted_nor_told_from_the_right_one(
    app: Flask, alice: Person, wrong: tuple[str, ...]
) -> None:
    device = enrolled(alice)
    require_nothing_happened(app, wrong, lambda: alice.signed_post("/devices/unlock", unlocking(device, "000000")))


def test_a_key_that_turns_wrong_between_the_count_and_the_comparison_costs_no_try(
    app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = enrolled(alice)
    original, right = DeviceLock._spend, app.extensions["sealer"]

    def turned_meanwhile(device_id: str, version: int, proof: bytes, try_id: str | None) -> int | None:
        left = original(device_id, version, proof, try_id)
        app.extensions["sealer"] = sealing.Sealer([("other", fresh_key("other").partition(":")[2])])
        return left

    with monkeypatch.context() as patch:
        patch.setattr(DeviceLock, "_spend", staticmethod(turned_meanwhile))
        for _ in range(12):
            assert refused(alice.signed_post("/devices/unlock", unlocking(device)))
            app.extensions["sealer"] = right
    assert alice.signed_post("/devices/unlock", unlocking(device)).status_code == 200
    with app.app_context():
        assert not db.session.scalars(select(Notice).where(Notice.kind == "lock_destroyed")).all()


def test_a_former_device_keeps_its_tries(app: Flask, alice: Person, wrong: tuple[str, ...]) -> None:
    former = enrolled(alice)
    made = recovered(alice, RecoveryMethod.NEW_ACCOUNT)

    def unlock() -> TestResponse:
        return alice.signed_post("/vault/earlier/1/unlock", unlocking(former), device=former, client=made.client)

    require_nothing_happened(app, wrong, unlock, times=11)
    assert unlock().status_code == 200


def test_the_key_of_a_tab_stays_for_when_it_can_be_opened(app: Flask, alice: Person, wrong: tuple[str, ...]) -> None:
    enrolled(alice)
    key = base64.b64encode(b"k" * 32).decode()
    assert alice.signed_post("/devices/tab-keys", {"tab": TAB, "key": key}).status_code == 200
    require_nothing_happened(app, wrong, lambda: alice.signed_post("/devices/tab-keys/open", {"tab": TAB}))
    assert alice.signed_post("/devices/tab-keys/open", {"tab": TAB}).get_json() == {"tab": TAB, "key": key}


@pytest.fixture
def factor(alice: Person) -> Factor:
    return with_second_factor(alice)


def test_codes_of_a_sign_in_are_not_counted_and_the_member_hears_of_no_guessing(
    app: Flask, alice: Person, factor: Factor, wrong: tuple[str, ...]
) -> None:
    client = app.test_client()
    assert client.post("/sign-in", data={"email": alice.email, "password": alice.password}).status_code == 303
    require_nothing_happened(app, wrong, lambda: client.post("/sign-in/code", data={"code": factor.at(1)}), times=20)
    assert client.post("/sign-in/code", data={"code": factor.at(1)}).status_code == 303


def test_a_one_time_code_needs_no_key_of_the_server(
    app: Flask, alice: Person, factor: Factor, wrong: tuple[str, ...]
) -> None:
    with turned_wrong(app, *wrong):
        assert factor.another_browser().get("/settings").status_code in (200, 303)


@pytest.mark.parametrize("path", [f"{PAGE}/codes", f"{PAGE}/ending"])
def test_neither_password_nor_code_is_counted_where_the_second_factor_is_changed(
    app: Flask, alice: Person, factor: Factor, path: str, wrong: tuple[str, ...]
) -> None:
    data = {"password": alice.password, "code": factor.at(1)}
    require_nothing_happened(app, wrong, lambda: alice.post(path, data=data), times=12)


def test_what_is_sensitive_asks_again_without_counting(app: Flask, bob: Person, wrong: tuple[str, ...]) -> None:
    factor = with_second_factor(bob)
    require_nothing_happened(app, wrong, lambda: bob.post("/admin/again", data={"shown": factor.at(1)}), times=12)
    assert bob.post("/admin/again", data={"shown": factor.at(1)}).status_code == 303


def test_no_password_is_counted_for_a_second_factor_that_could_not_be_kept(
    app: Flask, alice: Person, charlie: Person
) -> None:
    enrolled(charlie)
    assert alice.get(PAGE).status_code == 200
    require_nothing_happened(app, (), lambda: alice.post(f"{PAGE}/key", data={"password": alice.password}), times=12)


def test_a_second_factor_being_set_up_waits(app: Flask, alice: Person, wrong: tuple[str, ...]) -> None:
    factor = begin_set_up(alice)
    require_nothing_happened(app, wrong, lambda: alice.post(PAGE, data={"code": factor.at()}), times=12)
    require_nothing_happened(app, wrong, lambda: alice.get(PAGE))
    assert alice.post(PAGE, data={"code": factor.code()}).status_code == 200


@pytest.fixture
def approved(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    enrolled(alice)
    made = asked(alice, backed_up(alice, organisation_key))
    made.approve(bob, organisation_key)
    return made


def test_a_backup_is_not_released_half(app: Flask, approved: Restoring, wrong: tuple[str, ...]) -> None:
    require_nothing_happened(app, wrong, lambda: approved.signed("release"))
    approved.release()


def test_a_finish_whose_lock_could_not_be_opened_later_changes_nothing(app: Flask, approved: Restoring) -> None:
    body = approved.finish_body(approved.release())
    require_nothing_happened(app, (), lambda: approved.signed("finish", body))
    assert approved.signed("finish", body).status_code == 200


def test_no_export_is_recorded_that_could_not_be_signed(app: Flask, bob: Person, wrong: tuple[str, ...]) -> None:
    assert bob.get("/admin/activity/export").status_code == 200
    data = {"format": "jsonl"}
    require_nothing_happened(app, wrong, lambda: bob.post("/admin/activity/exports", data=data), times=3)
    require_nothing_happened(app, wrong, lambda: bob.get("/admin/activity/head"))
    assert bob.post("/admin/activity/exports", data=data).status_code == 200, "and its turns are free again"


def test_no_upload_of_a_backup_is_counted(app: Flask, alice: Person, organisation_key: ActiveKey) -> None:
    enrolled(alice)
    backup = backed_up(alice, organisation_key)
    with app.app_context(), transaction() as session:
        session.execute(delete(CloudBackup))
    sent = frame(backup.header(), backup.file)
    require_nothing_happened(app, (), lambda: alice.signed_post("/backups", sent), times=22)
    assert alice.signed_post("/backups", sent).status_code == 200


def test_a_changed_pin_and_the_key_of_a_tab_are_kept_whole_or_not_at_all(app: Flask, alice: Person) -> None:
    device = enrolled(alice)
    lock, tab = new_lock(device, 2), {"tab": TAB, "key": base64.b64encode(b"k" * 32).decode()}
    require_nothing_happened(app, (), lambda: alice.signed_post("/devices/pin", lock))
    require_nothing_happened(app, (), lambda: alice.signed_post("/devices/tab-keys", tab))
    assert alice.signed_post("/devices/pin", lock).status_code == 200
    assert alice.signed_post("/devices/tab-keys", tab).status_code == 200


def test_a_recovery_without_help_begins_and_ends_where_its_lock_can_be_kept(app: Flask, alice: Person) -> None:
    enrolled(alice)
    made = own(alice, RecoveryMethod.RECOVERY_KIT)
    require_nothing_happened(app, (), made.begin, times=22)
    assert made.begin().status_code == 200
    body = made.finish_body()
    require_nothing_happened(app, (), lambda: made.signed("/finish", body))
    assert made.signed("/finish", body).status_code == 200


def test_a_pairing_can_still_be_completed_once_the_key_is_back(app: Flask, alice: Person) -> None:
    enrolled(alice)
    made = pairing_run(alice)
    made.upto(State.CONFIRMED)
    assert made.by_new("key").status_code == 200
    body = made.completion_body()
    require_nothing_happened(app, (), lambda: made.by_new("completion", body))
    assert made.by_new("completion", body).status_code == 200


def test_nothing_is_sealed_under_a_key_that_the_next_start_would_refuse(
    app: Flask, alice: Person, charlie: Person
) -> None:
    enrolled(charlie)
    before = recounted(app)
    with turned_wrong(app), pytest.raises(sealing.WrongSealingKey):
        enrolled(alice)
    assert recounted(app) == before
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Device)) == 1


def test_the_log_names_the_key_in_one_line_and_holds_no_secret(
    app: Flask, alice: Person, caplog: pytest.LogCaptureFixture
) -> None:
    device, right = enrolled(alice), app.config["SEALING_KEYS"][0]
    key_id, _, key = right.partition(":")
    wrong = fresh_key(key_id)
    with turned_wrong(app, wrong), caplog.at_level(logging.WARNING):
        alice.signed_post("/devices/unlock", unlocking(device))
    [line] = [record.getMessage() for record in caplog.records]
    assert f"“{key_id}”" in line
    assert "/devices/unlock" in line
    assert "\n" not in line
    assert key not in line
    assert wrong.partition(":")[2] not in line
    assert not re.search("gAAAA", line)


def test_every_column_that_holds_a_sealed_value_is_known() -> None:
    """A new one announces itself with `seals`: by that it is counted, proved and moved."""
    known = {f"{column.class_.__tablename__}.{column.key}" for column, _ in sealed_columns()}
    expected = {"device_lock.server_share", "cloud_backup.share_s", "tab_key.key", "second_factor.secret"}
    assert known == {*expected, "audit_key.seed"}
    for column, _ in sealed_columns():
        assert column.key in inspect(column.class_).columns


def test_the_rows_that_count_are_among_those_compared(app: Flask, alice: Person) -> None:
    """What this module compares would show a try, a notice, an event."""
    names = set(everything(app))
    assert {table.__tablename__ for table in (Device, Event, Notice, SignIn, RateBucket)} <= names
