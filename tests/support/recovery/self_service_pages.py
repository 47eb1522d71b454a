"""The ways back that need nobody’s help: what a test needs for them, and their steps in a real browser."""

import re

from flask import Flask
from playwright.sync_api import FilePayload, Page, expect
from sqlalchemy import update

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.tour import heading
from tests.support.people.person import Person
from webapp.client.crypto.identities import Identity
from webapp.client.formats.recovery_kits import RecoveryKit, verify_key, write_kit
from webapp.client.member import Member
from webapp.client.transport.http import InProcessTransport
from webapp.database import db, transaction
from webapp.models.directory.user import User

NEW_PIN = "830526"


def kit_known(person: Person, *, known: bool = True) -> None:
    """The server knows the kit of the person’s device, as joining and every recovery leave it; or, not `known`, it is
    one from before kits could prove themselves."""
    assert person.device
    key = verify_key(person.device.kit, person.user_id) if known else None
    with person.app.app_context(), transaction():
        db.session.execute(update(User).where(User.id == person.user_id).values(kit_verify_key=key))


def newcomer(app: Flask, person: Person) -> Member:
    """A headless browser without keys in which the person is signed in."""
    member = Member(InProcessTransport(app.test_client(), app.config["PUBLIC_URL"]), name="Safari on iPhone")
    member.sign_in(person.email, person.password)
    return member


def kit_file(person: Person, identity: Identity, number: int = 1) -> FilePayload:
    """The kit as it was saved."""
    kit = RecoveryKit(number, "2026-11-22T16:10:46Z", person.email, "Example Works", identity)
    return {"name": "kit.txt", "mimeType": "", "buffer": write_kit(kit).encode()}


def choose_file(page: Page, content: bytes) -> None:
    """On Restore from Local Backup: a file from elsewhere, which a Recovery Kit opens."""
    expect(page.locator("[data-part=looking]")).to_be_hidden(timeout=SLOW)
    if page.locator("[data-part=choices]").is_visible():
        page.get_by_role("radio", name="A file").check()
    page.get_by_label("Backup file").set_input_files({"name": "copy.age", "mimeType": "", "buffer": content})


def open_local(page: Page, content: bytes, kit: FilePayload) -> None:
    """A file and its kit, up to the preview."""
    page.goto("/recovery/local")
    choose_file(page, content)
    page.get_by_label("File of your Recovery Kit").set_input_files(kit)
    page.get_by_role("button", name="Continue").click()
    expect(heading(page, "The backup")).to_be_visible(timeout=SLOW)


def open_kit(page: Page, kit: FilePayload) -> None:
    """The kit, up to the preview."""
    page.goto("/recovery/kit")
    page.get_by_label("File of your Recovery Kit").set_input_files(kit)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_text("It opens.")).to_be_visible(timeout=SLOW)


def begin_anew(page: Page, password: str) -> None:
    """Create New Account, up to the PIN."""
    page.goto("/recovery/new-account")
    asked = page.get_by_label("Your sign-in password")
    if asked.is_visible():
        asked.fill(password)
    understand(page)


def understand(page: Page) -> None:
    """Tick the box, and go on to the PIN."""
    page.get_by_role("checkbox", name="I understand").check()
    page.get_by_role("button", name="Continue With Account Recovery").click()
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)


def type_pin(page: Page, button: str | re.Pattern[str] = "Create PIN And Restore") -> None:
    """The last step, as far as the button."""
    page.get_by_label("New PIN", exact=True).fill(NEW_PIN)
    page.get_by_label("New PIN, once more", exact=True).fill(NEW_PIN)
    page.get_by_role("button", name=button).click()


def choose_pin(page: Page, button: str = "Create PIN And Restore") -> None:
    """The last step, up to Done."""
    type_pin(page, button)
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
