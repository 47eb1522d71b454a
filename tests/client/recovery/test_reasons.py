"""Every reason to recover × every way that needs nobody’s help, finished by the headless device against the real
application: the vault is open afterwards, whatever brought the member here. The same steps in a browser, up to Finish:
tests/browser/recovery/test_reasons.py."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask

from tests.support.people.password_links import NEW, asked, reset
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.self_service_pages import NEW_PIN, kit_known, newcomer
from tests.support.recovery.vetoes import recovered
from tests.support.run.method_table import RESTORES
from tests.support.vault.devices import login
from webapp.client.recovery.self_service import SelfServiceRecovery
from webapp.database import transaction
from webapp.models.devices.lock import DeviceLock


@dataclass(frozen=True)
class Place:
    """Alice with a vault of one item, and who can do something to her."""

    app: Flask
    alice: Person
    bob: Person
    key: ActiveKey


@pytest.fixture
def place(app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey) -> Place:
    enrolled(alice, [login("Bank")])
    kit_known(alice)
    return Place(app, alice, bob, organisation_key)


def choose_password(place: Place, path: str) -> None:
    answer = place.app.test_client().post(path, data={"password": NEW})
    assert answer.status_code == 303, answer.text
    place.alice.password = NEW


def admin_reset(place: Place) -> None:
    choose_password(place, reset(place.alice, place.bob))


def own_reset(place: Place) -> None:
    choose_password(place, asked(place.alice))


def recovered_elsewhere(place: Place) -> None:
    place.alice.device = recovered(place.alice, place.bob, place.key).device
    kit_known(place.alice)


def lock_destroyed(place: Place) -> None:
    assert place.alice.device
    with place.app.app_context(), transaction():
        DeviceLock.destroy(place.alice.device.id)


def no_key(place: Place) -> None:
    """The server knows nothing of it, nor of a forgotten PIN: the browser is told apart by what it can prove."""


def pin_forgotten(place: Place) -> None:
    """As above."""


def local_backup(place: Place, way: SelfServiceRecovery) -> None:
    assert place.alice.device
    way.with_backup(place.alice.device.file, [place.alice.device.kit])


def recovery_kit(place: Place, way: SelfServiceRecovery) -> None:
    assert place.alice.device
    way.with_kit(place.alice.device.kit)


def new_account(place: Place, way: SelfServiceRecovery) -> None:
    way.from_nothing()


REASONS = (admin_reset, own_reset, recovered_elsewhere, no_key, pin_forgotten, lock_destroyed)
WAYS = {"Local Backup": local_backup, "Recovery Kit": recovery_kit, "Create New Account": new_account}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("reason", REASONS, ids=lambda reason: reason.__name__)
def test_every_own_way_leads_back_after_every_reason(
    place: Place, reason: Callable[[Place], None], way: str, note_way: Callable[[str, str, str], None]
) -> None:
    reason(place)
    member = newcomer(place.app, place.alice)
    WAYS[way](place, member.recover())
    member.finish_recovery(NEW_PIN)
    titles = [item["title"] for item in member.unlock(NEW_PIN).items]
    assert titles == ([] if way == "Create New Account" else ["Bank"])
    note_way(reason.__name__.replace("_", " "), way, RESTORES)
