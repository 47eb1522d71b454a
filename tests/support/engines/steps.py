"""What people do on many journeys, in whatever engine."""

from pathlib import Path

from flask import Flask

from tests.support.engines.visitor import Visitor
from tests.support.people.invitations import PASSWORD
from tests.support.people.person import Person
from webapp.client.formats.recovery_kits import RecoveryKit, read_kit
from webapp.models.directory.user import User

PIN, NEW_PIN = "604172", "305817"
EMAIL = "dana@example.org"
"""Of who joins by an invite, with `PASSWORD`."""


def sign_in(visitor: Visitor, email: str = EMAIL, password: str = PASSWORD, path: str = "/sign-in") -> None:
    """To where the person belongs."""
    visitor.goto(path)
    visitor.fill("Email address", email)
    visitor.fill("Password", password)
    visitor.click("button", "Sign in")


def sign_in_as(visitor: Visitor, person: Person, path: str = "/sign-in") -> None:
    """One of the people whom a test finds there."""
    sign_in(visitor, person.email, person.password, path)


def choose_first_pin(visitor: Visitor, link: str) -> None:
    """From the invite link to where the vault is made."""
    visitor.goto(link)
    visitor.fill("Password", PASSWORD)
    visitor.click("button", "Create Account")
    visitor.sees_heading("Choose a PIN")
    visitor.fill("PIN", PIN)
    visitor.fill("PIN, once more", PIN)
    visitor.click("button", "Create My Vault")


def begin_to_join(visitor: Visitor, link: str) -> RecoveryKit:
    """From the invite link to the step behind the Recovery Kit, which is confirmed; the kit, as it was saved."""
    choose_first_pin(visitor, link)
    visitor.sees_heading("Spare Key Recovery Kit")
    kit = read_kit(visitor.saves("Download").decode())
    visitor.fill("Last four characters of the key", str(kit.identity)[-4:])
    visitor.click("button", "Confirm")
    return kit


def join(visitor: Visitor, link: str) -> RecoveryKit:
    """To the open vault, in an organisation without a recovery key."""
    kit = begin_to_join(visitor, link)
    visitor.click("button", "Open Vault")
    visitor.sees("Your vault is empty")
    return kit


def joined(app: Flask) -> Person:
    """Who joined."""
    with app.app_context():
        user = User.by_email(EMAIL)
        assert user
        return Person(app, user.id, user.organisation_id, EMAIL, user.name, PASSWORD)


def add_login(visitor: Visitor, title: str, password: str = "s3cret of mine") -> None:
    """One login, saved."""
    visitor.click("button", "Add Login")
    visitor.fill("Title", title)
    visitor.fill("Username (optional)", "dana")
    visitor.fill("Password", password)
    visitor.click("button", "Save")
    visitor.sees_heading(title)


def unlock(visitor: Visitor, pin: str = PIN) -> None:
    """On the page that asks for the PIN."""
    visitor.sees_heading("Unlock Your Vault")
    visitor.fill("PIN", pin)
    visitor.click("button", "Unlock")


def to_backup_types(visitor: Visitor) -> None:
    """From Account Recovery to Choose Your Backup Type."""
    visitor.sees_heading("Account Recovery")
    visitor.click("link", "Recover From Backup")
    visitor.sees_heading("Choose Your Backup Type")


def go_on(visitor: Visitor) -> None:
    """Tick the box that a recovery asks about, and go on."""
    visitor.tick("I understand")
    visitor.click("button", "Continue With Account Recovery")


def choose_pin(visitor: Visitor, button: str = "Create PIN And Restore") -> None:
    """From Create a New PIN to Done."""
    visitor.sees_heading("Create a New PIN")
    visitor.fill("New PIN", NEW_PIN)
    visitor.fill("New PIN, once more", NEW_PIN)
    visitor.click("button", button)
    visitor.sees_heading("Done")


def open_vault(visitor: Visitor, *titles: str) -> None:
    """From Done to the vault, in which these are."""
    visitor.click("link", "Open Vault")
    visitor.sees_heading("Vault")
    for title in titles:
        visitor.sees(title)


def saved(path: Path, content: bytes) -> Path:
    """A file on the disk of whoever sits there."""
    path.write_bytes(content)
    return path
