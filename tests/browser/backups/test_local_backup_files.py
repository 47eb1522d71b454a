"""Files that are no good, and kits with slips: each a sentence that says what to do, and the vault stays as it was."""

import copy
from collections.abc import Callable
from dataclasses import replace
from tempfile import NamedTemporaryFile
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, open_vault
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person, enrolled
from tests.support.vault.bad_backups import altered, lines_of, newer, sealed
from tests.support.vault.devices import MadeDevice, login
from tests.support.vault.local_copies import wait_for_copy
from tests.support.vault.vault_pages import row_of
from webapp.client.crypto.identities import Identity, new_identity, recipient_of
from webapp.client.crypto.sealing import seal
from webapp.client.formats import documents
from webapp.client.formats.recovery_kits import RecoveryKit, write_kit
from webapp.database import transaction
from webapp.limits import VAULT_FILE_BYTES
from webapp.models.directory.user import User
from webapp.models.vaults.vault import Vault

NOT_ONE = "This is not a backup of Spare Key"
DAMAGED = "was changed, or its end is missing"
TOO_LARGE = "larger than a backup can be"
ASKS_KIT = "No key in your vault opens this file"


@pytest.fixture
def hers(alice: Person) -> MadeDevice:
    return enrolled(alice, [login("Example")], here=False)


@pytest.fixture
def center(alice: Person, hers: MadeDevice, page: Page) -> Page:
    """The Backup Center, where Alice’s vault is open."""
    open_vault(page, alice)
    wait_for_copy(page, alice.user_id)
    page.goto("/backups/local")
    return page


def choose(page: Page, content: bytes) -> None:
    with NamedTemporaryFile(suffix=".age") as file:  # by its path: the large ones are many messages otherwise
        file.write(content)
        file.flush()
        page.get_by_label("Backup file").set_input_files(file.name)
        page.get_by_role("button", name="Restore From Local File").click()
        expect(page.locator("form[data-file][aria-busy]")).to_have_count(0, timeout=SLOW)


def unsigned(device: MadeDevice) -> bytes:
    manifest, signature, body, end = lines_of(device)
    return sealed(device, b"\n".join([manifest, signature, body.replace(b"Example", b"Forgery"), end]))


BAD: dict[str, tuple[Callable[[MadeDevice], bytes], str]] = {
    "nothing in it": (lambda device: b"", NOT_ONE),
    "not an age file": (lambda device: b"a picture, perhaps", NOT_ONE),
    "its end is missing": (lambda device: device.file[:-20], DAMAGED),
    "only its beginning": (lambda device: device.file[:100], DAMAGED),
    "one byte altered in the middle": (lambda device: altered(device.file, len(device.file) // 2), DAMAGED),
    "one byte altered at the end": (lambda device: altered(device.file, -1), DAMAGED),
    "not gzip": (lambda device: seal(b"text", [recipient_of(device.vault_key)]), DAMAGED),
    "altered and sealed again": (unsigned, "was not signed by the device it names"),
    "a newer format": (newer, "made by a newer version of Spare Key"),
    "a bomb": (lambda device: sealed(device, bytes(129 * 1024 * 1024)), TOO_LARGE),
    "too large": (lambda device: device.file.ljust(VAULT_FILE_BYTES + 1, b"x"), TOO_LARGE),
    "no item in it": (lambda device: replace(device).write([]), "there is no item in it"),
}


def test_each_bad_file_is_named_and_the_vault_stays(
    alice: Person, hers: MadeDevice, center: Page, screen: Screens
) -> None:
    before = row_of(alice)
    center.get_by_role("button", name="Restore From Local File").click()
    expect(center.get_by_text("Choose the backup file first.")).to_be_visible()
    for name, (make, sentence) in BAD.items():
        choose(center, make(hers))
        expect(center.locator("#opening-error"), name).to_contain_text(sentence, timeout=SLOW)
        expect(center.get_by_role("button", name="Save to Vault"), name).to_be_hidden()
    screen(center, "local-file-refused")
    assert row_of(alice) == before


def test_another_member_s_file_is_refused_with_their_kit_too(
    alice: Person, charlie: Person, center: Page, screen: Screens
) -> None:
    before, theirs = row_of(alice), enrolled(charlie, [login("Theirs")], here=False)
    choose(center, theirs.file)
    expect(center.get_by_text(ASKS_KIT)).to_be_visible(timeout=SLOW)
    screen(center, "local-file-kit")
    center.get_by_label("Or type its key").fill(theirs.kit)
    center.get_by_role("button", name="Continue").click()
    expect(center.locator("#opening-error")).to_contain_text("belongs to another account")
    assert row_of(alice) == before


def test_a_slip_in_the_kit_is_found_and_the_right_one_opens_the_file(
    alice: Person, hers: MadeDevice, center: Page, screen: Screens
) -> None:
    """The file is one of former keys, which the vault’s keyring knows nothing of."""
    former = replace(hers, vault_key=new_identity(), kit=new_identity())
    choose(center, former.write([login("Example"), login("From then")]))
    typed, file = center.get_by_label("Or type its key"), center.get_by_label("File of your Recovery Kit")
    proceed = center.get_by_role("button", name="Continue")
    proceed.click()
    expect(center.get_by_text("Choose the file of your Recovery Kit, or type its key.")).to_be_visible(timeout=SLOW)
    start, rest = former.kit[:30], former.kit[31:]
    wrong = start + ("Q" if former.kit[30] != "Q" else "P") + rest
    for text, sentence in [
        (wrong, f"One character is wrong in “{wrong[28:32]}”: group 4, counted in fours"),
        (start + rest, "This key is too short. Characters missing: 1."),
        (former.kit + "Q", "This key is too long. Characters too many: 1."),
        ("hello", "This is not a Recovery Kit."),
    ]:
        typed.fill(text)
        proceed.click()
        expect(center.locator("#backup-kit-error")).to_contain_text(sentence)
    screen(center, "local-file-kit-slip")
    file.set_input_files({"name": "kit.txt", "mimeType": "", "buffer": kit_file(alice, hers.kit)})
    expect(typed).to_have_value("")
    proceed.click()
    expect(center.locator("#opening-error")).to_contain_text("This Recovery Kit does not open this backup.")
    edited = kit_file(alice, former.kit).decode().replace("\n", " \r\n").encode("utf-16")  # as an editor may save it
    file.set_input_files({"name": "kit.txt", "mimeType": "", "buffer": edited})
    proceed.click()
    expect(center.get_by_text("Items in it: 2.").filter(visible=True)).to_be_visible(timeout=SLOW)
    expect(center.locator("#opening-error")).to_be_hidden()
    assert center.evaluate("document.querySelector('kit-input input').value") == ""


def kit_file(person: Person, identity: Identity) -> bytes:
    return write_kit(RecoveryKit(1, "2026-11-22T16:10:46Z", person.email, "Example Works", identity)).encode()


def test_a_copy_of_a_former_epoch_opens_by_the_keyring(alice: Person, hers: MadeDevice, page: Page) -> None:
    former = replace(hers, epoch=0, vault_key=new_identity(), kit=new_identity())
    assert hers.document
    body: Any = copy.deepcopy(hers.document.body)
    body["keyring"]["epochs"].insert(0, {"epoch": 0, "key": former.vault_key})
    draft: Any = {**hers.document.manifest, "counter": 2}
    again = documents.write(draft, body, hers.seed)
    with alice.app.app_context(), transaction():
        vault = Vault.current(User.locked(alice.user_id))
        assert vault
        vault.counter = 2
        vault._put(hers.id, 1, documents.seal_document(again, [recipient_of(hers.vault_key)]))
    open_vault(page, alice)
    page.goto("/backups/local")
    choose(page, former.write([login("From then")]))
    expect(page.get_by_text("Items in it: 1.").filter(visible=True)).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Save to Vault").click()
    expect(page.get_by_text("Items brought in: 1")).to_be_visible(timeout=SLOW)


def test_a_file_of_one_browser_restores_in_another(
    alice: Person, hers: MadeDevice, center: Page, new_context: Callable[..., BrowserContext]
) -> None:
    """The kept copy is the vault file itself: what the first browser downloads, any other opens."""
    with center.expect_download(timeout=SLOW) as downloading:
        center.get_by_role("button", name="Download").first.click()
    content = downloading.value.path().read_bytes()
    other = new_context().new_page()
    open_vault(other, alice)
    other.goto("/backups/local")
    choose(other, content)
    expect(other.get_by_text("Items in it: 1.").filter(visible=True)).to_be_visible(timeout=SLOW)
    expect(other.get_by_text("There already").last).to_be_visible()
