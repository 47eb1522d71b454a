"""Ways back that the organisation has switched off, by the headless device: each step says so, and goes on later."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.client.test_journey import NEW_PIN, PIN, People
from tests.support.people.method_switch import switch_off
from tests.support.people.person import Person
from tests.support.vault.lost_vault import Lost
from webapp.client.errors import MethodOff
from webapp.flows.recovery_methods import EVERY_METHOD, PAIRING, RecoveryMethod


@pytest.fixture
def lost(app: Flask, bob: Person) -> Lost:
    return Lost(People(app, bob))


def ask_for_cloud_backup(lost: Lost) -> None:
    vault = lost.old.unlock(PIN)
    vault.switch_on_cloud_backups()
    vault.back_up()
    lost.new.request_restore()


BEGIN: dict[str, Callable[[Lost], object]] = {
    PAIRING: lambda lost: lost.new.pair_new(),
    RecoveryMethod.CLOUD_BACKUP: ask_for_cloud_backup,
    RecoveryMethod.LOCAL_BACKUP: lambda lost: lost.new.recover().with_backup(lost.backup, [lost.kit]),
    RecoveryMethod.RECOVERY_KIT: lambda lost: lost.new.recover().with_kit(lost.kit),
    RecoveryMethod.NEW_ACCOUNT: lambda lost: lost.new.recover().from_nothing(),
}


@pytest.mark.parametrize("way", EVERY_METHOD)
def test_none_is_begun(app: Flask, lost: Lost, way: str) -> None:
    switch_off(app, way)
    with pytest.raises(MethodOff):
        BEGIN[way](lost)
    switch_off(app, *(each for each in EVERY_METHOD if each != way))
    BEGIN[way](lost)


def test_what_was_begun_is_finished_once_the_way_is_allowed_again(app: Flask, lost: Lost) -> None:
    lost.new.recover().with_kit(lost.kit)
    switch_off(app, RecoveryMethod.RECOVERY_KIT)
    with pytest.raises(MethodOff):
        lost.new.finish_recovery(NEW_PIN)
    switch_off(app)
    lost.new.finish_recovery(NEW_PIN)
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]
