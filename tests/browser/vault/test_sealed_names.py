"""Whose vault it is stands in the vault, in a real browser: old ones are named once, later the server isn’t asked."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.invitations import kit_on
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.vault.devices import login
from tests.support.vault.vault_pages import add_login, document_of
from webapp.client.crypto.identities import Identity
from webapp.client.formats import documents
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are written here as they were before addresses were sealed."""
    write: Callable[..., Any] = documents.write

    def as_before(draft: dict[str, Any], *rest: Any) -> Any:
        return write({name: value for name, value in draft.items() if name != "account"}, *rest)

    monkeypatch.setattr(documents, "write", as_before)


@pytest.mark.usefixtures("unnamed")
def test_a_vault_from_before_is_named_by_its_next_backup_and_save(
    alice: Person, organisation_key: ActiveKey, page: Page
) -> None:
    public = organisation_key.key.public
    device = enrolled(alice, [login()], here=False)
    file = device.write([login()], pin={"epoch": public.epoch, "fingerprint": public.fingerprint})
    with alice.app.app_context(), transaction():
        user = User.locked(alice.user_id)
        user.cloud_backups_at, user.cloud_backups_fingerprint = user.created_at, public.fingerprint
        vault = Vault.current(user)
        assert vault
        vault._put(device.id, 1, file)
    assert "account" not in document_of(alice).manifest
    with page.expect_response(lambda answer: answer.url.endswith("/backups") and answer.status == 200, timeout=SLOW):
        open_vault(page, alice)
    with alice.app.app_context():
        newest = CloudBackup.newest(alice.user_id)
        assert newest
        assert json.loads(newest.meta)["account"] == "alice@example.org"
    add_login(page, "Bank")
    expect(page.get_by_role("heading", name="Bank", level=2)).to_be_visible(timeout=SLOW)
    assert document_of(alice).manifest["account"] == "alice@example.org"


def test_a_server_that_names_another_address_later_changes_neither_vault_nor_kit(
    app: Flask, new_context: Callable[..., BrowserContext], alice: Person, bob: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    digits = approve_shown(bob, organisation_key, ask(page))
    with app.app_context(), transaction():
        User.locked(alice.user_id).email = "mallory@example.org"
    expect(heading(page, "Create a New PIN")).to_be_visible()
    page.reload()
    assert page.locator("#vault-keys").get_attribute("data-account") == "mallory@example.org"
    tell(page, digits)
    for label in ("New PIN", "New PIN, once more"):
        page.get_by_label(label, exact=True).fill("305817")
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    expect(page.locator("[data-kit=account]")).to_have_text("alice@example.org", timeout=SLOW)
    with app.app_context():
        vault = Vault.current(db.session.get_one(User, alice.user_id))
        assert vault
        restored = documents.open_document(vault.file, [Identity(kit_on(page))])
    assert (restored.manifest["epoch"], restored.manifest["account"]) == (2, "alice@example.org")
