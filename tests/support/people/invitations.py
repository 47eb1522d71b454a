"""Invitations for tests, and joining in a real browser by clicking through it."""

from flask import Flask
from playwright.sync_api import Page

from tests.support.pages.browser_devices import SLOW
from tests.support.people.people import ActiveKey
from tests.support.vault.devices import PIN
from webapp.database import transaction
from webapp.models.accounts.invite import Invite
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role

PASSWORD = "walk the dogs twice"


def invite(
    app: Flask, organisation_id: str, email: str = "dana@example.org", name: str = "Dana", role: Role = Role.MEMBER
) -> str:
    """The path of a fresh invite link."""
    with app.app_context(), transaction() as session:
        _, token = Invite.make(session.get_one(Organisation, organisation_id), email, name, role)
        return f"/join/{token}"


def fragment(key: ActiveKey | None) -> str:
    """What an invite link carries behind its path, so that the member’s browser knows the organisation’s key."""
    return f"#{key.key.link_fragment}" if key else ""


def accept(page: Page, link: str, password: str = PASSWORD) -> None:
    """From the invite link to the page where a PIN is chosen."""
    page.goto(link)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Create Account").click()
    page.wait_for_url("**/join/vault")


def choose_pin(page: Page, pin: str = PIN) -> None:
    """From there to the Recovery Kit."""
    page.get_by_label("PIN", exact=True).fill(pin)
    page.get_by_label("PIN, once more", exact=True).fill(pin)
    page.get_by_role("button", name="Create My Vault").click()
    page.wait_for_url("**/join/kit", timeout=SLOW)


def kit_on(page: Page) -> str:
    """The kit’s key as the page shows it."""
    return page.locator("[data-kit=identity]").inner_text().strip()


def confirm_kit(page: Page) -> str:
    """Confirm the kit that is on the screen; returns its key."""
    identity = kit_on(page)
    page.get_by_label("Last four characters of the key").fill(identity[-4:])
    page.get_by_role("button", name="Confirm").click()
    return identity
