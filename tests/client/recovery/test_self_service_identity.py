"""Vault → backup → restore gives the same items, byte for byte: by the headless device, the real application. That each
single altered byte of a file is refused: test_documents.py, here and in tests/browser/crypto."""

from collections.abc import Callable

import pytest
from flask import Flask
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.people.people import Person, enrolled
from tests.support.recovery.self_service_pages import NEW_PIN, kit_known, newcomer
from tests.support.vault.documents import note
from webapp.client.crypto.identities import Identity
from webapp.client.formats.document_shapes import Item
from webapp.web import rate_limits

ANY_TEXT = st.text(st.characters())  # lone surrogates too: a browser lets them be typed
EXTREMES = {
    "nothing": [],
    "empty notes": [note(), note()],
    "10,000 items": [note(f"Number {number}", "ключ 🔑") for number in range(10_000)],
    "a note of 1 MB": [note("Long", "x" * 1_000_000)],
    "controls and separators": [note("\u2028\u2029", "\x00\x1f\x7f\ufeff")],
}

Restore = Callable[[list[Item]], list[Item]]


@pytest.fixture
def restore(app: Flask, alice: Person, monkeypatch: pytest.MonkeyPatch) -> Restore:
    """Save these items, keep the file, lose the device, restore the backup alone with the kit; the items then."""
    monkeypatch.setattr(rate_limits, "spend", lambda *_: None)
    device = enrolled(alice)
    kit_known(alice)
    member = newcomer(app, alice)
    member.recover().with_kit(device.kit)
    member.finish_recovery(NEW_PIN)

    def work(items: list[Item]) -> list[Item]:
        member.vault.save(items)
        backup, kit = member.browser.get_file("/vault/file")[1], Identity(member.vault.kit().identity)
        member.vault.save([note("Saved after the backup")])
        member.recover().with_backup(backup, [kit], keep_newer=False)
        member.finish_recovery(NEW_PIN)
        return member.unlock(NEW_PIN).items

    return work


@given(st.lists(st.builds(note, ANY_TEXT, ANY_TEXT), max_size=4))
@settings(max_examples=8)
def test_any_items_come_back_as_they_were(restore: Restore, items: list[Item]) -> None:
    assert restore(items) == items


def test_extremes_come_back_as_they_were(restore: Restore) -> None:
    for name, items in EXTREMES.items():
        assert restore(items) == items, name
