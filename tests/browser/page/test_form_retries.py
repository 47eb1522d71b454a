"""Forms that htmx sends and that the server does once: where no answer of ours came they go again by themselves, with
the same bytes; what came twice counts once. What may have changed meanwhile is never sent again by itself."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, FilePayload, Page, Route, expect
from sqlalchemy import func, select

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.chromium import Screens
from tests.support.pages.false_answers import NOT_OURS, Between, Give, come_back, lose, says
from tests.support.pages.open_pages import enter
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import asked
from tests.support.vault.devices import login
from webapp.database import db
from webapp.models.journal.event import Event

AGAIN = "Trying again in"
AN_HOUR = 3_600


@dataclass
class Forms:
    """Who fills them in, and what stands between: everything that was sent to one address, in its order."""

    app: Flask
    alice: Person
    bob: Person
    key: ActiveKey
    new_context: Callable[..., BrowserContext]

    def member(self, path: str) -> Page:
        page = enter(self.new_context(), self.alice)
        page.goto(path)
        return page

    def desk(self) -> Page:
        """The admin’s, at the request."""
        made = asked(self.alice, self.alice.backups[0])
        page = enter(self.new_context(), self.bob)
        page.goto(f"/admin/requests/{made.id}")
        self.fingerprint = made.request.fingerprint
        return page

    def events(self, kind: str) -> int:
        with self.app.app_context():
            return db.session.scalar(select(func.count()).where(Event.kind == kind)) or 0


@pytest.fixture
def forms(
    app: Flask,
    live_server: object,
    alice: Person,
    bob: Person,
    organisation_key: ActiveKey,
    new_context: Callable[..., BrowserContext],
) -> Forms:
    enrolled(alice, [login("Bank")])
    backed_up(alice, organisation_key)
    return Forms(app, alice, bob, organisation_key, new_context)


def ask(forms: Forms) -> tuple[Page, str]:
    return forms.member("/recovery/cloud/backups"), "Request Account Restore"


def announce(forms: Forms) -> tuple[Page, str]:
    return forms.member("/recovery/pair/ready"), "I’m Ready To Pair"


def approve(forms: Forms) -> tuple[Page, str]:
    page = forms.desk()
    file: FilePayload = {"name": "key.txt", "mimeType": "text/plain", "buffer": forms.key.file}
    page.get_by_label("Recovery key file").set_input_files(file)
    page.get_by_label("The 16 characters").fill(forms.fingerprint)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_role("button", name="Approve for This Member")).to_be_visible(timeout=SLOW)
    return page, "Approve for This Member"


def deny(forms: Forms) -> tuple[Page, str]:
    page = forms.desk()
    page.get_by_label("Reason").fill("I could not reach you.")
    return page, "Deny Request"


FORMS: dict[str, tuple[Callable[[Forms], tuple[Page, str]], str, str, str]] = {
    "restore request": (ask, "/recovery/requests", "Waiting for Approval", "restore_request.requested"),
    "announcement": (announce, "/recovery/pairings", "Enter Pairing Code", "pairing.opened"),
    "approval": (approve, "/approval", "Approved by", "restore_request.approved"),
    "denial": (deny, "/denial", "Denied by", "restore_request.denied"),
}
"""What leads to the form and its button; where it is sent; what is shown once it is done; the event of that."""


@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_counts_once_goes_again_by_itself(forms: Forms, form: str, screen: Screens) -> None:
    lead, address, done, event = FORMS[form]
    page, button = lead(forms)
    between, sent = Between(page.context, address), list[bytes | None]()

    def gives(give: Give) -> None:
        def answer(route: Route) -> None:
            sent.append(route.request.post_data_buffer)
            give(route)

        between.give = answer

    gives(says(503, Retry_After="3000"))
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(AGAIN)).to_be_visible(timeout=SLOW)
    expect(page.get_by_text("most likely it is being started")).to_be_visible()
    screen(page, f"form-goes-again-{form.replace(' ', '-')}")
    assert forms.events(event) == 0
    gives(lose)
    come_back(page, AN_HOUR)
    page.wait_for_function("() => document.documentElement.dataset.connection === 'lost'")
    gives(lambda route: route.fallback())
    come_back(page)
    expect(page.get_by_text(done).first).to_be_visible(timeout=SLOW)
    assert sent[0]
    assert set(sent) == {sent[0]}, "the same bytes each time"
    assert len(sent) >= 2
    assert forms.events(event) == 1


def test_whoever_types_again_sends_it_when_they_are_done(forms: Forms) -> None:
    page, button = deny(forms)
    between = Between(page.context, "/denial")
    between.give = says(503, Retry_After="3000")
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text(AGAIN)).to_be_visible(timeout=SLOW)
    page.get_by_label("Reason").fill("Call me first.")
    expect(page.get_by_text(AGAIN)).to_be_hidden()
    between.give = None
    come_back(page, AN_HOUR)
    assert forms.events("restore_request.denied") == 0
    page.get_by_role("button", name=button, exact=True).click()
    expect(page.get_by_text("Call me first.").first).to_be_visible(timeout=SLOW)
    assert forms.events("restore_request.denied") == 1


def test_what_another_may_have_changed_meanwhile_is_pressed_again(forms: Forms) -> None:
    """A role, say: sent again by itself, it would undo what another admin did since."""
    page = enter(forms.new_context(), forms.bob)
    page.goto(f"/admin/users/{forms.alice.user_id}")
    between = Between(page.context, "/signing-out")
    between.give = NOT_OURS["a gateway"][0]
    page.locator("form[action$='/signing-out'] [type=submit]").click()
    expect(page.locator("[data-when=unanswered]")).to_contain_text("What you typed stays here")
    expect(page.get_by_text(AGAIN)).to_have_count(0)
