"""What the ways back that need nobody’s help refuse: each with a sentence that says what to do, and the vault on the
server is as it was."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import enter
from tests.support.pages.repeats import unanswered
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.self_service_pages import choose_file, kit_file, kit_known, open_kit, understand
from tests.support.vault.bad_backups import BAD
from tests.support.vault.devices import MadeDevice, login
from tests.support.vault.vault_pages import restore_row, row_of
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.sealing import seal
from webapp.client.formats.encoding import sha256_hex
from webapp.limits import VAULT_FILE_BYTES

SAID = {
    "not_a_backup": "This is not a backup of Spare Key.",
    "malformed": "was changed, or its end is missing",
    "bad_signature": "not signed by the device it names",
    "newer_format": "made by a newer version of Spare Key",
    "too_large": "larger than a backup can be",
}


@pytest.fixture
def hers(alice: Person) -> MadeDevice:
    device = enrolled(alice, [login("Bank"), login("Mail")], here=False)
    kit_known(alice)
    return device


@pytest.fixture
def page(live_server: object, new_context: Callable[..., BrowserContext], alice: Person, hers: MadeDevice) -> Page:
    """A browser without keys, signed in as Alice."""
    return enter(new_context(), alice)


def proceed(page: Page) -> None:
    """Up to the answer, which may be the same twice; what is pressed before it comes is not heard."""
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("form[aria-busy]")).to_have_count(0, timeout=SLOW)


def says(page: Page, words: str, about: str = "") -> None:
    """What the page says went wrong."""
    expect(page.locator("#own-recovery-error"), about).to_contain_text(words, timeout=SLOW)


def test_each_bad_file_is_named_and_the_vault_stays(
    alice: Person, charlie: Person, hers: MadeDevice, page: Page, screen: Screens, tmp_path: Path
) -> None:
    before, theirs = row_of(alice), enrolled(charlie, [login("Theirs")], here=False)
    page.goto("/recovery/local")
    expect(page.get_by_text("This browser has kept no backup")).to_be_visible()
    proceed(page)
    says(page, "Choose the backup file first.")
    page.get_by_label("Or type its key").fill(hers.kit)
    for name, (make, code) in BAD.items():
        choose_file(page, make(hers))
        proceed(page)
        says(page, SAID[code], name)
    with (tmp_path / "large.age").open("wb") as large:
        large.truncate(VAULT_FILE_BYTES + 1)
    page.get_by_label("Backup file").set_input_files(tmp_path / "large.age")
    proceed(page)
    says(page, SAID["too_large"], "too large")
    screen(page, "local-backup-refused")
    choose_file(page, theirs.file)
    proceed(page)
    says(page, "What you chose does not open this backup.")
    choose_file(page, replace(hers, vault_key=new_identity()).write([login("From then")]))
    proceed(page)
    says(page, "This backup is from before your last recovery")
    page.get_by_label("Or type its key").fill(theirs.kit)
    choose_file(page, theirs.file)
    proceed(page)
    says(page, "This backup belongs to another account")
    assert row_of(alice) == before


def test_an_empty_backup_says_so_and_what_was_unticked_stays_so(
    alice: Person, hers: MadeDevice, page: Page, screen: Screens
) -> None:
    before = row_of(alice)
    page.goto("/recovery/local")
    choose_file(page, replace(hers).write([]))
    page.get_by_label("Or type its key").fill(hers.kit)
    proceed(page)
    expect(page.get_by_text("There is no item in this backup.")).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("Changes since this backup: 2")).to_be_visible()
    page.get_by_label("Keep newer items").uncheck()
    page.get_by_role("button", name="Continue With Account Recovery").click()
    expect(page.get_by_text("Tick the box to go on")).to_be_visible()
    expect(page.get_by_label("Keep newer items")).not_to_be_checked()
    screen(page, "local-backup-preview-empty")
    page.reload()
    expect(page.get_by_role("heading", name="Restore from Local Backup")).to_be_visible(timeout=SLOW)
    expect(page).to_have_url("/recovery/local")
    assert row_of(alice) == before


def test_each_kit_that_does_not_fit_is_named_and_the_vault_stays(
    alice: Person, charlie: Person, hers: MadeDevice, organisation_key: ActiveKey, page: Page, screen: Screens
) -> None:
    before = row_of(alice)
    page.goto("/recovery/kit")
    typed, field = page.get_by_label("Or type its key"), page.locator("kit-input")
    wrong = hers.kit[:30] + ("Q" if hers.kit[30] != "Q" else "P") + hers.kit[31:]
    slips = {
        "": "Choose the file of your Recovery Kit, or type its key.",
        wrong: f"One character is wrong in “{wrong[28:32]}”: group 4, counted in fours",
        hers.kit[:-1]: "This key is too short. Characters missing: 1.",
        "hello": "This is not a Recovery Kit.",
    }
    for text, sentence in slips.items():
        typed.fill(text)
        proceed(page)
        expect(field).to_contain_text(sentence)
    page.get_by_label("File of your Recovery Kit").set_input_files(
        {"name": "key.txt", "mimeType": "", "buffer": organisation_key.file}
    )
    proceed(page)
    expect(field).to_contain_text("This is the organisation’s recovery key, not your Recovery Kit.")
    screen(page, "use-recovery-kit-refused")
    for other in (new_identity(), enrolled(charlie, here=False).kit):  # a former one, another member’s
        page.get_by_label("File of your Recovery Kit").set_input_files(kit_file(alice, other))
        proceed(page)
        says(page, "This is not your present Recovery Kit: yours has number 1.")
    typed.fill(hers.kit.lower())
    with unanswered(page, "**/recovery/own"):
        proceed(page)
        says(page, "The server can’t be reached.")
        unreadable(alice)
    proceed(page)
    says(page, "the newest vault on the server can’t be opened with it")
    restore_row(alice, before)
    proceed(page)
    expect(page.get_by_text("It opens.")).to_be_visible(timeout=SLOW)
    page.reload()
    expect(page).to_have_url("/recovery/kit", timeout=SLOW)
    assert row_of(alice) == before


def unreadable(person: Person) -> None:
    """The newest vault file is one that nobody’s key opens."""
    file = seal(b"nothing", [recipient_of(new_identity())])
    restore_row(person, {"file": file, "sha256": sha256_hex(file), "size": len(file), "counter": 7})


def test_a_kit_from_before_kits_could_prove_themselves_is_sent_to_the_backups(
    alice: Person, page: Page, hers: MadeDevice, screen: Screens
) -> None:
    kit_known(alice, known=False)
    page.goto("/recovery/kit")
    expect(page.get_by_text("Your kit is of an earlier version")).to_be_visible()
    screen(page, "use-recovery-kit-earlier-version")
    page.get_by_role("link", name="Local Backup").click()
    expect(page.get_by_role("heading", name="Restore from Local Backup")).to_be_visible(timeout=SLOW)


def test_a_reload_at_the_pin_begins_at_the_kit_again(alice: Person, hers: MadeDevice, page: Page) -> None:
    before = row_of(alice)
    open_kit(page, kit_file(alice, hers.kit))
    understand(page)
    expect(page).to_have_url("/recovery/kit/pin")
    page.reload()
    expect(page).to_have_url("/recovery/kit", timeout=SLOW)
    assert row_of(alice) == before
