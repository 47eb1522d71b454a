"""Editing changes the fields in which somebody typed, and no others, whatever an input makes of their values."""

from typing import Any, cast

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import document_of, open_item
from webapp.client.formats.document_shapes import Item

PEM = "-----BEGIN KEY-----\r\nAAAA\r\nBBBB\r\n-----END KEY-----\r\n"
ODD: dict[str, Any] = {
    **login("Odd", password=PEM),
    "username": "mira\nof the lamp",
    "url": " https://lamp.example/\t",
    "notes": "one\r\ntwo\rthree\n",
}


@pytest.fixture
def editing(alice: Person, page: Page) -> Page:
    """Alice’s vault, at the form of an item with values that no input holds as they are."""
    enrolled(alice, [cast(Item, ODD)], here=False)
    open_vault(page, alice)
    open_item(page, "Odd")
    page.get_by_role("button", name="Edit").click()
    return page


def saved_item(alice: Person, page: Page) -> dict[str, Any]:
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("button", name="Edit")).to_be_visible(timeout=SLOW)
    (item,) = document_of(alice).body["items"]
    return dict(item)


def test_editing_the_notes_leaves_all_else_byte_for_byte(alice: Person, editing: Page) -> None:
    editing.get_by_label("Notes").fill("Other words")
    item = saved_item(alice, editing)
    assert item == {**ODD, "notes": "Other words", "updated_at": item["updated_at"]}


def test_saving_without_a_change_changes_nothing(alice: Person, editing: Page) -> None:
    item = saved_item(alice, editing)
    assert item == {**ODD, "updated_at": item["updated_at"]}


def test_a_password_of_several_lines_is_shown_and_edited_as_one(alice: Person, editing: Page, screen: Screens) -> None:
    field = editing.get_by_label("Password", exact=True)
    assert field.evaluate("field => [field.tagName, getComputedStyle(field).webkitTextSecurity]") == [
        "TEXTAREA",
        "disc",
    ]
    screen(editing, "vault-edit-lines")
    editing.get_by_role("button", name="Show password").click()
    assert field.evaluate("field => getComputedStyle(field).webkitTextSecurity") == "none"
    expect(field).to_have_value(PEM.replace("\r\n", "\n"))
    screen(editing, "vault-edit-lines-shown")
    field.fill(PEM.replace("\r\n", "\n").replace("BBBB", "CCCC"))
    item = saved_item(alice, editing)
    assert item == {**ODD, "password": PEM.replace("BBBB", "CCCC"), "updated_at": item["updated_at"]}


def test_a_generated_password_takes_the_place_of_several_lines_and_is_shown(alice: Person, editing: Page) -> None:
    editing.get_by_role("button", name="Generate Password").click()
    field = editing.get_by_label("Password", exact=True)
    assert field.evaluate("field => getComputedStyle(field).webkitTextSecurity") == "none"
    generated = field.input_value()
    assert saved_item(alice, editing)["password"] == generated
    assert len(generated) == 20
