"""Every screen that shows itself to people who are not signed in: sign-in, invitations, errors, the mailbox."""

from collections.abc import Callable

import pytest
from flask import Flask, abort
from playwright.sync_api import BrowserContext, Page

from tests.support.pages.chromium import Screens
from tests.support.people.invitations import invite
from tests.support.people.people import Person, enrolled
from tests.views.account.test_notices import give
from webapp import limits
from webapp.clock import now
from webapp.config import Mode
from webapp.database import transaction
from webapp.models.accounts.invite import Invite
from webapp.models.directory.organisation import Organisation
from webapp.web.access import public
from webapp.web.errors import PAGES


@pytest.fixture
def tab(new_context: Callable[..., BrowserContext]) -> Page:
    return new_context().new_page()


def fill_in(page: Page, email: str, password: str) -> None:
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password", exact=True).fill(password)
    page.get_by_role("button", name="Sign in").click()


def test_signing_in(app: Flask, tab: Page, alice: Person, screen: Screens) -> None:
    tab.goto("/sign-in")
    screen(tab, "sign-in")
    fill_in(tab, alice.email, "no idea")
    tab.get_by_role("alert").wait_for()
    screen(tab, "sign-in-wrong")
    for _ in range(10):
        app.test_client().post("/sign-in", data={"email": alice.email, "password": "no"})
    fill_in(tab, alice.email, "no idea")
    tab.get_by_text("too many tries").wait_for()
    screen(tab, "sign-in-throttled")


def test_signing_in_to_the_demo(app: Flask, tab: Page, alice: Person, screen: Screens) -> None:
    with app.app_context(), transaction():
        Organisation.the().is_demo = True  # type: ignore[union-attr]
    tab.goto("/sign-in")
    tab.get_by_role("heading", name="This is a demo").wait_for()
    screen(tab, "sign-in-demo")


def test_signing_out(tab: Page, alice: Person, screen: Screens) -> None:
    tab.goto("/sign-in?next=/settings")
    fill_in(tab, alice.email, alice.password)
    tab.get_by_role("button", name="Sign out").click()
    tab.get_by_text("You are signed out, and your vault is locked").wait_for()
    screen(tab, "signed-out")


def test_nothing_is_set_up_yet(tab: Page, screen: Screens) -> None:
    tab.goto("/sign-in")
    tab.get_by_text("not set up yet").wait_for()
    screen(tab, "sign-in-not-set-up")


def test_invitations(app: Flask, organisation: str, tab: Page, alice: Person, screen: Screens) -> None:
    used, withdrawn, expired, good, taken = (invite(app, organisation, f"{n}@example.org", "Dana") for n in range(5))
    with app.app_context(), transaction() as session:
        found = {path: Invite.by_token(path.removeprefix("/join/")) for path in (used, withdrawn, expired, taken)}
        found[used].used_at = found[withdrawn].withdrawn_at = now()  # type: ignore[union-attr]
        found[expired].expires_at = now() - limits.INVITE_LIFE  # type: ignore[union-attr]
        found[taken].email = alice.email  # type: ignore[union-attr]
        session.flush()
    for path, name in ((used, "used"), (withdrawn, "withdrawn"), (expired, "expired"), ("/join/cut-off", "unknown")):
        tab.goto(path)
        tab.get_by_role("heading", level=1).wait_for()
        screen(tab, f"invite-{name}")
    for path, name, password in ((good, "refused", "password1234"), (taken, "taken", "walk the dogs twice")):
        tab.goto(path)
        tab.get_by_label("Password", exact=True).fill(password)
        tab.get_by_role("button", name="Create Account").click()
        tab.get_by_text("tried first" if name == "refused" else "an account under this address already").wait_for()
        screen(tab, f"invite-{name}")


def test_errors(app: Flask, tab: Page, screen: Screens) -> None:
    @public
    def fail(code: int) -> str:
        abort(code)

    app.add_url_rule("/errors/<int:code>", view_func=fail)
    for code in sorted(PAGES):
        tab.goto(f"/errors/{code}")
        tab.get_by_text(f"Error {code}").wait_for()
        screen(tab, f"error-{code}")


def test_mailbox(app: Flask, tab: Page, alice: Person, bob: Person, screen: Screens) -> None:
    app.config["MODE"] = Mode.DEVELOPMENT
    tab.goto("/mailbox")
    tab.get_by_text("No mail yet").wait_for()
    screen(tab, "mailbox-empty")
    enrolled(alice)
    for kind in ("restore_requested_by_you", "restore_denied"):
        give(alice, kind, member="Alice", email=alice.email, admin="Bob", reason="I could not reach you by phone.")
    give(bob, "restore_requested", member="Alice", email=alice.email, address="192.0.2.7")
    tab.goto("/mailbox")
    tab.get_by_role("article").first.wait_for()
    screen(tab, "mailbox")
