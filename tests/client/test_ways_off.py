"""Ways back that the organisation has switched off, by the headless device: each step says so, and goes on later."""

from collections.abc import Callable

import pytest
from flask import Flask

from tests.client.test_journey import NEW_PIN, PIN, People
from tests.support.losing import Lost
from tests.support.person import Person
from tests.support.switching_off import switch_off
from webapp.client.errors import WayOff
from webapp.models import EVERY_WAY, PAIRING, Way


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
    Way.CLOUD_BACKUP: ask_for_cloud_backup,
    Way.LOCAL_BACKUP: lambda lost: lost.new.recover().with_backup(lost.backup, [lost.kit]),
    Way.RECOVERY_KIT: lambda lost: lost.new.recover().with_kit(lost.kit),
    Way.NEW_ACCOUNT: lambda lost: lost.new.recover().from_nothing(),
}


@pytest.mark.parametrize("way", EVERY_WAY)
def test_none_is_begun(app: Flask, lost: Lost, way: str) -> None:
    switch_off(app, way)
    with pytest.raises(WayOff):
        BEGIN[way](lost)
    switch_off(app, *(each for each in EVERY_WAY if each != way))
    BEGIN[way](lost)


def test_what_was_begun_is_finished_once_the_way_is_allowed_again(app: Flask, lost: Lost) -> None:
    lost.new.recover().with_kit(lost.kit)
    switch_off(app, Way.RECOVERY_KIT)
    with pytest.raises(WayOff):
        lost.new.finish_recovery(NEW_PIN)
    switch_off(app)
    lost.new.finish_recovery(NEW_PIN)
    assert lost.titles(lost.new) == ["Mail", "Bank, after the backup"]
