"""Inviting many people from a file: looked at first, links made in the browser, downloaded, and joined by."""

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Route, expect
from sqlalchemy import func, select

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.file_choice import choose as choose_file
from tests.support.pages.file_choice import saved
from tests.support.pages.open_pages import Contexts, enter
from tests.support.people.people import ActiveKey
from tests.support.people.person import Person
from tests.support.run.clock import MovableClock
from webapp.database import db
from webapp.models.accounts.invite import Invite

Choose = Callable[[str | bytes], None]
ROWS = """Name;E-Mail;Role
Dora;dora@example.org;
"Eugène; Ltd";EUGENE@example.org;member

Again;dora@example.org;member
Nobody;nobody;member
Alice;alice@example.org;member
"=HYPERLINK(""x"");=1+1";chief@example.org;admin
Broken;broken@example.org;member;too much
"""

REASONS = {
    "2": "Gets a link.",
    "3": "Gets a link.",
    "5": "The same address stands in row 2.",
    "6": "This is no email address. It looks like name@example.com.",
    "7": "Belongs to the organisation already.",
    "8": "You can’t invite somebody to this role.",
    "9": "This row is broken: a quote or a comma too many.",
}


@pytest.fixture
def page(bob: Person, live_server: object, new_context: Contexts) -> Page:
    """Bob’s, at the page."""
    page = enter(new_context(), bob)
    page.goto("/admin/invites/file")
    return page


@pytest.fixture
def choose(page: Page, tmp_path: Path) -> Choose:
    """`choose(text)`: choose a file with this content, in UTF-8 or as bytes, and look at it."""

    def chosen(content: str | bytes) -> None:
        file = content.encode() if isinstance(content, str) else content
        choose_file(page, saved(tmp_path / "people.csv", file), "CSV file")
        page.get_by_role("button", name="Look at the File").click()
        expect(page.locator("form[aria-busy]")).to_have_count(0, timeout=SLOW)  # looked at, to its end

    return chosen


def reasons(page: Page) -> dict[str, str]:
    """By row, what happens to it."""
    rows = page.locator("[data-part=rows] tr")
    return {row.locator("td").first.inner_text(): row.locator("td").last.inner_text() for row in rows.all()}


def downloaded(page: Page, path: Path) -> list[dict[str, str]]:
    with page.expect_download() as downloading:
        page.get_by_role("button", name="Download Links").click()
    downloading.value.save_as(path)
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_a_file_becomes_links_that_name_the_key(
    app: Flask,
    page: Page,
    alice: Person,
    organisation_key: ActiveKey,
    key_file: Path,
    choose: Choose,
    new_context: Contexts,
    screen: Screens,
    tmp_path: Path,
) -> None:
    page.reload()
    screen(page, "admin-invite-file")
    choose(ROWS)
    expect(page.get_by_text("Of 7 rows 2 can be invited, 5 can’t")).to_be_visible()
    assert reasons(page) == REASONS
    screen(page, "admin-invite-file-looked")
    with app.app_context():
        assert Invite.count_open(alice.organisation_id) == 0
    page.get_by_role("button", name="Make Invite Links").click()
    expect(page.get_by_text("Choose the recovery key file first.")).to_be_visible()
    choose_file(page, key_file)
    page.get_by_role("button", name="Make Invite Links").click()
    expect(page.get_by_text("The links are made")).to_be_visible(timeout=SLOW)
    screen(page, "admin-invite-file-made")
    found = downloaded(page, tmp_path / "links.csv")
    links = {row["email"]: row["link"] for row in found if row["link"]}
    assert links.keys() == {"dora@example.org", "eugene@example.org"}
    assert all(link.endswith(f"#k={organisation_key.key.public.fingerprint[:32]}") for link in links.values())
    assert [row["name"] for row in found if row["email"] == "chief@example.org"] == ["'=HYPERLINK(\"x\");'=1+1"]
    assert [row["problem"] for row in found if not row["link"]] == list(reasons(page).values())[:5]
    guest = new_context().new_page()
    guest.goto(links["dora@example.org"])
    expect(guest.get_by_label("Email address")).to_have_value("dora@example.org")


def test_a_directorys_list_is_read_as_it_is_and_each_odd_row_is_named(
    page: Page, choose: Choose, screen: Screens
) -> None:
    rows = (
        "First Name\tLast Name\tEmail\tRole",
        *("Mia\tStone\tStone, Mia <MIA@example.org>\tMember", "Zoé\tPit\tzoe\u0301@example.org\t"),
        *(
            "Zoe\tPit\tzo\u00e9@example.org\t",
            "Ann\tTwo\ta@example.org; b@example.org\t",
            "Cap\tTain\tcap@example.org\tCaptain",
        ),
    )
    choose("sep=\t\r\n" + "\r\n".join(rows))
    expect(page.get_by_text("Of 5 rows 2 can be invited, 3 can’t")).to_be_visible()
    assert reasons(page) == {
        "2": "Gets a link.",
        "3": "Gets a link.",
        "4": "The same address stands in row 3.",
        "5": "There is more than one address in this row. Give each person a row.",
        "6": "“Captain” is no role here. Write member, admin or owner, or leave it empty.",
    }
    expect(page.get_by_text("mia@example.org")).to_be_visible()
    screen(page, "admin-invite-file-odd")
    choose("Name;E-Mail\r\nJörg Stein;joerg@example.org\r\n".encode("cp1252"))
    expect(page.get_by_text("Of 1 rows 1 can be invited")).to_be_visible()
    expect(page.get_by_text("Look at letters such as ä, é and ß")).to_be_visible()
    screen(page, "admin-invite-file-assumed")
    choose("name,email\r\nMia,mia@example.org\r\n".encode("utf-16"))
    expect(page.get_by_text("Look at letters such as ä, é and ß")).to_be_hidden()
    expect(page.get_by_text("Of 1 rows 1 can be invited")).to_be_visible()


def test_a_key_file_opens_as_an_editor_saved_it_and_another_file_is_told(
    page: Page, key_file: Path, choose: Choose, screen: Screens, tmp_path: Path
) -> None:
    page.reload()
    choose("email\nmia@example.org\n")
    choose_file(page, saved(tmp_path / "other.txt", "\ufeffA list\r\n".encode("utf-16-le")))
    expect(page.get_by_text("This is not a recovery key file.").filter(visible=True)).to_be_visible()
    screen(page, "admin-invite-file-other-key-file")
    edited = key_file.read_text().replace("\n", "\r\n").encode("utf-16")
    choose_file(page, saved(tmp_path / "edited.txt", edited))
    expect(page.get_by_text("Opened: “")).to_be_visible()
    page.get_by_role("button", name="Make Invite Links").click()
    expect(page.get_by_text("The links are made")).to_be_visible(timeout=SLOW)


def test_what_is_no_such_file_is_told(page: Page, choose: Choose) -> None:
    page.get_by_role("button", name="Look at the File").click()
    expect(page.get_by_text("Choose the CSV file first.")).to_be_visible()
    rows = "\n".join(f"p{number}@example.org" for number in range(5001))
    for content, words in (
        ("", "There is nobody in this file."),
        ("name,email\n,\n", "There is nobody in this file."),
        ("name,address of mail\nDora,dora@example.org\n", "The first row names no column “email”."),
        (f"email\n{rows}\n", "There are more than 5,000 rows."),
    ):
        choose(content)
        expect(page.get_by_text(words)).to_be_visible(timeout=SLOW)
        expect(page.get_by_role("heading", name="What it comes to")).to_be_hidden()


def test_five_thousand_links_are_made_and_an_answer_that_got_lost_loses_none(
    app: Flask, page: Page, bob: Person, choose: Choose, tmp_path: Path
) -> None:
    choose("email\n" + "".join(f"p{number}@example.org\n" for number in range(5000)))
    expect(page.get_by_text("Of 5,000 rows 5,000 can be invited")).to_be_visible(timeout=SLOW)
    asked = 0

    def lose_the_third(route: Route) -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            route.fetch()  # it arrives, and its answer does not
            route.abort()
        else:
            route.continue_()

    page.route("**/admin/invites/rows", lose_the_third)
    page.get_by_role("button", name="Make Invite Links").click()
    expect(page.get_by_text("What is made is kept on this page")).to_be_visible(timeout=SLOW)
    page.get_by_role("button", name="Make Invite Links").click()
    expect(page.get_by_text("The links are made")).to_be_visible(timeout=2 * SLOW)
    found = downloaded(page, tmp_path / "links.csv")
    tokens = {row["link"].rpartition("/")[2] for row in found}
    assert (len(tokens), {row["problem"] for row in found}) == (5000, {""})
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Invite)) == 5000
        assert all(Invite.by_token(token) for token in list(tokens)[:20])


def test_after_ten_minutes_it_says_where_to_show_that_it_is_you_and_goes_on(
    page: Page, choose: Choose, bob: Person, clock: MovableClock, screen: Screens
) -> None:
    choose(ROWS)
    show = page.get_by_role("link", name="Show That It Is You")
    make = page.get_by_role("button", name="Make Invite Links")
    expect(make).to_be_visible()
    expect(show).to_be_hidden()
    clock.advance(minutes=11)
    make.click()
    expect(page.get_by_text("Nothing on this page is lost.")).to_be_visible()
    screen(page, "invite-many-asked-again")
    with page.context.expect_page() as opening:
        show.click()
    opening.value.get_by_role("textbox", name="Your sign-in password").fill(bob.password)
    opening.value.get_by_role("button", name="Go On").click()
    expect(opening.value.get_by_role("heading", name="Overview")).to_be_visible()
    make.click()
    expect(page.get_by_text("The links are made")).to_be_visible()
    expect(show).to_be_hidden()
