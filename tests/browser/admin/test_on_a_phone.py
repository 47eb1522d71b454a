"""The Admin Portal on small windows: all of it is in sight, whatever people are called."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.open_pages import Contexts, enter
from tests.support.people.people import ActiveKey, Person, add_person
from tests.support.recovery.requests import waiting_request
from tests.support.run.clock import MovableClock
from webapp.database import transaction
from webapp.models.directory.user import User

ROOMS = ("Overview", "Requests", "Users", "Settings", "Activity")
LONG = "Wolfeschlegelsteinhausenbergerdorffwelchevoralternwarengewissenhaftschafers"


@pytest.fixture
def page(olga: Person, live_server: object, new_context: Contexts) -> Page:
    """Olga’s, the owner’s."""
    return enter(new_context(), olga)


def show(page: Page, path: str, heading: str) -> None:
    page.goto(path)
    expect(page.get_by_role("heading", name=heading, exact=True)).to_be_visible()


@pytest.mark.parametrize("width", [320, 390, 700])
def test_every_room_is_in_sight_in_every_window(
    page: Page, alice: Person, organisation_key: ActiveKey, width: int
) -> None:
    waiting_request(alice, organisation_key)
    page.set_viewport_size({"width": width, "height": 700})
    show(page, "/admin/activity", "Activity")
    expect(page.locator("#request-count[data-count='1']")).to_be_visible()
    for name in (*ROOMS, "My vault"):
        link = page.get_by_role("banner").get_by_role("link", name=name)
        expect(link).to_be_in_viewport(ratio=1)
        box = link.bounding_box()
        assert box is not None
        assert min(box["height"], box["width"]) >= 44, name
    show(page, "/admin/requests", "Requests")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def on_a_phone(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 700})


def test_what_came_of_an_invite_is_in_sight(page: Page, alice: Person, organisation_key: ActiveKey) -> None:
    on_a_phone(page)
    show(page, "/admin/users", "Users")
    make = page.get_by_role("button", name="Make Invite Link")
    email = page.get_by_label("Email address")
    email.fill(alice.email)
    make.click()
    expect(page.get_by_text("belongs to the organisation already")).to_be_in_viewport()
    expect(email).to_be_focused()
    for each in range(3):
        email.fill(f"dora{each}@example.org")
        page.get_by_role("textbox", name="Name").fill(f"Dora {each}")
        make.click()
        expect(page.get_by_text(f"The link for Dora {each}")).to_be_in_viewport()
        expect(page.locator("#invite-address")).to_be_in_viewport()


def test_a_box_that_was_made_larger_is_no_complaint_of_the_content_policy(
    page: Page, alice: Person, organisation_key: ActiveKey
) -> None:
    page.goto(waiting_request(alice, organisation_key).path)
    reason = page.get_by_label("Reason")
    reason.scroll_into_view_if_needed()
    box = reason.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] - 5, box["y"] + box["height"] - 5
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 60, steps=4)
    page.mouse.up()
    expect(reason).to_have_attribute("style", re.compile("height"))
    reason.fill("  ")
    page.get_by_role("button", name="Deny Request").click()
    expect(page.get_by_text("Write a reason first")).to_be_in_viewport()


def test_what_is_typed_about_a_request_stays_however_long_it_takes(
    page: Page, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    page.goto(waiting_request(alice, organisation_key).path)
    page.get_by_label("The 16 characters").fill("abcd efgh")
    page.get_by_label("Reason").fill("I can’t reach you")
    poll = page.locator("#decision-poll")
    for seconds in (61, 600):
        former = poll.get_attribute("hx-get")
        clock.advance(seconds=seconds)
        expect(poll).not_to_have_attribute("hx-get", former or "", timeout=SLOW)  # the pace is another now
        expect(page.get_by_label("The 16 characters")).to_have_value("abcd efgh")
        expect(page.get_by_label("Reason")).to_have_value("I can’t reach you")


def renamed(person: Person, name: str) -> None:
    with person.app.app_context(), transaction() as session:
        session.get_one(User, person.user_id).name = name


def test_long_names_and_sentences_make_no_page_wider(
    page: Page, alice: Person, bob: Person, olga: Person, organisation_key: ActiveKey, screen: Screens
) -> None:
    denied = waiting_request(bob, organisation_key)
    assert olga.post(f"{denied.path}/denial", data={"reason": LONG * 3}).status_code == 303
    waiting_request(alice, organisation_key)
    renamed(alice, LONG)
    renamed(bob, "王小明（技术支持与信息安全部门）")
    add_person(olga.app, olga.organisation_id, "محمد بن عبد الله الأنصاري")
    for path, heading in (("", "Overview"), ("requests", "Requests"), ("users", "Users"), ("activity", "Activity")):
        show(page, f"/admin/{path}", heading)
        screen(page, f"admin-long-names-{heading.lower()}")
    show(page, f"/admin/users/{alice.user_id}", LONG)
    screen(page, "admin-long-names-person")
    page.get_by_role("link", name="Reset Password").click()
    expect(page.get_by_role("heading", name=f"Reset the password of {LONG}")).to_be_visible()
    screen(page, "admin-long-names-reset")
