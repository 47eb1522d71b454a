"""The ways back that need nobody’s help, clicked through in Chromium from joining on."""

import gzip
import json
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect
from sqlalchemy import select

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.tour import add_login, heading, join, save_kit, sign_in
from tests.support.people.invitations import invite
from tests.support.people.people import Person
from tests.support.recovery.self_service_pages import choose_pin, understand
from webapp.database import db, transaction
from webapp.models.accounts.password_reset import reset_by_operator
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, Purpose

EMAIL, PIN = "dana@example.org", "274913"
NEW_PASSWORD = "another lantern under the bridge"


@dataclass(frozen=True)
class Scene:
    """Dana, joined in one browser, with one item; her kit is in a file."""

    app: Flask
    page: Page
    new_context: Callable[..., BrowserContext]
    kit: Path

    def elsewhere(self) -> Page:
        """A browser without keys, signed in as Dana, at Choose Your Backup Type."""
        page = self.new_context().new_page()
        sign_in(page, EMAIL)
        to_backup_types(page)
        return page


@pytest.fixture
def scene(app: Flask, olga: Person, new_context: Callable[..., BrowserContext], tmp_path: Path) -> Scene:
    page = new_context().new_page()
    join(page, invite(app, olga.organisation_id), PIN, tmp_path / "kit-1.txt")
    add_login(page, "Mail", "dana", "first secret")
    return Scene(app, page, new_context, tmp_path / "kit-1.txt")


def reset_link(app: Flask) -> str:
    """The path of the link that the operator hands over."""
    with app.app_context():
        user = User.by_email(EMAIL)
        assert user
        user_id = user.id
        with transaction():
            reset_by_operator(User.locked(user_id))
        query = select(Link).where(Link.user_id == user_id, Link.purpose == Purpose.PASSWORD)
        return f"/password/{db.session.scalars(query).one().token}"


def to_backup_types(page: Page) -> None:
    """From Account Recovery."""
    page.get_by_role("link", name="Recover From Backup").click()
    expect(heading(page, "Choose Your Backup Type")).to_be_visible(timeout=SLOW)


def titles_in(file: Path, kit: Path) -> list[str]:
    """What is in a downloaded file, opened as the README says, without Spare Key: pyrage, and age where it is."""
    opened = [pyrage.decrypt(file.read_bytes(), [pyrage.x25519.Identity.from_str(kit.read_text().splitlines()[-1])])]
    if age := shutil.which("age"):
        opened.append(subprocess.run([age, "-d", "-i", kit, file], capture_output=True, check=True).stdout)
    bodies = [json.loads(gzip.decompress(packed).splitlines()[2]) for packed in opened]
    assert all(body == bodies[0] for body in bodies)
    return [item["title"] for item in bodies[0]["items"]]


def shown(page: Page) -> list[str]:
    """The titles in the vault, opened from Done."""
    page.get_by_role("link", name="Open Vault").click()
    page.locator("item-list").wait_for(timeout=SLOW)
    expect(page.locator("[data-part=opening]")).to_be_hidden(timeout=SLOW)
    return page.locator(".item__title").all_inner_texts()


def test_the_recovery_kit_alone_brings_back_the_newest_vault(scene: Scene, screen: Screens, tmp_path: Path) -> None:
    page = scene.elsewhere()
    screen(page, "choose-your-backup-type")
    page.get_by_role("link", name="Use Recovery Kit").click()
    expect(heading(page, "Use Recovery Kit")).to_be_visible(timeout=SLOW)
    screen(page, "use-recovery-kit")
    page.get_by_label("File of your Recovery Kit").set_input_files(scene.kit)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("It opens.")).to_be_visible(timeout=SLOW)
    screen(page, "recovery-kit-preview")
    understand(page)
    screen(page, "create-a-new-pin-own-way")
    choose_pin(page)
    screen(page, "done-with-recovery-kit")
    save_kit(page, tmp_path / "kit-2.txt")
    assert shown(page) == ["Mail"]


def test_a_downloaded_file_and_the_kit_bring_back_the_newest_vault(
    scene: Scene, screen: Screens, tmp_path: Path
) -> None:
    scene.page.goto("/backups/local")
    with scene.page.expect_download() as downloading:
        scene.page.get_by_role("button", name="Download").first.click()
    downloading.value.save_as(tmp_path / "backup.age")
    assert titles_in(tmp_path / "backup.age", scene.kit) == []  # today’s copy: kept when the vault was first opened
    scene.page.goto("/vault")
    add_login(scene.page, "Bank, after the backup", "dana", "second secret")
    page = scene.elsewhere()
    page.get_by_role("link", name="Local Backup").click()
    expect(page.get_by_text("This browser has kept no backup")).to_be_visible(timeout=SLOW)
    screen(page, "restore-from-local-backup-empty")
    page.get_by_label("Backup file").set_input_files(tmp_path / "backup.age")
    page.get_by_label("File of your Recovery Kit").set_input_files(scene.kit)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="The backup")).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("checkbox", name="Keep newer items")).to_be_checked()
    screen(page, "local-backup-preview")
    understand(page)
    choose_pin(page)
    assert shown(page) == ["Bank, after the backup", "Mail"]


def test_after_a_reset_the_same_browser_restores_its_own_copy_with_the_pin(scene: Scene, screen: Screens) -> None:
    page = scene.page
    page.goto(reset_link(scene.app))
    page.get_by_label("New password", exact=True).fill(NEW_PASSWORD)
    page.get_by_role("button", name="Set").click()
    expect(heading(page, "Account Recovery")).to_be_visible(timeout=SLOW)
    to_backup_types(page)
    expect(page.get_by_text("this browser").first).to_be_visible()
    page.get_by_role("link", name="Local Backup").click()
    expect(page.locator("[name=opener][value=pin]")).to_be_checked(timeout=SLOW)
    screen(page, "restore-from-local-backup")
    page.get_by_role("textbox", name="PIN of this device").fill(PIN)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="The backup")).to_be_visible(timeout=SLOW)
    understand(page)
    choose_pin(page)
    screen(page, "done-with-local-backup")
    assert shown(page) == ["Mail"]


def test_a_new_account_is_empty_and_the_earlier_vault_is_brought_over(scene: Scene, screen: Screens) -> None:
    page = scene.elsewhere()
    page.get_by_role("link", name="Create New Account").click()
    expect(heading(page, "Create New Account")).to_be_visible(timeout=SLOW)
    screen(page, "create-new-account")
    understand(page)
    choose_pin(page, "Create PIN And New Account")
    expect(page.get_by_text("A new Password Manager account is created.")).to_be_visible()
    screen(page, "done-with-new-account")
    assert shown(page) == []
    page.goto("/vault/earlier")
    screen(page, "earlier-vaults")
    page.get_by_role("button", name="Open the vault").click()
    expect(page.get_by_text("No key in your vault opens this")).to_be_visible(timeout=SLOW)
    page.get_by_label("File of your Recovery Kit").set_input_files(scene.kit)
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Save to Vault").click(timeout=SLOW)
    expect(page.get_by_text("Saved in your vault")).to_be_visible(timeout=SLOW)
    page.get_by_role("link", name="Open Vault").click()
    expect(page.locator(".item__title")).to_have_text(["Mail"], timeout=SLOW)
