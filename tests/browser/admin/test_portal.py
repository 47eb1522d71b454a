"""The Admin Portal in a real browser: the key ceremony, checking the file, invite links, approving and denying."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import BrowserContext, Page, expect

from tests.support.pages.browser_devices import SLOW, sign_in
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.file_choice import choose, saved
from tests.support.people.people import ActiveKey, backed_up, enrolled
from tests.support.people.person import Person
from tests.support.recovery.requests import Asked, waiting_request
from webapp.client.formats.recovery_keys import OrganisationKey as KeyFile
from webapp.client.formats.recovery_keys import make_key, read_key, write_key
from webapp.client.recovery.approvals import open_wrapped
from webapp.client.recovery.voice_checks import digits_to_tell
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.signin.session import SignIn

Contexts = Callable[..., BrowserContext]


@pytest.fixture
def page(new_context: Contexts, bob: Person) -> Page:
    """Bob’s browser, signed in. It is nobody’s device."""
    page = new_context().new_page()
    page.goto("/sign-in?next=/admin/")
    sign_in(page, bob)
    expect(page).to_have_url("/admin/")  # not only at the end of the address before
    return page


@pytest.fixture
def request_of_alice(alice: Person, organisation_key: ActiveKey) -> Asked:
    enrolled(alice, here=False)
    backed_up(alice, organisation_key)
    return waiting_request(alice, organisation_key)


def generate(page: Page, path: Path, passphrase: str = "") -> KeyFile:
    """Step 1 of the ceremony; the key that was downloaded to `path`."""
    page.goto("/admin/settings")
    page.get_by_label("Name of the key").fill("Safe 2026")
    page.get_by_role("textbox", name="Passphrase for the file (optional)").fill(passphrase)
    with page.expect_download(timeout=SLOW) as downloading:
        page.get_by_role("button", name="Generate Key").click()
    downloading.value.save_as(path)
    expect(page.get_by_role("heading", name="Step 2 of 2: choose the saved file")).to_be_visible()
    return read_key(path.read_bytes(), passphrase)


def state_of(app: Flask, request: Asked) -> str:
    with app.app_context():
        return str(db.session.get_one(RestoreRequest, request.id).state)


def test_whoever_signs_in_again_after_a_poll_comes_back(
    app: Flask, page: Page, bob: Person, complaints: Complaints
) -> None:
    here = "/admin/requests?show=waiting"
    page.route("**/sessions/state?**", lambda route: route.abort())  # which else is faster, and says so over the page
    page.goto(here)
    page.locator("#request-count[data-count]").wait_for(state="attached")
    with app.app_context(), transaction():
        SignIn.end_every(User.locked(bob.user_id))
    complaints.forgive()
    page.evaluate("dispatchEvent(new Event('online'))")
    page.wait_for_url("**/sign-in?next=%2Fadmin%2Frequests%3Fshow%3Dwaiting")
    sign_in(page, bob)
    expect(page).to_have_url(here)


def test_a_key_is_made_saved_chosen_again_and_checked(
    app: Flask, page: Page, bob: Person, screen: Screens, tmp_path: Path
) -> None:
    key = generate(page, tmp_path / "key.txt")
    screen(page, "admin-ceremony")
    with page.expect_download() as again:
        page.get_by_role("button", name="Download Key").click()
    again.value.save_as(tmp_path / "again.txt")
    assert (tmp_path / "again.txt").read_bytes() == (tmp_path / "key.txt").read_bytes()
    choose(page, tmp_path / "key.txt", "Saved key file")
    expect(page.get_by_text("Opened: “Safe 2026”")).to_be_visible()
    page.get_by_role("button", name="Enable Cloud Backups").click()
    expect(page.get_by_text("Cloud Backups are enabled.")).to_be_visible()
    with app.app_context():
        active = OrganisationKey.active(bob.organisation_id)
        assert active
        assert active.fingerprint == key.public.fingerprint
    expect(page.locator("#key-fingerprint")).to_have_text(re.compile(key.public.fingerprint[:4]))
    choose(page, tmp_path / "key.txt")
    page.get_by_role("button", name="Check My Key File").click()
    expect(page.get_by_text("This is the right file, and it works.")).to_be_visible()
    screen(page, "admin-settings")


def test_a_key_file_under_a_passphrase_needs_it_each_time(page: Page, tmp_path: Path) -> None:
    path = tmp_path / "key.age"
    generate(page, path, "seven grey herons")
    assert path.read_bytes().startswith(b"-----BEGIN AGE ENCRYPTED FILE-----")
    choose(page, path, "Saved key file")
    passphrase = page.get_by_role("textbox", name="Passphrase of the key file")
    passphrase.fill("six grey herons")
    page.get_by_role("button", name="Enable Cloud Backups").click()
    expect(page.get_by_text("This passphrase does not open the key file.")).to_be_visible(timeout=SLOW)
    passphrase.fill("seven grey herons")
    passphrase.press("Enter")
    expect(page.get_by_text("Cloud Backups are enabled.")).to_be_visible(timeout=SLOW)


def test_an_interrupted_ceremony_goes_on_with_the_file_or_begins_anew(page: Page, tmp_path: Path) -> None:
    generate(page, tmp_path / "key.txt")
    page.reload()
    expect(page.get_by_text("This page no longer holds the key.")).to_be_visible()
    expect(page.get_by_role("button", name="Download Key")).to_be_hidden()
    page.get_by_role("button", name="Begin Anew").click()
    expect(page.get_by_role("button", name="Generate Key")).to_be_visible()
    generate(page, tmp_path / "second.txt")
    choose(page, tmp_path / "key.txt", "Saved key file")
    expect(page.get_by_text("or a changed copy of another")).to_be_visible()
    page.reload()
    choose(page, tmp_path / "second.txt", "Saved key file")
    page.get_by_role("button", name="Enable Cloud Backups").click()
    expect(page.get_by_text("Cloud Backups are enabled.")).to_be_visible()


def test_every_wrong_key_file_is_told_apart(
    page: Page, bob: Person, organisation_key: ActiveKey, tmp_path: Path
) -> None:
    text = organisation_key.file.decode()
    foreign = write_key(make_key("0" * 32, "Other Works", "Theirs", 1))
    other = write_key(make_key(bob.organisation_id, "Example Works", "Last year", 1))
    page.goto("/admin/settings")
    page.get_by_role("button", name="Check My Key File").click()
    expect(page.get_by_text("Choose the recovery key file first.")).to_be_visible()
    wrong = (
        (b"\x89PNG\r\n", "This is not a recovery key file."),
        (text.replace("# epoch: 1\n", "").encode(), "was changed or cut off"),
        (text.replace("# epoch: 1", "# epoch: 2").encode(), "This is the file of “First key” (number 2)"),
        (foreign, "belongs to another organisation, Other Works."),
        (other, "This is the file of “Last year” (number 1)"),
        (b"x" * 70_000, "This is not a recovery key file."),
    )
    for number, (content, sentence) in enumerate(wrong):
        choose(page, saved(tmp_path / f"wrong-{number}", content))
        expect(page.get_by_text(sentence)).to_be_visible()
        expect(page.get_by_text("Opened:")).to_be_hidden()
    choose(page, saved(tmp_path / "right", organisation_key.file))
    expect(page.get_by_text("Opened: “First key”")).to_be_visible()


def test_an_invite_link_names_the_key_of_the_opened_file(
    page: Page, bob: Person, organisation_key: ActiveKey, key_file: Path, tmp_path: Path, screen: Screens
) -> None:
    page.goto("/admin/users")
    page.get_by_label("Email address").fill("dora@example.org")
    page.get_by_role("button", name="Make Invite Link").click()
    shown = page.locator("#invite-address")
    expect(shown).to_have_text(re.compile(r"^http://localhost:\d+/join/[\w-]{32}$"))
    plain = shown.inner_text()
    other = write_key(make_key(bob.organisation_id, "Example Works", "First key", 1))
    choose(page, saved(tmp_path / "other.txt", other))
    expect(page.get_by_text("is not the key that the server names")).to_be_visible()
    assert shown.inner_text() == plain
    choose(page, key_file)
    expect(page.get_by_text("The link now names the key “First key”")).to_be_visible()
    assert shown.inner_text() == f"{plain}#k={organisation_key.key.public.fingerprint[:32]}"
    screen(page, "admin-invite")


def told_digits(page: Page, request: Asked, active: ActiveKey) -> str:
    """What the page tells to tell, beside whose backup it is: worked out here, too."""
    named = page.get_by_role("group", name="This backup was made by the browser of: alice@example.org")
    expect(named).to_be_focused()
    by = page.locator("approve-request").get_attribute("data-admin") or ""
    digits = digits_to_tell(request.request, active.key.public.fingerprint, by)
    shown = f"{digits[:3]} {digits[3:]}"
    expect(page.locator("#digits-to-tell")).to_have_text(shown)
    return shown


def test_a_request_appears_by_itself_and_is_approved(
    app: Flask, page: Page, alice: Person, organisation_key: ActiveKey, key_file: Path, screen: Screens
) -> None:
    expect(page.get_by_text("Nobody is waiting")).to_be_visible()
    enrolled(alice, here=False)
    request = waiting_request(alice, organisation_key)
    review = page.get_by_role("link", name="Review the request of Alice")
    expect(review).to_be_visible()
    expect(page.locator("#request-count")).to_have_text(re.compile("^1"))
    screen(page, "admin-overview")
    review.click()
    choose(page, key_file)
    page.get_by_label("The 16 characters").fill(request.request.fingerprint[:12] + " aaaa")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("These characters don’t match: don’t approve.")).to_be_visible()
    assert state_of(app, request) == "requested"
    typed = " ".join(re.findall("....", request.request.fingerprint.upper()))
    page.get_by_label("The 16 characters").fill(typed)
    screen(page, "admin-request")
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("These characters don’t match")).to_be_hidden()
    digits = told_digits(page, request, organisation_key)
    screen(page, "admin-request-named")
    assert state_of(app, request) == "requested"
    page.get_by_role("button", name="Approve for This Member").click()
    expect(page.get_by_text("Approved by Bob")).to_be_visible()
    choose(page, key_file)
    page.get_by_label("The 16 characters").fill(typed)
    page.get_by_role("button", name="Show the Six Digits Again").click()
    expect(page.locator("#digits-again")).to_have_text(digits)
    screen(page, "admin-request-digits-again")
    with app.app_context():
        wrapped = db.session.get_one(RestoreRequest, request.id).wrapped
    assert open_wrapped(wrapped, request.request, request.device.identity).meta == alice.backups[0].meta


def test_a_key_file_that_is_not_what_the_member_was_shown_stops_it(
    app: Flask,
    page: Page,
    bob: Person,
    olga: Person,
    request_of_alice: Asked,
    tmp_path: Path,
    screen: Screens,
    new_context: Contexts,
) -> None:
    page.goto(request_of_alice.path)
    page.get_by_label("The 16 characters").fill(request_of_alice.request.fingerprint)
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("Choose the recovery key file first.")).to_be_visible()
    choose(page, saved(tmp_path / "k", write_key(make_key(bob.organisation_id, "Example Works", "Old", 1))))
    page.get_by_role("button", name="Compare", exact=True).click()
    expect(page.get_by_text("The server says that this backup is for “First key” (number 1")).to_be_hidden()
    words = "Stop. Alice’s browser was shown another recovery key than yours. Approve nothing, and tell an owner."
    expect(page.get_by_text(words)).to_be_visible()
    expect(page.get_by_role("button", name="Approve for This Member")).to_be_hidden()
    screen(page, "admin-request-stop")
    theirs = new_context().new_page()
    theirs.goto("/sign-in?next=/admin/")
    sign_in(theirs, olga)
    expect(theirs.get_by_text("Another recovery key: the request of Alice").first).to_be_visible()
    assert state_of(app, request_of_alice) == "requested"
    page.get_by_role("button", name="Go Back").click()
    expect(page.get_by_text("The server says that this backup is for “First key” (number 1")).to_be_visible()
    screen(page, "admin-request-other-file")


def test_a_request_is_denied_and_another_admins_page_says_so(
    page: Page, olga: Person, new_context: Contexts, request_of_alice: Asked
) -> None:
    theirs = new_context().new_page()
    theirs.goto(f"/sign-in?next={request_of_alice.path}")
    sign_in(theirs, olga)
    expect(theirs.get_by_role("button", name="Compare", exact=True)).to_be_visible()
    page.goto(request_of_alice.path)
    page.get_by_label("Reason", exact=True).fill("I could not reach you by phone.")
    page.get_by_role("button", name="Deny Request").click()
    expect(page.get_by_text("Denied by Bob")).to_be_visible()
    expect(theirs.get_by_text("Denied by Bob")).to_be_visible()
    expect(theirs.get_by_role("button", name="Compare", exact=True)).to_have_count(0)


def test_without_the_server_nothing_is_lost(
    app: Flask, page: Page, request_of_alice: Asked, key_file: Path, complaints: Complaints
) -> None:
    page.goto(request_of_alice.path)
    page.get_by_label("The 16 characters").fill(request_of_alice.request.fingerprint)
    choose(page, key_file)
    page.context.set_offline(True)
    page.get_by_role("button", name="Compare", exact=True).click()
    page.get_by_role("button", name="Approve for This Member").click()
    expect(page.get_by_text("The server can’t be reached.").first).to_be_visible()
    page.context.set_offline(False)  # and it goes by itself
    expect(page.get_by_text("Approved by Bob")).to_be_visible(timeout=SLOW)
    assert state_of(app, request_of_alice) == "approved"
