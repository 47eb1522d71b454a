"""What a page says by itself, without being looked at: what happened, once, and no clock that runs."""

import re

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.open_pages import Contexts, enter
from tests.support.pages.tour import ask, heading, sign_in
from tests.support.pairing.pages import Pair
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import approve_shown
from tests.support.vault.devices import login
from webapp.database import transaction
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.search import waiting_requests

# As assistive technology hears it: the text of the live region that a change is in, unless the nearest one is off.
LISTEN = """() => {
  globalThis.said = [];
  const live = '[aria-live], [role=status], [role=alert], [role=log], [role=timer], output';
  new MutationObserver((changes) => {
    const regions = new Set(changes.map(({ target }) =>
      (target.nodeType === Node.TEXT_NODE ? target.parentElement : target)?.closest(live)).filter(Boolean));
    for (const region of regions) {
      if (region.matches('[aria-live=off], [role=timer]:not([aria-live])')) continue;
      if (region.checkVisibility() && region.textContent.trim()) said.push(region.textContent.trim());
    }
  }).observe(document.body, { subtree: true, childList: true, characterData: true,
    attributeFilter: ['hidden'] });
}"""


@pytest.fixture
def waiting(
    live_server: object, new_context: Contexts, alice: Person, bob: Person, organisation_key: ActiveKey
) -> Page:
    """Alice’s page waits for an approval, and somebody listens."""
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    page = new_context().new_page()
    sign_in(page, alice.email, alice.password)
    ask(page)
    page.evaluate(LISTEN)
    return page


def polled(page: Page, times: int) -> None:
    """It has asked so often whether anything happened."""
    for _ in range(times):
        with page.expect_response("**/status?**"):
            pass


def test_an_approval_is_said_once(waiting: Page, bob: Person, organisation_key: ActiveKey) -> None:
    polled(waiting, 2)
    assert waiting.evaluate("said") == []
    approve_shown(bob, organisation_key, waiting.locator("#fingerprint").inner_text())
    expect(heading(waiting, "Create a New PIN")).to_be_focused(timeout=SLOW)
    expect(waiting.get_by_role("status").filter(has_text="Bob approved your request")).to_have_count(1)
    waiting.get_by_label("The six digits").focus()
    assert [words for words in waiting.evaluate("said") if "approved" in words] == [
        waiting.locator("#came").inner_text(),
    ]


def test_a_denial_is_said_once(app: Flask, waiting: Page, bob: Person) -> None:
    with app.app_context():
        [asked] = waiting_requests(bob.organisation_id)
        request_id, user_id = asked.id, asked.user_id
        with transaction() as session:
            User.locked(user_id)
            session.get_one(RestoreRequest, request_id).deny(
                session.get_one(User, bob.user_id), "I could not reach you"
            )
    expect(heading(waiting, "Request Denied")).to_be_focused(timeout=SLOW)
    expect(waiting.get_by_role("status").filter(has_text="Bob denied your request")).to_have_count(1)
    assert [re.sub(" on .*", "", words) for words in waiting.evaluate("said")] == ["Bob denied your request"]


def test_that_a_code_is_shown_is_said_once_and_its_seconds_never(
    app: Flask, live_server: object, new_context: Contexts, alice: Person
) -> None:
    enrolled(alice, [login("Bank")])
    old = enter(new_context(), alice, alice.device)
    alice.client = alice.another_browser()
    pair = Pair(app, alice, enter(new_context(), alice), old)
    pair.ask()
    pair.new.evaluate(LISTEN)
    pair.show_code()
    pair.old.evaluate(LISTEN)
    for page in (pair.new, pair.old):
        for _ in range(3):
            before = page.locator("time-left").first.inner_text()
            expect(page.locator("time-left").first).not_to_have_text(before)
        assert [words for words in page.evaluate("said") if re.fullmatch(r"\d+:\d\d", words)] == []
    assert len([words for words in pair.new.evaluate("said") if "shows a code" in words]) == 1
    assert pair.old.evaluate("said") == []
