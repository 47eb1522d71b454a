"""Pairing, click by click: the browser that asks and the member’s device, found by the words on their pages."""

import re
from dataclasses import dataclass

from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.tour import heading
from tests.support.people.people import Person
from tests.support.vault.devices import PIN
from webapp.models.devices.device import Device

NEW_PIN = "305817"


@dataclass(frozen=True)
class Pair:
    """The browser that asks and the member’s device, each in a profile of its own."""

    app: Flask
    alice: Person
    new: Page
    old: Page

    def ask(self) -> None:
        """From Account Recovery to Enter Pairing Code."""
        self.new.goto("/recovery")
        self.new.get_by_role("link", name="Pair With Device", exact=True).click()
        self.new.get_by_role("link", name="Yes, I Have Access").click()
        expect(heading(self.new, "Pair With Other Device")).to_be_visible()
        self.new.get_by_role("button", name="I’m Ready To Pair").click()
        expect(heading(self.new, "Enter Pairing Code")).to_be_visible()

    def show_code(self) -> str:
        """On the device, with its PIN; returns the code."""
        self.old.goto("/pair")
        expect(heading(self.old, "Pair With Device")).to_be_visible()
        self.old.get_by_label("PIN of this device", exact=True).fill(PIN)
        self.old.get_by_role("button", name="Show Code").click()
        return self.shown()

    def new_code(self) -> str:
        """After one that came to nothing, of which the new browser has heard: it shows another form then."""
        expect(self.new.get_by_text("The other device shows a code")).to_be_hidden(timeout=SLOW)
        self.old.get_by_role("button", name="New Code").click()
        return self.shown()

    def shown(self) -> str:
        """The code on the screen, once the new browser has heard that there is one."""
        code = self.old.locator("#shown-code")
        expect(code).to_have_text(re.compile(r"^\d{3} \d{3}$"), timeout=SLOW)
        expect(self.new.get_by_text("The other device shows a code")).to_be_visible(timeout=SLOW)
        return code.inner_text()

    def type_code(self, code: str) -> None:
        """In the browser that asks."""
        self.new.get_by_label("Code from your other device").fill(code)
        self.new.get_by_role("button", name="Pair", exact=True).click()

    def choose_pin(self) -> None:
        """Create a New PIN, up to Done."""
        expect(heading(self.new, "Create a New PIN")).to_be_visible(timeout=SLOW)
        self.new.get_by_label("New PIN", exact=True).fill(NEW_PIN)
        self.new.get_by_label("New PIN, once more", exact=True).fill(NEW_PIN)
        self.new.get_by_role("button", name="Create PIN").click()
        expect(heading(self.new, "Done")).to_be_visible(timeout=SLOW)

    def states(self) -> list[str]:
        """Of the member’s devices, the oldest first."""
        with self.app.app_context():
            return [str(device.state) for device in reversed(Device.of(self.alice.user_id))]


def alert(page: Page, words: str) -> None:
    """The page says so, as an error."""
    expect(page.get_by_role("alert").filter(has_text=words)).to_be_visible(timeout=SLOW)


def wrong(code: str) -> str:
    """Another code than the one that is shown."""
    return f"{(int(code.replace(' ', '')) + 1) % 1_000_000:06}"
