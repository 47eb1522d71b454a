"""Pairing between two engines: each of them is the new device, and the one that shows the code."""

from tests.support.engines.steps import NEW_PIN, PIN, add_login, join, open_vault, sign_in
from tests.support.engines.visitor import Visitor


def pair(new: Visitor, old: Visitor, link: str) -> None:
    """Dana joins at the old device, and gets her vault to the new one."""
    join(old, link)
    add_login(old, "Bank")
    sign_in(new)
    new.sees_heading("Account Recovery")
    new.click("link", "Pair With Device")
    new.click("link", "Yes, I Have Access")
    new.sees_heading("Pair With Other Device")
    new.click("button", "I’m Ready To Pair")
    new.sees_heading("Enter Pairing Code")
    old.goto("/pair")
    old.sees_heading("Pair With Device")
    old.fill("PIN of this device", PIN)
    old.click("button", "Show Code")
    code = old.reads("#shown-code", r"^\d{3} \d{3}$")
    new.sees("The other device shows a code")
    new.fill("Code from your other device", code)
    new.click("button", "Pair")
    new.sees_heading("Create a New PIN")
    new.fill("New PIN", NEW_PIN)
    new.fill("New PIN, once more", NEW_PIN)
    new.click("button", "Create PIN")
    new.sees_heading("Done")
    old.sees_heading("Paired")
    open_vault(new, "Bank")


def test_a_new_device_is_paired_by_the_code_that_another_engine_shows(
    visitor: Visitor, other: Visitor, link: str
) -> None:
    pair(visitor, other, link)


def test_it_shows_the_code_by_which_another_engine_is_paired(visitor: Visitor, other: Visitor, link: str) -> None:
    pair(other, visitor, link)
