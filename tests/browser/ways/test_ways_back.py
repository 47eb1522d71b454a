"""Every way back, by the keyboard alone, and by what a screen reader says alone: from the sign-in to the open vault."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.hands import Hands, Keyboard, Reader
from tests.support.pages.open_pages import Contexts, enter
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.self_service_pages import kit_file, kit_known
from tests.support.vault.devices import PIN, login

NEW_PIN = "830526"
READ_ALOUD = Path(__file__).parent / "read_aloud"
GO_ON = "Continue With Account Recovery"
UNPAIRS = "I understand that restoring from a backup unpairs all devices paired in the existing account."

MakeHands = Callable[[Page, str], Hands]


@pytest.fixture(params=["keyboard", "read aloud"])
def hands(request: pytest.FixtureRequest) -> MakeHands:
    if request.param == "keyboard":
        return lambda page, name: Keyboard(page)
    return lambda page, name: Reader(page, READ_ALOUD, name)


@pytest.fixture
def kit(alice: Person, live_server: object) -> FilePayload:
    """Alice has a vault in another browser, and her kit in a file."""
    device = enrolled(alice, [login("Bank")], here=False)
    kit_known(alice)
    return kit_file(alice, device.kit)


def sign_in(person: Hands, who: Person) -> None:
    person.page.goto("/sign-in")
    person.arrive("Sign in")
    person.type("Email address", who.email)
    person.type("Password", who.password)
    person.press("button", "Sign in")


def to_backup_types(member: Hands, alice: Person) -> None:
    sign_in(member, alice)
    member.arrive("Account Recovery")
    if isinstance(member, Keyboard):
        member.skip()
    member.press("link", "Recover From Backup")
    member.arrive("Choose Your Backup Type")


def choose_pin(member: Hands, button: str = "Create PIN And Restore") -> None:
    member.arrive("Create a New PIN")
    member.type("New PIN", NEW_PIN)
    member.type("New PIN, once more", NEW_PIN)
    member.press("button", button)
    member.arrive("Done")


def open_vault(member: Hands, title: str = "Bank") -> None:
    member.press("link", "Open Vault")
    member.arrive("Vault")
    expect(member.page.get_by_role("button", name=title)).to_be_visible(timeout=SLOW)


def test_cloud_backup_with_an_admins_approval(
    hands: MakeHands,
    alice: Person,
    bob: Person,
    kit: FilePayload,
    organisation_key: ActiveKey,
    new_context: Contexts,
    tmp_path: Path,
) -> None:
    backed_up(alice, organisation_key)
    member = hands(new_context().new_page(), "cloud-backup")
    to_backup_types(member, alice)
    member.press("link", "Cloud Backup")
    member.arrive("Restore from Cloud Backup")
    member.press("button", GO_ON)
    expect(member.find("checkbox", UNPAIRS)).to_be_focused()
    expect(member.page).to_have_title("Error: Restore from Cloud Backup · Spare Key")
    member.tick(UNPAIRS)
    member.press("button", GO_ON)
    member.press("button", "Request Account Restore")
    fingerprint = member.read("status", "Fingerprint to read out")
    member.arrive("Waiting for Approval")
    digits = approve(hands(new_context().new_page(), "approval"), bob, organisation_key, fingerprint, tmp_path)
    expect(member.find("heading", "Create a New PIN")).to_be_visible(timeout=SLOW)
    expect(member.find("heading", "Create a New PIN")).to_be_focused()
    member.type("The six digits", digits)
    member.press("button", "Check the Digits")
    expect(member.page.get_by_text("They fit", exact=True)).to_be_visible(timeout=SLOW)
    choose_pin(member)
    open_vault(member)


def approve(admin: Hands, bob: Person, key: ActiveKey, fingerprint: str, folder: Path) -> str:
    """By an admin in the same way; the six digits that they tell back."""
    path = folder / "key.txt"
    path.write_bytes(key.file)
    sign_in(admin, bob)
    admin.arrive("Choose a PIN")  # a vault of his own can wait
    admin.press("link", "Admin")
    Hands.arrive(admin, "Overview")  # its charts are of today
    admin.press("link", "Review the request of Alice")
    admin.arrive("Request of Alice")
    admin.choose("Recovery key file", path)
    admin.type("The 16 characters", fingerprint)
    admin.press("button", "Compare")
    digits = admin.read("status", "Six digits to tell back")
    admin.press("button", "Approve for This Member")
    expect(admin.page.get_by_text("Approved by")).to_be_visible(timeout=SLOW)
    return digits


def test_recovery_kit(hands: MakeHands, alice: Person, kit: FilePayload, new_context: Contexts) -> None:
    member = hands(new_context().new_page(), "recovery-kit")
    to_backup_types(member, alice)
    member.press("link", "Use Recovery Kit")
    member.arrive("Use Recovery Kit")
    member.choose("File of your Recovery Kit", kit)
    member.press("button", "Continue")
    expect(member.find("checkbox", UNPAIRS)).to_be_visible(timeout=SLOW)
    member.arrive("Use Recovery Kit")
    member.tick(UNPAIRS)
    member.press("button", GO_ON)
    choose_pin(member)
    open_vault(member)


def test_local_backup(hands: MakeHands, alice: Person, kit: FilePayload, new_context: Contexts) -> None:
    assert alice.device
    member = hands(new_context().new_page(), "local-backup")
    to_backup_types(member, alice)
    member.press("link", "Local Backup")
    expect(member.page.get_by_text("This browser has kept no backup of yours.")).to_be_visible(timeout=SLOW)
    member.arrive("Restore from Local Backup")
    member.choose("Backup file", {"name": "copy.age", "mimeType": "", "buffer": alice.device.file})
    member.choose("File of your Recovery Kit", kit)
    member.press("button", "Continue")
    expect(member.find("heading", "The backup")).to_be_visible(timeout=SLOW)
    member.arrive("Restore from Local Backup")
    member.tick(UNPAIRS)
    member.press("button", GO_ON)
    choose_pin(member)
    open_vault(member)


def test_new_account(hands: MakeHands, alice: Person, kit: FilePayload, new_context: Contexts) -> None:
    member = hands(new_context().new_page(), "new-account")
    to_backup_types(member, alice)
    member.press("link", "Create New Account")
    member.arrive("Create New Account")
    understood = (
        "I understand that Password Manager on any prior devices is deactivated, and that my account is created fresh."
    )
    member.tick(understood)
    member.press("button", GO_ON)
    choose_pin(member, "Create PIN And New Account")
    member.press("link", "Open Vault")
    member.arrive("Vault")
    expect(member.page.get_by_text("Your vault is empty")).to_be_visible(timeout=SLOW)


def test_pair_with_device(hands: MakeHands, alice: Person, live_server: object, new_context: Contexts) -> None:
    enrolled(alice, [login("Bank")])
    device = hands(enter(new_context(), alice, alice.device), "pairing-other-device")
    member = hands(new_context().new_page(), "pairing")
    sign_in(member, alice)
    member.arrive("Account Recovery")
    member.press("link", "Pair With Device")
    member.arrive("Pair With Device")
    member.press("link", "Yes, I Have Access")
    member.arrive("Pair With Other Device")
    member.press("button", "I’m Ready To Pair")
    member.arrive("Enter Pairing Code")
    device.page.goto("/pair")
    device.arrive("Pair With Device")
    device.type("PIN of this device", PIN)
    device.press("button", "Show Code")
    code = device.page.locator("#shown-code")
    expect(code).to_be_visible(timeout=SLOW)
    expect(member.page.get_by_text("The other device shows a code")).to_be_visible(timeout=SLOW)
    member.type("Code from your other device", code.inner_text())
    member.press("button", "Pair")
    member.arrive("Create a New PIN")
    member.type("New PIN", NEW_PIN)
    member.type("New PIN, once more", NEW_PIN)
    member.press("button", "Create PIN")
    member.arrive("Done")
    open_vault(member)
