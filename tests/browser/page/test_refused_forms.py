"""A form that comes back with an error: the focus is on the error, and the title says “Error:” before the heading."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import delete

from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.people.invitations import invite
from tests.support.people.marks import hold
from tests.support.people.password_links import reset
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.requests import waiting_request
from webapp.database import transaction
from webapp.models.vaults.cloud_backup import CloudBackup

SUFFIX = " · Spare Key"
FOCUSED = """() => {
  const { activeElement: focused } = document;
  const { top, bottom } = focused.getBoundingClientRect();
  return { told: focused.matches('[aria-invalid=true], [role=alert]'), seen: top >= 0 && bottom <= innerHeight,
    says: focused.matches('[role=alert]') ? focused.innerText : focused.ariaDescribedByElements
      .filter((each) => each.checkVisibility()).map((each) => each.innerText).join(' ') };
}"""


@dataclass(frozen=True)
class Refused:
    """What is typed into which form, by the names of its fields, and what the page then says."""

    path: str
    button: str
    says: str
    typed: dict[str, str] = field(default_factory=dict)


def check(page: Page, case: Refused) -> None:
    page.goto(case.path)
    button = page.get_by_role("button", name=case.button, exact=True)
    form = page.locator("form").filter(has=button)
    expect(button).to_be_enabled()
    form.evaluate("form => { form.noValidate = true; }")
    for name, value in case.typed.items():
        form.locator(f"[name={name}]").fill(value)
    before = page.title().removesuffix(SUFFIX)
    button.click()
    expect(page).to_have_title(re.compile("^Error: "))
    assert page.title() == f"Error: {before}{SUFFIX}", case
    expect(page.locator("[aria-invalid=true], [role=alert]").and_(page.locator(":focus"))).to_be_visible()
    found = page.evaluate(FOCUSED)
    assert found["told"], case
    assert found["seen"], case
    assert case.says in found["says"], (case, found)


def check_all(page: Page, cases: Iterable[Refused]) -> None:
    for case in cases:
        check(page, case)


def test_before_anybody_is_signed_in(
    app: Flask, alice: Person, olga: Person, live_server: object, new_context: Contexts
) -> None:
    check_all(
        new_context().new_page(),
        [
            Refused("/sign-in", "Sign in", "don’t fit together", {"email": alice.email, "password": "wrong"}),
            Refused(invite(app, olga.organisation_id), "Create Account", "fewer than 12", {"password": "short"}),
            Refused(reset(alice), "Set New Password", "fewer than 12", {"password": "short"}),
        ],
    )


def test_on_the_way_back(
    alice: Person, bob: Person, organisation_key: ActiveKey, live_server: object, new_context: Contexts
) -> None:
    enrolled(alice)
    backup = backed_up(alice, organisation_key)
    backed_up(alice, organisation_key)
    page = enter(new_context(), alice)
    go_on = "Continue With Account Recovery"
    check_all(
        page,
        [
            Refused("/recovery/cloud", go_on, "Tick the box to go on"),
            Refused("/recovery/new-account", go_on, "Tick the box to go on"),
        ],
    )
    page.goto("/recovery/cloud/backups")
    page.get_by_role("radio").last.check()
    expect(page.get_by_role("button", name="Request Account Restore")).to_be_enabled()
    with alice.app.app_context(), transaction() as session:
        session.execute(delete(CloudBackup).where(CloudBackup.id == backup.id))
    page.get_by_role("button", name="Request Account Restore").click()
    expect(page.get_by_role("alert").filter(has_text="has been deleted meanwhile")).to_be_focused()
    expect(page).to_have_title(f"Error: Restore from Cloud Backup{SUFFIX}")


def test_in_ones_own_rooms(alice: Person, live_server: object, new_context: Contexts) -> None:
    enrolled(alice)
    assert alice.device
    page = enter_open(new_context(), alice)
    device = f"/devices/{alice.device.id}"
    check_all(
        page,
        [
            Refused("/settings", "Change Password", "not your present password", {"present": "no", "new": "x" * 12}),
            Refused(f"{device}/name", "Rename", "1 to 100 characters", {"name": " "}),
            Refused(f"{device}/unpairing", "Unpair", "Nothing was unpaired"),
        ],
    )


def test_in_the_admin_portal(
    alice: Person, olga: Person, organisation_key: ActiveKey, live_server: object, new_context: Contexts
) -> None:
    enrolled(alice)
    asked = waiting_request(alice, organisation_key)
    person = f"/admin/users/{alice.user_id}"
    page = enter(new_context(), olga)
    check_all(
        page,
        [
            Refused("/admin/settings", "Save Contact", "address", {"email": "nobody"}),
            Refused("/admin/settings", "Save Retention", "whole number", {"last": "99999"}),
            Refused("/admin/users", "Make Invite Link", "address", {"email": "nobody"}),
            Refused(asked.path, "Deny Request", "reason"),
            Refused(person, "Disable Account", "Tick the box first"),
        ],
    )
    hold(alice)
    check(page, Refused(person, "Lift Hold", "Talk to them first"))


def test_what_is_put_right_has_its_plain_title_again(olga: Person, live_server: object, new_context: Contexts) -> None:
    page = enter(new_context(), olga)
    check(page, Refused("/admin/settings", "Save Contact", "address", {"email": "nobody"}))
    page.locator("#contact-email").fill("it@example.org")
    page.get_by_role("button", name="Save Contact").click()
    expect(page).to_have_title(f"Settings{SUFFIX}")
    expect(page.locator("[aria-invalid]")).to_have_count(0)
