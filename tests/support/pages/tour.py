"""Clicking through the whole product as its people do, each step found by the words on the page."""

import re
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Page, Request, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.people.invitations import PASSWORD, accept, choose_pin, confirm_kit


class Recorder:
    """Every request of every page: address, headers and body, as they left the browser."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, bytes]] = []

    def listen(self, context: BrowserContext) -> None:
        """Record all that this context sends from now on."""
        context.on("request", self._record)

    def _record(self, request: Request) -> None:
        said = f"{request.method} {request.url}\n{request.headers}\n".encode()
        self.sent.append((f"{request.method} {request.url}", said + (request.post_data_buffer or b"")))


def heading(page: Page, name: str) -> Any:
    """The heading with exactly these words, to be expected."""
    return page.get_by_role("heading", name=name, exact=True)


def join(page: Page, link: str, pin: str, kit_file: Path) -> None:
    """From the invite link to the open vault; the kit’s file is saved, cloud backups are turned on where offered."""
    accept(page, link)
    choose_pin(page, pin)
    save_kit(page, kit_file)
    confirm_kit(page)
    page.wait_for_url(re.compile("/(vault|join/cloud-backup)$"), timeout=SLOW)
    if page.url.endswith("/join/cloud-backup"):
        switch = page.get_by_role("button", name="Turn On Cloud Backups")
        go_on = page.get_by_role("link", name="Open Vault").or_(page.get_by_role("button", name="Open Vault"))
        expect(switch.or_(go_on).first).to_be_visible()
        (switch if switch.is_visible() else go_on.first).click()
        page.wait_for_url("**/vault", timeout=SLOW)
    page.locator("item-list").wait_for()


def save_kit(page: Page, path: Path) -> None:
    """Download the kit that is on the screen."""
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download").click()
    downloading.value.save_as(path)


def sign_in(page: Page, email: str, password: str = PASSWORD) -> None:
    """From anywhere to where the person belongs."""
    page.goto("/sign-in")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(re.compile("/(recovery|unlock|admin|join|vault)"))


def enable_cloud_backups(page: Page, key_file: Path) -> None:
    """The ceremony in Settings: generate, save, choose the saved file again."""
    page.goto("/admin/settings")
    page.get_by_label("Name of the key").fill("Safe in the office")
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Generate Key").click()
    downloading.value.save_as(key_file)
    page.get_by_label("Saved key file").set_input_files(key_file)
    page.get_by_role("button", name="Enable Cloud Backups").click()
    expect(page.get_by_text("Cloud Backups are enabled")).to_be_visible()


def invite(page: Page, email: str, name: str, role: str, key_file: Path) -> str:
    """The link that the admin hands over, with the key’s fingerprint in its fragment."""
    page.goto("/admin/users")
    page.get_by_label("Email address").fill(email)
    page.get_by_label(re.compile("^Name")).fill(name)
    page.locator("#invites").get_by_label("Role").select_option(role)
    page.get_by_role("button", name="Make Invite Link").click()
    page.get_by_label("Recovery key file").set_input_files(key_file)
    expect(page.locator("#invite-address")).to_contain_text("#k=")
    return page.locator("#invite-address").inner_text().strip()


def add_login(page: Page, title: str, username: str, password: str, notes: str = "") -> None:
    """One login, saved."""
    page.get_by_role("button", name="Add Login").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_label("Notes").fill(notes)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("heading", name=title)).to_be_visible()
    expect(page.locator("item-list").get_by_text(title, exact=True)).to_be_visible()


def add_note(page: Page, title: str, notes: str) -> None:
    """One note, saved."""
    page.get_by_role("button", name="Add Note").click()
    page.get_by_label("Title").fill(title)
    page.get_by_label("Notes").fill(notes)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("item-list").get_by_text(title, exact=True)).to_be_visible()


def back_up(page: Page) -> None:
    """Backup Center, [Back Up Now]."""
    page.goto("/backups")
    page.get_by_role("button", name="Back Up Now").click()
    expect(page.get_by_text("Your vault is backed up.")).to_be_visible(timeout=SLOW)


def ask(page: Page) -> str:
    """From Account Recovery to Waiting for Approval; returns the characters to read out."""
    expect(heading(page, "Account Recovery")).to_be_visible()
    page.get_by_role("link", name="Recover From Backup", exact=True).click()
    expect(heading(page, "Choose Your Backup Type")).to_be_visible()
    page.get_by_role("link", name="Cloud Backup", exact=True).click()
    expect(heading(page, "Restore from Cloud Backup")).to_be_visible()
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Continue With Account Recovery").click()
    request, no_mail = page.get_by_role("button", name="Request Account Restore"), "I can’t read my mail"
    expect(request.or_(page.get_by_role("link", name=no_mail))).to_be_visible()
    if not request.is_visible():  # where mail is set up
        page.get_by_role("link", name=no_mail).click()
    request.click()
    expect(heading(page, "Waiting for Approval")).to_be_visible()
    expect(page.locator("#fingerprint")).to_have_text(re.compile("[a-z2-7]{4}"))
    return page.locator("#fingerprint").inner_text()


def approve(page: Page, start: str, member: str, fingerprint: str, key_file: Path) -> str:
    """From the pending requests on `start` (Overview or Settings) to the approval; the six digits to tell back."""
    page.goto(start)
    page.get_by_role("link", name=f"Review the request of {member}").click()
    page.get_by_label("Recovery key file").set_input_files(key_file)
    page.get_by_label("The 16 characters").fill(fingerprint)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.locator("#digits-to-tell")).to_have_text(re.compile(r"\d{3} \d{3}"))
    digits = page.locator("#digits-to-tell").inner_text()
    page.get_by_role("button", name="Approve for This Member").click()
    expect(page.get_by_text(re.compile("Approved by"))).to_be_visible()
    return digits


def tell(page: Page, digits: str) -> None:
    """What the approver told the member, typed on Waiting for Approval or Create a New PIN."""
    page.get_by_label("The six digits").fill(digits)
    page.get_by_role("button", name="Check the Digits").click()
    expect(page.get_by_text("They fit", exact=True)).to_be_visible(timeout=SLOW)


def finish(page: Page, pin: str, kit_file: Path, digits: str) -> None:
    """From the approval, which the page notices by itself, to Done with the new kit saved."""
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    tell(page, digits)
    page.get_by_label("New PIN", exact=True).fill(pin)
    page.get_by_label("New PIN, once more", exact=True).fill(pin)
    page.get_by_role("button", name="Create PIN And Restore").click()
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Now the selected backup is restored.")).to_be_visible()
    save_kit(page, kit_file)
