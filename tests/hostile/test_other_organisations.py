"""A server that calls the organisation by another id: what a browser knows at this address counts all the same."""

from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, expect
from sqlalchemy import func, select

from tests.hostile.test_forged_restores import NEW_PIN, PINS, Scene, nothing_is_backed_up
from tests.hostile.test_swapped_keys import KEY_STORE
from tests.support.attacks.forged_server import Forger
from tests.support.pages.browser_devices import SLOW
from tests.support.pages.tour import sign_in
from tests.support.people.invitations import accept, choose_pin, confirm_kit, fragment, invite
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from webapp.client.errors import KeyMismatch
from webapp.client.formats.encoding import new_id
from webapp.client.formats.recovery_kits import verify_key
from webapp.client.member import Member
from webapp.database import db
from webapp.models.recovery.restore_request import RestoreRequest


def forged(knows: str) -> tuple[Scene, Forger, Member]:
    """The scene after the server has taken another organisation’s name."""
    scene = Scene()
    alice = scene.browser(knows)
    scene.server.organisation = new_id()
    forger = Forger.of(scene.server)
    forger.serve()
    forger.forge(PINS["foreign"](forger))
    return scene, forger, alice


@pytest.mark.parametrize("knows", ["linked", "told", "seen"])
def test_a_browser_that_knows_a_key_takes_no_other_organisation_for_its_own(knows: str) -> None:
    _, _, alice = forged(knows)
    with pytest.raises(KeyMismatch):
        alice.request_restore()


def test_nor_does_one_that_has_a_vault_without_a_key() -> None:
    _, _, alice = forged("seen")
    alice.device.key_fingerprint = ""
    with pytest.raises(KeyMismatch):
        alice.request_restore()


def test_whoever_knows_why_goes_on_unconfirmed_until_the_key_is_compared() -> None:
    """As after the server was set up anew."""
    scene, forger, alice = forged("seen")
    recovery = alice.request_restore(unconfirmed=True)
    forger.approve(recovery.request)
    recovery.wait(0)
    vault = alice.finish(NEW_PIN)
    assert vault.opened.manifest["organisation_key"] is None
    nothing_is_backed_up(scene, vault)
    vault.switch_on_cloud_backups(forger.key.public.fingerprint[:16])
    assert not vault.state.elsewhere


def test_a_vault_of_another_organisation_that_a_kit_opens_is_refused_too() -> None:
    scene, forger, alice = forged("seen")
    made, account = forger.forge(PINS["foreign"](forger)), scene.server.account
    account.kit_verify_key = verify_key(made.kit, account.id)
    own = alice.recover()
    own.with_kit(made.kit)
    with pytest.raises(KeyMismatch):
        alice.finish_recovery(NEW_PIN)
    own.go_on_unconfirmed()
    assert alice.finish_recovery(NEW_PIN).opened.manifest["organisation_key"] is None


def test_a_real_browser_asks_nothing_of_another_organisation(
    live_server: object,
    new_context: Callable[..., BrowserContext],
    app: Flask,
    alice: Person,
    organisation_key: ActiveKey,
) -> None:
    enrolled(alice)
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    page.goto("/sign-in")
    page.evaluate(KEY_STORE, ["setPin", new_id(), {"fingerprint": "a" * 52, "epoch": 1}])
    sign_in(page, alice.email, alice.password)
    page.goto("/recovery/cloud/backups")
    page.get_by_role("button", name="Request Account Restore").click()
    expect(page.get_by_text("it knows another organisation at this address")).to_be_visible(timeout=SLOW)
    with app.app_context():
        assert not db.session.scalar(select(func.count()).select_from(RestoreRequest))


@pytest.mark.parametrize("knows", ["a key", "a device"])
def test_who_joins_a_server_that_was_set_up_anew_types_the_characters(
    live_server: object,
    new_context: Callable[..., BrowserContext],
    app: Flask,
    olga: Person,
    organisation_key: ActiveKey,
    knows: str,
) -> None:
    """The link spares nothing there: this address was another organisation’s. No dead end, either."""
    page = new_context().new_page()
    page.goto("/sign-in")
    if knows == "a key":
        page.evaluate(KEY_STORE, ["setPin", new_id(), {"fingerprint": "a" * 52, "epoch": 1}])
    else:
        made = page.evaluate(KEY_STORE, ["makeDevice", {"organisation": new_id(), "user": new_id(), "name": "Firefox"}])
        page.evaluate(KEY_STORE, ["change", made["id"], {"state": "enrolled"}])
    accept(page, invite(app, olga.organisation_id) + fragment(organisation_key))
    choose_pin(page)
    confirm_kit(page)
    expect(page.get_by_text("This browser knows another organisation at this address")).to_be_visible(timeout=SLOW)
    characters = page.get_by_label("First 16 characters of the recovery key")
    characters.fill(organisation_key.key.public.fingerprint[:16])
    page.get_by_role("button", name="Turn On Cloud Backups").click()
    page.wait_for_url("**/vault", timeout=SLOW)
    known = page.evaluate(KEY_STORE, ["pinOf", olga.organisation_id])
    assert known["fingerprint"] == organisation_key.key.public.fingerprint
