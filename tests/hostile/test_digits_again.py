"""An admin’s page that lies about the request that was approved: its six digits are told for no other."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from markupsafe import escape
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.support.attacks.id_search import ground_approver
from tests.support.pages.browser_devices import SLOW
from tests.support.pages.open_pages import enter
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import Restoring, asked
from webapp.client.formats.encoding import new_id
from webapp.client.formats.recovery_keys import make_key
from webapp.client.formats.restore_requests import RestoreRequest
from webapp.client.recovery.voice_checks import digits_to_tell

AGAIN = "Show the Six Digits Again"


@pytest.fixture
def made(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Alice’s request of the genuine key, which Bob has approved."""
    enrolled(alice)
    request = asked(alice, backed_up(alice, organisation_key))
    request.approve(bob, organisation_key)
    return request


@pytest.fixture
def show(
    live_server: object,
    new_context: Callable[..., BrowserContext],
    bob: Person,
    organisation_key: ActiveKey,
    tmp_path: Path,
) -> Callable[..., Page]:
    """Bob asks for the digits again, on a page with these lies, for the characters that Alice reads out."""
    key = tmp_path / "key.txt"
    key.write_bytes(organisation_key.file)

    def showing(made: Restoring, characters: str, *lies: tuple[str, str]) -> Page:
        desk = enter(new_context(), bob)

        def answer(route: Route) -> None:
            got = route.fetch()
            text = got.text()
            for honest, lie in lies:
                assert honest in text
                text = text.replace(honest, lie)
            route.fulfill(response=got, body=text)

        desk.route(f"**/admin/requests/{made.id}", answer)
        desk.goto(f"/admin/requests/{made.id}")
        desk.get_by_label("Recovery key file").set_input_files(key)
        desk.get_by_label("The 16 characters").fill(characters)
        desk.get_by_role("button", name=AGAIN).click()
        return desk

    return showing


def evil_request(made: Restoring) -> RestoreRequest:
    """A later request of Alice’s browser, which was shown the server’s key."""
    evil = make_key(made.person.organisation_id, "Example", "Evil", 1).public.fingerprint
    fields = {**made.request.fields, "request": new_id(), "organisation_key": evil}
    return RestoreRequest(json.dumps(fields, separators=(",", ":")), b"")


def test_the_digits_are_shown_again_for_the_characters_that_are_read_out(
    made: Restoring, show: Callable[..., Page], bob: Person, organisation_key: ActiveKey
) -> None:
    desk = show(made, made.request.fingerprint)
    digits = digits_to_tell(made.request, organisation_key.key.public.fingerprint, bob.user_id)
    expect(desk.locator("#digits-again")).to_have_text(f"{digits[:3]} {digits[3:]}", timeout=SLOW)


@pytest.mark.parametrize("characters", ["", "of the other request"])
def test_for_other_characters_than_of_that_request_they_are_not(
    made: Restoring, show: Callable[..., Page], characters: str
) -> None:
    """Alice reads out what her browser shows: her later request, of which the admin’s page says nothing."""
    desk = show(made, evil_request(made).fingerprint if characters else "")
    expect(desk.get_by_text("These are not the characters of the request that you approved here")).to_be_visible()
    expect(desk.locator("#digits-again")).to_be_hidden()


def test_a_page_that_shows_the_other_request_meets_the_key_file(made: Restoring, show: Callable[..., Page]) -> None:
    other = evil_request(made)
    desk = show(made, other.fingerprint, (str(escape(made.request.exact)), str(escape(other.exact))))
    expect(desk.get_by_text("was shown another recovery key than the one in this file")).to_be_visible(timeout=SLOW)
    expect(desk.locator("#digits-again")).to_be_hidden()


def test_an_id_with_which_the_digits_fit_the_other_request_is_nobodys(
    app: Flask, made: Restoring, show: Callable[..., Page], bob: Person, organisation_key: ActiveKey
) -> None:
    other = evil_request(made)
    wanted = digits_to_tell(other, other.organisation_key, bob.user_id)
    nobody = ground_approver(made.request, wanted, organisation_key.key.public.fingerprint)
    admin = f'data-admin="{bob.user_id}"'
    desk = show(made, made.request.fingerprint, (admin, admin.replace(bob.user_id, nobody)))
    expect(desk.get_by_text("The request doesn’t name you")).to_be_visible(timeout=SLOW)
    expect(desk.locator("#digits-again")).to_be_hidden()
