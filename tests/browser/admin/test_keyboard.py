"""The Admin Portal with the keyboard alone: Overview, a request, a member, a filter, and a file of invites."""

from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.open_pages import Contexts, enter
from tests.support.people.people import ActiveKey, Person, enrolled
from tests.support.recovery.requests import waiting_request

STEPS = 80


def tab_to(page: Page, there: Locator) -> None:
    """Tab until it has the focus."""
    there.wait_for(timeout=SLOW)
    for _ in range(STEPS):
        if there.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {there} by the keyboard")


def press(page: Page, there: Locator, key: str = "Enter") -> None:
    tab_to(page, there)
    page.keyboard.press(key)


def choose(page: Page, there: Locator, path: Path) -> None:
    """Open the system’s dialog by the keyboard, and choose the file there."""
    tab_to(page, there)
    page.locator("html:not([data-session])").wait_for(state="attached")  # else all is hidden for now
    with page.expect_file_chooser() as choosing:
        there.press("Enter")
    choosing.value.set_files(path)


def heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name, exact=True)


def test_everything_an_admin_does_is_done_by_the_keyboard(
    alice: Person,
    bob: Person,
    charlie: Person,
    organisation_key: ActiveKey,
    live_server: object,
    new_context: Contexts,
    tmp_path: Path,
) -> None:
    waiting_request(alice, organisation_key)
    enrolled(charlie)
    key, people = tmp_path / "key.txt", tmp_path / "people.csv"
    key.write_bytes(organisation_key.file)
    people.write_text("name,email\nDora,dora@example.org\n")
    page = enter(new_context(), bob)
    page.goto("/admin/")
    decide(page)
    find(page)
    invite(page, people, key)


def decide(page: Page) -> None:
    """From Overview to a request, and deny it."""
    press(page, page.get_by_role("link", name="Skip to the content"))
    press(page, page.get_by_role("link", name="Review the request of Alice"))
    expect(heading(page, "Request of Alice")).to_be_visible()
    tab_to(page, page.get_by_label("The 16 characters"))
    page.keyboard.type("aaaa bbbb")
    tab_to(page, page.get_by_label("Reason"))
    page.keyboard.type("I can’t reach you.")
    press(page, page.get_by_role("button", name="Deny Request"))
    expect(page.get_by_text("Denied. The member reads your reason")).to_be_visible()


def find(page: Page) -> None:
    """From Overview to a member, and from there to another by a filter."""
    press(page, page.get_by_role("link", name="Overview"))
    press(page, page.get_by_role("link", name="have no cloud backup"))
    expect(heading(page, "Users")).to_be_visible()
    press(page, page.get_by_role("link", name="Charlie"))
    expect(heading(page, "Charlie")).to_be_visible()
    press(page, page.get_by_role("button", name="Sign Out Everywhere"), "Space")
    expect(page.get_by_text("They are signed out everywhere.")).to_be_visible()
    press(page, page.get_by_role("link", name="Users").first)
    tab_to(page, page.get_by_label("Name or address"))
    page.keyboard.type("ali")
    tab_to(page, page.get_by_label("Role").first)
    page.keyboard.type("Mem")
    press(page, page.get_by_role("button", name="Filter"))
    expect(page).to_have_url("/admin/users?words=ali&role=member&state=&gap=")
    expect(page.get_by_role("link", name="Alice", exact=True)).to_be_visible()
    expect(page.get_by_role("link", name="Charlie", exact=True)).to_have_count(0)


def invite(page: Page, people: Path, key: Path) -> None:
    """From Users to a file of people, and to their links."""
    press(page, page.get_by_role("link", name="Invite many from a file"))
    choose(page, page.get_by_label("CSV file"), people)
    press(page, page.get_by_role("button", name="Look at the File"))
    expect(heading(page, "What it comes to")).to_be_focused(timeout=SLOW)
    choose(page, page.get_by_label("Recovery key file"), key)
    press(page, page.get_by_role("button", name="Make Invite Links"))
    expect(page.get_by_role("button", name="Download Links")).to_be_focused(timeout=SLOW)
    with page.expect_download() as downloading:
        page.keyboard.press("Enter")
    assert "#k=" in Path(downloading.value.path()).read_text()
