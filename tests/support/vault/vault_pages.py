"""What a person does on the vault’s page, and what the database has afterwards."""

from typing import Any

from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, type_pin
from tests.support.people.person import Person
from tests.support.vault.devices import MadeDevice
from webapp.client.formats.documents import Document, open_document
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault


def add_login(page: Page, title: str, password: str = "s3cret of mine", *, save: bool = True) -> None:
    """Write a login and save it."""
    page.get_by_role("button", name="Add Login").click()
    page.get_by_label("Title", exact=True).fill(title)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password", exact=True).fill(password)
    if save:
        page.get_by_role("button", name="Save", exact=True).click()


def open_item(page: Page, title: str) -> None:
    """Choose an item in the list."""
    page.locator(".item", has_text=title).click()
    expect(page.get_by_role("heading", name=title, level=2)).to_be_visible()


def rename(page: Page, title: str, to: str) -> None:
    """Edit the title of an item and save."""
    open_item(page, title)
    page.get_by_role("button", name="Edit").click()
    page.get_by_label("Title", exact=True).fill(to)
    page.get_by_role("button", name="Save", exact=True).click()


def go_to_vault(page: Page) -> None:
    """The vault’s page in a tab of a browser that is signed in; the PIN, where it is asked."""
    page.goto("/vault")
    page.wait_for_url("**/unlock?next=**")
    type_pin(page)
    page.wait_for_url("**/vault", timeout=SLOW)
    page.locator(".vault").wait_for()


def row_of(person: Person) -> dict[str, Any]:
    """The current vault’s row, file and all, to be put back by `restore_row`."""
    with person.app.app_context():
        vault = Vault.current(db.session.get_one(User, person.user_id), with_file=True)
        assert vault
        return {name: getattr(vault, name) for name in ("file", "sha256", "size", "items", "counter", "saved_at")}


def restore_row(person: Person, row: dict[str, Any]) -> None:
    """What an operator does who restores an old database."""
    with person.app.app_context(), transaction():
        vault = Vault.current(User.locked(person.user_id))
        for name, value in row.items():
            setattr(vault, name, value)


def document_of(person: Person, device: MadeDevice | None = None) -> Document:
    """The newest vault as the server has it, opened."""
    device = device or person.device
    assert device
    return open_document(row_of(person)["file"], [device.vault_key])


def titles_of(person: Person) -> list[str]:
    """The titles in the newest vault of the server, sorted."""
    return sorted(item["title"] for item in document_of(person).body["items"])
