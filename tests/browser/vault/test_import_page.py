"""Bringing passwords in and out, on their pages: what is looked at, what is saved, what is downloaded."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Download, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.file_choice import choose as choose_file
from tests.support.pages.file_choice import saved
from tests.support.pages.open_pages import Contexts, enter_open
from tests.support.people.people import Person, be_at, enrolled
from tests.support.vault import exports, import_samples
from tests.support.vault.devices import PIN, login
from tests.support.vault.exports import HEADERS, bitwarden, bitwarden_login, csv
from tests.support.vault.vault_pages import add_login, document_of, go_to_vault, row_of, titles_of
from webapp.client.formats.documents import open_document

Choose = Callable[[bytes], None]


@pytest.fixture
def opened(alice: Person, live_server: object, new_context: Contexts) -> Page:
    """Alice’s open vault with one login, at the import page."""
    known = {**login("Known", "alice", "old"), "url": "https://known.example"}
    enrolled(alice, [known])  # type: ignore[list-item]
    page = enter_open(new_context(), alice)
    page.goto("/vault/import")
    return page


@pytest.fixture
def choose(opened: Page, tmp_path: Path) -> Choose:
    """`choose(bytes)`: choose a file with this content and look inside."""

    def chosen(content: bytes) -> None:
        choose_file(opened, saved(tmp_path / "export.csv", content), "Exported file")
        opened.get_by_role("button", name="Look Inside").click()
        expect(opened.locator("form[aria-busy]")).to_have_count(0, timeout=SLOW)  # looked at, to its end

    return chosen


def chrome(*rows: list[str]) -> bytes:
    return csv(HEADERS["chrome"], list(rows))


def figures(page: Page) -> list[str]:
    page.locator("[data-part=preview]").wait_for(timeout=SLOW)
    return page.locator(".figures dd").all_text_contents()


def save(page: Page) -> None:
    page.get_by_role("button", name="Save to Vault").click()


NEW, SAME = ["New", "https://new.example", "alice", "p", ""], ["Known", "https://known.example", "alice", "old", ""]
OTHER = ["Known", "https://known.example", "alice", "changed", ""]


def test_what_is_in_the_file_is_looked_at_then_saved(
    alice: Person, opened: Page, choose: Choose, screen: Screens
) -> None:
    screen(opened, "import")
    choose(chrome(NEW, SAME, OTHER, ["broken"]))
    assert figures(opened) == ["1", "1", "1", "1"]
    expect(opened.get_by_text("Rows read: 4, as Chrome writes them.")).to_be_visible()
    expect(opened.get_by_text("Row 5: Its number of columns (1) is not that of the first line (5).")).to_be_visible()
    boxes = opened.locator("bring-in [type=checkbox]")
    assert [(box.is_checked(), box.is_disabled()) for box in boxes.all()] == [
        *((True, False), (False, True), (True, False))
    ]
    screen(opened, "import-preview")
    assert row_of(alice)["counter"] == 1  # nothing of it is sent before
    save(opened)
    expect(opened.get_by_text("Items brought in: 2.")).to_be_visible(timeout=SLOW)
    screen(opened, "import-done")
    assert titles_of(alice) == ["Known", "Known (imported)", "New"]


def test_what_is_not_ticked_stays_out_and_a_second_import_finds_everything_there(
    alice: Person, opened: Page, choose: Choose
) -> None:
    choose(chrome(NEW, OTHER))
    opened.get_by_role("checkbox", name="Known").uncheck()
    save(opened)
    expect(opened.get_by_text("Items brought in: 1.")).to_be_visible(timeout=SLOW)
    assert titles_of(alice) == ["Known", "New"]
    choose(chrome(NEW, SAME))
    expect(opened.get_by_text("Items brought in")).to_be_hidden()
    assert figures(opened) == ["0", "0", "2", "0"]
    save(opened)
    expect(opened.get_by_text("Nothing is ticked.")).to_be_visible()


def test_other_kinds_and_what_went_behind_the_notes_are_said(
    alice: Person, opened: Page, choose: Choose, screen: Screens
) -> None:
    choose(bitwarden(bitwarden_login(), {"type": 3, "name": "Visa <b>gold</b>"}))
    expect(opened.get_by_text("Row 2: “Visa <b>gold</b>” is a card")).to_be_visible(timeout=SLOW)
    expect(opened.get_by_text("Put behind the notes, since")).to_contain_text("totp (1)")
    screen(opened, "import-bitwarden")
    save(opened)
    expect(opened.get_by_text("Items brought in: 1.")).to_be_visible(timeout=SLOW)
    (item,) = (each for each in document_of(alice).body["items"] if each["title"] == exports.TITLE)
    assert (item["password"], exports.OTP in item["notes"]) == (exports.PASSWORD, True)


def test_a_file_that_can_not_be_read_says_what_to_do(opened: Page, choose: Choose, screen: Screens) -> None:
    opened.get_by_role("button", name="Look Inside").click()
    expect(opened.get_by_text("Choose the exported file first.")).to_be_visible()
    choose(b'{"encrypted": true}')
    expect(opened.get_by_text("This Bitwarden export is encrypted")).to_be_visible()
    screen(opened, "import-refused")
    choose(import_samples.REFUSED["wrong_encoding"])
    expect(opened.get_by_text("The letters of this file can’t be told")).to_be_visible()
    choose(import_samples.REFUSED["archive_1password"])
    expect(opened.get_by_text("This is 1Password’s own archive (.1pux).")).to_be_visible()
    screen(opened, "import-archive")
    choose(b" " * (32 * 1024 * 1024 + 1))
    expect(opened.get_by_text("This file is larger than 32 MB")).to_be_visible()
    expect(opened.locator("[data-part=preview]")).to_be_hidden()


def test_every_code_has_its_sentence(opened: Page) -> None:
    said = set(
        opened.locator("import-file template[data-code]").evaluate_all("all => all.map((each) => each.dataset.code)")
    )
    given = import_samples.PROGRAMS.values()
    codes = {code for each in given for _, code in [*each.problems, *each.remarks]} | import_samples.REFUSED.keys()
    codes |= {f"format_{each.format}" for each in given if each.format != "list"}
    assert codes - said == set()


def test_what_was_looked_at_is_saved_whatever_is_odd_beside_it(
    alice: Person, opened: Page, choose: Choose, screen: Screens
) -> None:
    choose(import_samples.PROGRAMS["bitwarden odd items"].file)
    assert figures(opened) == ["4", "1", "1", "2"]
    expect(opened.get_by_text("Row 4: “Lamp” is in the trash there.")).to_be_visible()
    expect(opened.get_by_text("Row 3: “Lamp” has a passkey")).to_be_visible()
    screen(opened, "import-odd")
    save(opened)
    expect(opened.get_by_text("Items brought in:")).to_be_visible(timeout=SLOW)
    items = document_of(alice).body["items"]
    (cellar,) = (each for each in items if each["title"] == "Cellar")
    assert (cellar["kind"], cellar["password"], "password: moss-5" in cellar["notes"]) == ("note", "", True)
    assert "-----\r\nmoss\n-----" in {each["password"] for each in items}


def test_an_assumed_encoding_is_said_above_what_was_read(opened: Page, choose: Choose, screen: Screens) -> None:
    choose("name,url,username,password,note\nLämp,,mira,móss,\n".encode("cp1252"))
    expect(opened.get_by_text("Look at letters such as ä, é and ß")).to_be_visible(timeout=SLOW)
    expect(opened.get_by_text("Row 2: “Lämp”: its username or password")).to_be_visible()
    screen(opened, "import-assumed")
    choose(chrome(NEW))
    expect(opened.get_by_text("Rows read: 1, as Chrome")).to_be_visible(timeout=SLOW)
    expect(opened.get_by_text("Look at letters such as")).to_be_hidden()


def test_what_does_not_fit_into_the_vault_is_said_before_it_is_to_be_saved(
    alice: Person, opened: Page, choose: Choose
) -> None:
    choose(chrome(*([f"Item {number}", "", "u", "p", ""] for number in range(50_000))))
    expect(opened.get_by_text("This does not fit: a vault holds 50,000 items")).to_be_visible(timeout=SLOW)
    assert row_of(alice)["counter"] == 1


def test_ten_thousand_rows_are_shown_as_they_are_scrolled_to_and_saved(
    alice: Person, opened: Page, choose: Choose
) -> None:
    choose(chrome(*([f"Item {number}", f"https://{number}.example", "u", "p", ""] for number in range(10_000))))
    assert figures(opened) == ["10,000", "0", "0", "0"]
    assert opened.locator("bring-in .choice").count() < 500
    save(opened)
    expect(opened.get_by_text("Items brought in: 10,000.")).to_be_visible(timeout=SLOW)
    assert len(document_of(alice).body["items"]) == 10_001


def test_offline_it_is_kept_and_sent_later(
    alice: Person, opened: Page, choose: Choose, screen: Screens, complaints: Complaints
) -> None:
    choose(chrome(NEW))
    figures(opened)
    opened.context.set_offline(True)
    save(opened)
    expect(opened.get_by_text("What you ticked is kept in this browser")).to_be_visible(timeout=SLOW)
    screen(opened, "import-offline")
    opened.context.set_offline(False)  # and it goes again by itself
    expect(opened.get_by_text("Items brought in: 1.")).to_be_visible(timeout=SLOW)
    assert titles_of(alice) == ["Known", "New"]
    complaints.forgive()


def test_a_vault_that_was_changed_elsewhere_meanwhile_has_both(alice: Person, opened: Page, choose: Choose) -> None:
    choose(chrome(NEW))
    figures(opened)
    other = opened.context.new_page()
    go_to_vault(other)
    add_login(other, "Elsewhere")
    expect(other.get_by_role("heading", name="Elsewhere", level=2)).to_be_visible(timeout=SLOW)
    save(opened)
    expect(opened.get_by_text("Items brought in: 1.")).to_be_visible(timeout=SLOW)
    assert titles_of(alice) == ["Elsewhere", "Known", "New"]


def downloaded(page: Page, button: str) -> tuple[Download, bytes]:
    with page.expect_download(timeout=SLOW) as waiting:
        page.get_by_role("button", name=button).click()
    return waiting.value, Path(waiting.value.path()).read_bytes()


def test_the_encrypted_file_is_the_newest_vault_as_it_is(alice: Person, opened: Page, screen: Screens) -> None:
    opened.goto("/vault/export")
    screen(opened, "export")
    download, content = downloaded(opened, "Download Encrypted File")
    assert content == row_of(alice)["file"]
    assert download.suggested_filename.startswith("Spare Key alice@example.org 20")
    assert download.suggested_filename.endswith("Z.age")
    assert alice.device
    assert open_document(content, [alice.device.kit]).body["items"][0]["title"] == "Known"


def test_plain_text_needs_the_tick_and_the_pin(alice: Person, opened: Page, choose: Choose, screen: Screens) -> None:
    opened.goto("/vault/export")
    button = opened.get_by_role("button", name="Download Plain Text")
    pin = opened.get_by_label("PIN of this device", exact=True)
    pin.fill(PIN)
    button.click()
    expect(opened.get_by_text("Tick the box first")).to_be_visible()
    opened.get_by_role("checkbox").check()
    pin.fill("111222")
    button.click()
    expect(opened.get_by_text("so no file was made. Tries left: 9.")).to_be_visible(timeout=SLOW)
    screen(opened, "export-refused")
    pin.fill(PIN)
    download, content = downloaded(opened, "Download Plain Text")
    assert download.suggested_filename.endswith("Z.json")
    assert json.loads(content)["items"][0]["login"]["password"] == "old"
    expect(opened.get_by_text("for everybody to read")).to_be_visible()
    expect(pin).to_have_value("")
    screen(opened, "export-plain-done")
    opened.goto("/vault/import")
    choose(content)
    assert figures(opened) == ["0", "0", "1", "0"]


def test_what_was_brought_in_leaves_and_comes_back_as_it_was(alice: Person, opened: Page, choose: Choose) -> None:
    odd = [
        import_samples.with_login(username="mi\nra", password="-----\r\nmoss\n-----\r"),
        import_samples.with_login(username="none types it", password="mo\0ss\ud800" + "x" * 100_000),
        import_samples.bitwarden_login(name="  spaces  ", notes=" \r\n two lines \u2028"),
        {"type": 2, "name": "Cellar", "notes": "Down left"},
    ]
    choose(import_samples.bitwarden(*odd))
    save(opened)
    expect(opened.get_by_text("Items brought in: 4.")).to_be_visible(timeout=SLOW)
    before = document_of(alice).body["items"]
    assert odd[1]["login"]["password"] in {item["password"] for item in before}
    opened.goto("/vault/export")
    opened.get_by_role("checkbox").check()
    opened.get_by_label("PIN of this device", exact=True).fill(PIN)
    _, content = downloaded(opened, "Download Plain Text")
    opened.goto("/vault/import")
    choose(content)
    assert figures(opened) == ["0", "0", str(len(before)), "0"]
    expect(opened.get_by_text("Put behind the notes, since")).to_be_hidden()


def test_without_a_device_here_there_is_nothing_to_bring_in_or_out(alice: Person, bob: Person) -> None:
    enrolled(alice)
    be_at(alice, None)
    for path in ("/vault/import", "/vault/export"):
        assert alice.get(path).headers["Location"] == "/recovery"
        assert bob.get(path).status_code == 303  # has no vault


def test_the_vault_page_leads_there(opened: Page) -> None:
    opened.goto("/vault")
    opened.get_by_role("link", name="Import").click()
    expect(opened.get_by_role("heading", name="Import Passwords")).to_be_visible()
    opened.get_by_role("link", name="Vault").first.click()
    opened.get_by_role("link", name="Export").click()
    expect(opened.get_by_role("heading", name="Export Passwords")).to_be_visible()
