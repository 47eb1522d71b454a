"""The ways back to a vault, in each engine."""

from pathlib import Path

import pytest
from flask import Flask

from tests.support.engines.steps import (
    PIN,
    add_login,
    choose_pin,
    go_on,
    join,
    joined,
    open_vault,
    saved,
    sign_in_as,
    to_backup_types,
)
from tests.support.engines.visitor import Visitor
from tests.support.people.password_links import reset
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.vault.devices import MadeDevice, login
from webapp.client.formats.recovery_kits import RecoveryKit, write_kit


@pytest.fixture
def device(alice: Person) -> MadeDevice:
    """Alice’s, elsewhere; her vault has two items."""
    return enrolled(alice, [login("Bank"), login("Mail")], here=False)


@pytest.fixture
def kit_file(device: MadeDevice, alice: Person, tmp_path: Path) -> Path:
    """Her Recovery Kit, as she saved it."""
    kit = RecoveryKit(1, "2026-11-22T16:10:46Z", alice.email, "Example Works", device.kit)
    return saved(tmp_path / "kit.txt", write_kit(kit).encode())


def test_a_cloud_backup_is_restored_once_an_admin_approved_in_another_engine(
    visitor: Visitor,
    other: Visitor,
    device: MadeDevice,
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
    key_file: Path,
) -> None:
    backed_up(alice, organisation_key)
    sign_in_as(visitor, alice)
    to_backup_types(visitor)
    visitor.click("link", "Cloud Backup")
    visitor.sees_heading("Restore from Cloud Backup")
    go_on(visitor)
    visitor.click("button", "Request Account Restore")
    visitor.sees_heading("Waiting for Approval")
    fingerprint = visitor.reads("#fingerprint", "[a-z2-7]{4}")
    sign_in_as(other, bob, "/sign-in?next=/admin/")
    other.click("link", "Review the request of Alice")
    other.choose_file("Recovery key file", key_file)
    other.fill("The 16 characters", fingerprint)
    other.click("button", "Compare")
    digits = other.reads("#digits-to-tell", r"\d{3} \d{3}")
    other.click("button", "Approve for This Member")
    other.sees("Approved by Bob")
    visitor.sees_heading("Create a New PIN")
    visitor.fill("The six digits", digits)
    visitor.click("button", "Check the Digits")
    visitor.sees("They fit")
    choose_pin(visitor)
    visitor.sees("Now the selected backup is restored.")
    open_vault(visitor, "Bank", "Mail")


def test_a_recovery_kit_brings_the_newest_vault_back(visitor: Visitor, alice: Person, kit_file: Path) -> None:
    sign_in_as(visitor, alice)
    to_backup_types(visitor)
    visitor.click("link", "Use Recovery Kit")
    visitor.choose_file("File of your Recovery Kit", kit_file)
    visitor.click("button", "Continue")
    visitor.sees("It opens.")
    go_on(visitor)
    choose_pin(visitor)
    open_vault(visitor, "Bank", "Mail")


def test_a_local_backup_in_a_file_is_opened_by_the_recovery_kit(
    visitor: Visitor, device: MadeDevice, alice: Person, kit_file: Path, tmp_path: Path
) -> None:
    sign_in_as(visitor, alice)
    to_backup_types(visitor)
    visitor.click("link", "Local Backup")
    visitor.sees("This browser has kept no backup")
    visitor.choose_file("Backup file", saved(tmp_path / "backup.age", device.file))
    visitor.choose_file("File of your Recovery Kit", kit_file)
    visitor.click("button", "Continue")
    visitor.sees_heading("The backup")
    go_on(visitor)
    choose_pin(visitor)
    open_vault(visitor, "Bank", "Mail")


def test_a_local_backup_that_the_browser_kept_is_opened_by_its_pin(app: Flask, visitor: Visitor, link: str) -> None:
    join(visitor, link)
    add_login(visitor, "Bank")
    visitor.goto(reset(joined(app)))
    visitor.fill("New password", "another lantern under the bridge")
    visitor.click("button", "Set New Password")
    to_backup_types(visitor)
    visitor.click("link", "Local Backup")
    visitor.fill("PIN of this device", PIN)
    visitor.click("button", "Continue")
    visitor.sees_heading("The backup")
    go_on(visitor)
    choose_pin(visitor)
    open_vault(visitor, "Bank")


def test_a_new_account_begins_with_an_empty_vault(visitor: Visitor, device: MadeDevice, alice: Person) -> None:
    sign_in_as(visitor, alice)
    to_backup_types(visitor)
    visitor.click("link", "Create New Account")
    go_on(visitor)
    choose_pin(visitor, "Create PIN And New Account")
    visitor.sees("A new Password Manager account is created.")
    open_vault(visitor, "Your vault is empty")
