"""A page that stayed open over an update: a fragment of the later release holds what its scripts don’t know."""

from playwright.sync_api import Page, Route, expect

from tests.support.pages.browser_devices import sign_in
from tests.support.pages.chromium import Screens
from tests.support.people.people import Person

LINE = "Spare Key was updated while this page was open"


def save_a_wrong_address(page: Page, text: str) -> None:
    form = page.locator("#contact-form")
    form.evaluate("(form) => { form.noValidate = true; }")  # the server is to refuse it
    form.get_by_label("Email address").fill(text)
    with page.expect_response(lambda answer: answer.request.method == "POST"):
        form.get_by_role("button", name="Save Contact").click()
    expect(form.get_by_label("Email address")).to_have_value(text)
    expect(form.locator('[aria-invalid="true"]')).to_be_focused()


def of_the_next_release(route: Route) -> None:
    answer = route.fetch()
    route.fulfill(response=answer, body=answer.text().replace("</form>", "<brand-new></brand-new></form>", 1))


def test_an_element_that_nobody_defines_is_said_and_stays_said(page: Page, bob: Person, screen: Screens) -> None:
    sign_in(page, bob)
    page.goto("/admin/settings")
    page.evaluate("() => document.body.append(document.createElement('an-extensions-own'))")
    save_a_wrong_address(page, "helpdesk")
    line = page.get_by_text(LINE)
    expect(line).to_be_hidden()
    page.route("**/contact", of_the_next_release)
    save_a_wrong_address(page, "helpdesk at example.org")
    expect(line).to_be_visible()
    screen(page, "outdated-page")
    page.unroute("**/contact")
    save_a_wrong_address(page, "the helpdesk")
    expect(line).to_be_visible()
    page.reload()
    expect(page.locator("#contact-form")).to_be_visible()
    expect(line).to_be_hidden()
