"""Joining in a real browser: from the invite link to an open vault, and what may go wrong on the way."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.people.invitations import accept, choose_pin, confirm_kit, fragment, invite, kit_on
from tests.support.people.people import ActiveKey
from webapp.client.formats.documents import open_document
from webapp.client.formats.recovery_kits import read_kit
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def dana(new_context: Contexts) -> Page:
    """The browser of somebody who was invited."""
    return new_context().new_page()


def selected(page: Page, selector: str) -> str:
    """What a copy of this whole element would hold."""
    return str(page.locator(selector).evaluate("(at) => (getSelection().selectAllChildren(at), `${getSelection()}`)"))


def test_a_link_leads_to_a_vault_a_kit_and_a_backup(
    app: Flask, organisation: str, organisation_key: ActiveKey, dana: Page, screen: Screens, tmp_path: Path
) -> None:
    dana.goto(invite(app, organisation) + fragment(organisation_key))
    expect(dana.get_by_role("heading", name="Join Example Works")).to_be_visible()
    assert "#" not in dana.url
    screen(dana, "join-account")
    dana.get_by_label("Password", exact=True).fill("walk the dogs twice")
    dana.get_by_role("button", name="Create Account").click()
    expect(dana.get_by_role("heading", name="Choose a PIN")).to_be_visible()
    screen(dana, "join-pin")
    choose_pin(dana)
    expect(dana.get_by_role("heading", name="Spare Key Recovery Kit")).to_be_visible()
    screen(dana, "join-kit")
    with dana.expect_download() as downloading:
        dana.get_by_role("button", name="Download").click()
    downloading.value.save_as(tmp_path / "kit.txt")
    kit = read_kit((tmp_path / "kit.txt").read_text())
    assert selected(dana, "[data-kit=identity]") == kit.identity, "shown in groups, copied as it is"
    assert confirm_kit(dana) == kit.identity
    expect(dana.get_by_role("heading", name="Turn On Cloud Backups")).to_be_visible()
    expect(dana.locator("output")).to_contain_text(organisation_key.key.public.fingerprint[:4])
    screen(dana, "join-cloud-backup")
    dana.get_by_role("button", name="Turn On Cloud Backups").click()
    dana.wait_for_url("**/vault", timeout=SLOW)
    with app.app_context():
        user = User.by_email("dana@example.org")
        assert user
        assert user.epoch == 1
        assert user.kit_confirmed_at
        assert user.cloud_backups_at
        vault, backup = Vault.current(user, with_file=True), CloudBackup.newest(user.id)
        assert vault
        assert backup
        document = open_document(vault.file, [kit.identity])
        assert "identity" not in document.body["keyring"]["kit"]
        pin = document.manifest["organisation_key"]
        assert pin
        assert pin["fingerprint"] == organisation_key.key.public.fingerprint
        assert (backup.counter, backup.epoch) == (vault.counter, 1)


def test_a_closed_tab_goes_on_at_the_same_step(
    app: Flask, organisation: str, organisation_key: ActiveKey, dana: Page
) -> None:
    accept(dana, invite(app, organisation))
    context = dana.context
    dana.close()
    dana = context.new_page()
    dana.goto("/")
    choose_pin(dana)
    identity = kit_on(dana)
    dana.close()
    dana = context.new_page()
    dana.goto("/")
    dana.wait_for_url("**/unlock?next=%2Fjoin%2Fkit")
    dana.get_by_label("PIN", exact=True).fill("271828")
    dana.get_by_role("button", name="Unlock").click()
    dana.wait_for_url("**/join/kit", timeout=SLOW)
    assert kit_on(dana) == identity


@pytest.mark.parametrize(
    ("pin", "again", "sentence"),
    [
        ("12345", "12345", "too short"),
        ("123456", "123456", "row of digits"),
        ("000000", "000000", "repeats itself"),
        ("271828", "271829", "not the same"),
    ],
)
def test_a_pin_that_is_refused_says_why(
    app: Flask, organisation: str, dana: Page, pin: str, again: str, sentence: str
) -> None:
    accept(dana, invite(app, organisation))
    dana.get_by_label("PIN", exact=True).fill(pin)
    dana.get_by_label("PIN, once more", exact=True).fill(again)
    dana.get_by_role("button", name="Create My Vault").click()
    expect(dana.get_by_role("alert")).to_contain_text(sentence)
    with app.app_context():
        user = User.by_email("dana@example.org")
        assert user
        assert user.epoch == 0
        assert not Device.of(user.id)


def test_wrong_characters_confirm_no_kit(app: Flask, organisation: str, dana: Page) -> None:
    accept(dana, invite(app, organisation))
    choose_pin(dana)
    identity = kit_on(dana)
    dana.get_by_label("Last four characters of the key").fill(identity[-5:-1])
    dana.get_by_role("button", name="Confirm").click()
    expect(dana.get_by_role("alert")).to_contain_text("not the last four characters")
    assert kit_on(dana) == identity


def test_no_answer_is_no_second_vault(app: Flask, organisation: str, dana: Page) -> None:
    accept(dana, invite(app, organisation))
    sent: list[bytes] = []

    def lose_the_answer(route: object) -> None:
        sent.append(route.request.post_data_buffer or b"")  # type: ignore[attr-defined]
        if len(sent) == 1:
            route.fetch()  # type: ignore[attr-defined]
            route.abort()  # type: ignore[attr-defined]
        else:
            route.continue_()  # type: ignore[attr-defined]

    dana.route(
        "**/join/vault", lambda route: lose_the_answer(route) if route.request.method == "POST" else route.continue_()
    )
    dana.get_by_label("PIN", exact=True).fill("271828")
    dana.get_by_label("PIN, once more", exact=True).fill("271828")
    dana.get_by_role("button", name="Create My Vault").click()
    expect(dana.get_by_role("alert")).to_contain_text("can’t be reached", timeout=SLOW)
    dana.get_by_role("button", name="Create My Vault").click()
    dana.wait_for_url("**/join/kit", timeout=SLOW)
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_without_a_link_fragment_the_member_types_the_key(
    app: Flask, organisation: str, organisation_key: ActiveKey, dana: Page, screen: Screens
) -> None:
    accept(dana, invite(app, organisation))
    choose_pin(dana)
    confirm_kit(dana)
    field = dana.get_by_label("First 16 characters of the recovery key")
    expect(field).to_be_visible()
    assert organisation_key.key.public.fingerprint[:8] not in dana.content()
    screen(dana, "join-type-fingerprint")
    field.fill("a" * 16)
    dana.get_by_role("button", name="Turn On Cloud Backups").click()
    expect(dana.get_by_role("alert")).to_contain_text("not the characters of the key")
    with app.app_context():
        user = User.by_email("dana@example.org")
        assert user
        assert user.cloud_backups_at is None
    field.fill(organisation_key.key.public.fingerprint[:16].upper())
    dana.get_by_role("button", name="Turn On Cloud Backups").click()
    dana.wait_for_url("**/vault", timeout=SLOW)


def test_another_key_than_the_link_named_is_a_warning_and_no_backup(
    app: Flask, organisation: str, organisation_key: ActiveKey, dana: Page, screen: Screens
) -> None:
    accept(dana, f"{invite(app, organisation)}#k={'b' * 32}")
    choose_pin(dana)
    confirm_kit(dana)
    expect(dana.get_by_text("This is another key than the one you know")).to_be_visible()
    screen(dana, "join-other-key")
    with app.app_context():
        user = User.by_email("dana@example.org")
        assert user
        assert not CloudBackup.count(user.id)


def test_cloud_backups_can_wait(app: Flask, organisation: str, organisation_key: ActiveKey, dana: Page) -> None:
    accept(dana, invite(app, organisation))
    choose_pin(dana)
    confirm_kit(dana)
    dana.get_by_role("button", name="Not now").click()
    dana.wait_for_url("**/vault", timeout=SLOW)
    dana.goto("/")
    dana.wait_for_url("**/vault", timeout=SLOW)


def test_an_organisation_without_a_key_says_so(app: Flask, organisation: str, dana: Page) -> None:
    accept(dana, invite(app, organisation))
    choose_pin(dana)
    confirm_kit(dana)
    expect(dana.get_by_text("has not enabled cloud backups yet")).to_be_visible()
    dana.get_by_role("button", name="Open Vault").click()
    dana.wait_for_url("**/vault", timeout=SLOW)
