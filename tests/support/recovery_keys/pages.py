"""Settings in an admin’s browser and the vault in a member’s, while recovery keys come and go."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault, sign_in
from tests.support.pages.file_choice import choose
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import Asked
from tests.support.vault.devices import login
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def key_desk(new_context: Contexts, bob: Person, organisation_key: ActiveKey) -> Page:
    """Bob’s browser, at Settings."""
    page = new_context().new_page()
    page.goto("/sign-in?next=/admin/settings")
    sign_in(page, bob)
    expect(page).to_have_url("/admin/settings")  # not only at the end of the address before
    return page


@pytest.fixture
def pinned_home(alice: Person, organisation_key: ActiveKey, page: Page) -> Page:
    """Alice’s browser with her vault open, which has the first key on record; one backup is made."""
    put_vault(alice, organisation_key)
    backed_up(alice, organisation_key)
    open_vault(page, alice)
    return page


def put_vault(person: Person, key: ActiveKey) -> None:
    """Their vault, which has this key on record."""
    device, public = enrolled(person, here=False), key.key.public
    file = device.write([login()], pin={"epoch": public.epoch, "fingerprint": public.fingerprint})
    with person.app.app_context(), transaction():
        vault = Vault.current(User.locked(person.user_id))
        assert vault
        vault._put(device.id, 1, file)


def generate(desk: Page, path: Path, name: str = "Second key") -> None:
    """From Settings to step 2 of a regeneration; the new file is at `path`."""
    desk.get_by_role("link", name="Regenerate").click()
    desk.get_by_label("Name of the key").fill(name)
    with desk.expect_download(timeout=SLOW) as downloading:
        desk.get_by_role("button", name="Generate Key").click()
    downloading.value.save_as(path)
    choose(desk, path, "Saved key file")


def active(app: Flask, person: Person) -> OrganisationKey:
    with app.app_context():
        found = OrganisationKey.active(person.organisation_id)
        assert found
        return found


def approve(desk: Page, request: Asked, file: Path) -> None:
    desk.goto(request.path)
    choose(desk, file, "Recovery key file")
    desk.get_by_label("The 16 characters").fill(request.request.fingerprint)
    desk.get_by_role("button", name="Compare", exact=True).click()
    desk.get_by_role("button", name="Approve for This Member").click()
    expect(desk.get_by_text("Approved by Bob")).to_be_visible()


def cancel(person: Person, request: Asked) -> None:
    with person.app.app_context(), transaction() as session:
        User.locked(person.user_id)
        session.get_one(RestoreRequest, request.id).cancel(session.get_one(User, person.user_id))


def rewrap(desk: Page) -> None:
    desk.get_by_role("button", name="Re-wrap", exact=True).click()


def count(person: Person) -> int:
    with person.app.app_context():
        return CloudBackup.count(person.user_id)
