"""The vault in each engine: items, lock, import and export; and where copies of it go."""

import json
from pathlib import Path

import pytest
from flask import Flask

from tests.support.engines.steps import PIN, add_login, join, joined, saved, unlock
from tests.support.engines.visitor import Visitor
from tests.support.vault.exports import HEADERS, csv
from tests.support.vault.vault_pages import row_of
from webapp.client.formats.documents import open_document
from webapp.client.formats.recovery_kits import RecoveryKit

NO_FOLDER = (
    "This browser can’t write to a folder of yours. "
    "Back Up Now downloads the copy: keep it in Documents/Spare Key/backup."
)


@pytest.fixture
def kit(visitor: Visitor, link: str) -> RecoveryKit:
    """Of Dana, whose empty vault is open."""
    return join(visitor, link)


def titles_in(file: bytes, kit: RecoveryKit) -> list[str]:
    return sorted(item["title"] for item in open_document(file, [kit.identity]).body["items"])


def test_an_item_is_kept_deleted_and_the_vault_locked_and_unlocked(
    app: Flask, visitor: Visitor, kit: RecoveryKit
) -> None:
    add_login(visitor, "Bank")
    add_login(visitor, "Airline")
    visitor.sees("2 items")
    visitor.click("button", "Delete")
    visitor.sees_heading("Delete this item?")
    visitor.click("button", "Keep It")
    visitor.sees_no("Delete this item?")
    visitor.click("button", "Delete")
    visitor.click("button", "Delete Item")
    visitor.sees("1 item")
    assert titles_in(row_of(joined(app))["file"], kit) == ["Bank"]
    visitor.click("button", "Lock")
    visitor.sees_heading("Unlock Your Vault")
    visitor.fill("PIN", PIN[::-1])
    visitor.click("button", "Unlock")
    visitor.sees("That is not the PIN")
    unlock(visitor)
    visitor.sees("1 item")
    visitor.sees("Bank")
    visitor.sees_no("Airline")


def test_passwords_are_imported_and_exported_both_ways(
    app: Flask, visitor: Visitor, kit: RecoveryKit, tmp_path: Path
) -> None:
    bank, mail = ["Bank", "https://bank.example", "dana", "pässword, 密码", ""], ["Mail", "", "dana", "q", ""]
    visitor.click("link", "Import")
    visitor.choose_file("Exported file", saved(tmp_path / "export.csv", csv(HEADERS["chrome"], [bank, mail])))
    visitor.click("button", "Look Inside")
    visitor.sees("Rows read: 2, as Chrome writes them.")
    visitor.click("button", "Save to Vault")
    visitor.sees("Items brought in: 2.")
    visitor.goto("/vault/export")
    encrypted = visitor.saves("Download Encrypted File")
    assert encrypted == row_of(joined(app))["file"]
    assert titles_in(encrypted, kit) == ["Bank", "Mail"]
    visitor.goto("/vault/export")
    visitor.fill("PIN of this device", PIN)
    visitor.tick("I know that this file is not encrypted")
    plain = json.loads(visitor.saves("Download Plain Text"))
    assert sorted(item["login"]["password"] for item in plain["items"]) == ["pässword, 密码", "q"]


def test_copies_go_to_a_folder_where_one_can_be_chosen_and_else_to_the_downloads(
    visitor: Visitor, kit: RecoveryKit, says: list[str]
) -> None:
    add_login(visitor, "Bank")
    visitor.goto("/backups/local")
    if visitor.runs("return 'showDirectoryPicker' in globalThis"):
        visitor.finds("button", "Choose Folder")
        return
    says.append(visitor.reads("[data-folder=folder_unsupported]"))
    assert says == [NO_FOLDER]
    assert titles_in(visitor.saves("Back Up Now"), kit) == ["Bank"]
