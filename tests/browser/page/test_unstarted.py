"""A page whose scripts don’t come, one by one: it says so by its style sheet alone, and offers a way on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, render_template
from playwright.sync_api import Page, Route, expect

from tests.support.pages import unstarted
from tests.support.pages.browser_devices import SLOW, type_pin, use_session
from tests.support.pages.chromium import Complaints, Screens
from tests.support.pages.file_choice import choose, saved
from tests.support.pages.open_pages import Contexts, enter, enter_open
from tests.support.pages.tour import heading
from tests.support.pages.unstarted import BUNDLES, SCRIPTS, expect_started, expect_unstarted
from tests.support.people.invitations import invite
from tests.support.people.people import Person, be_at, enrolled
from tests.support.recovery.self_service_pages import kit_known
from tests.support.vault.exports import HEADERS, csv
from webapp.database import db
from webapp.models.devices.device import Device

MISSING = "A script of this page did not come"


@dataclass
class Stage:
    """Who is there, and a browser for each."""

    app: Flask
    organisation: str
    alice: Person
    bob: Person
    contexts: Contexts

    def of(self, person: Person) -> Page:
        """A tab in which the person is signed in."""
        return enter(self.contexts(), person)

    def at_lock(self) -> Page:
        """A tab of Alice’s device, which asks for the PIN."""
        return enter(self.contexts(), self.alice, enrolled(self.alice))

    def at_kit(self) -> Page:
        """Alice in a browser without keys."""
        enrolled(self.alice, here=False)
        kit_known(self.alice)
        be_at(self.alice, None)
        page = self.contexts().new_page()
        use_session(page.context, self.alice, self.alice.client)
        return page

    def invited(self) -> str:
        """The address of an invite link."""
        return invite(self.app, self.organisation)

    def away(self) -> Page:
        """The page of a server without its database, at /away."""
        with self.app.test_request_context("/away"):
            markup = render_template("shared/errors/503.html", waits=True)
        page = self.contexts().new_page()
        page.route("**/away", lambda route: route.fulfill(status=503, content_type="text/html", body=markup))
        return page


PLACES: dict[str, Callable[[Stage], tuple[Page, str]]] = {
    "sign-in": lambda stage: (stage.contexts().new_page(), "/sign-in"),
    "here": lambda stage: (stage.at_lock(), "/devices/here?next=/vault"),
    "unlock": lambda stage: (stage.at_lock(), "/unlock"),
    "vault": lambda stage: (stage.at_lock(), "/vault"),
    "join": lambda stage: (stage.of(stage.alice), "/join/vault"),
    "kit": lambda stage: (stage.at_kit(), "/recovery/kit"),
    "requests": lambda stage: (stage.of(stage.bob), "/admin/requests"),
    "keys": lambda stage: (stage.of(stage.bob), "/admin/settings"),
    "invite": lambda stage: (stage.contexts().new_page(), stage.invited()),
    "scanned": lambda stage: (stage.contexts().new_page(), f"/pair/{'0' * 32}/code#123456"),
    "away": lambda stage: (stage.away(), "/away"),
}
"""A tab, and where it is to go."""


@pytest.fixture
def stage(
    app: Flask, organisation: str, alice: Person, bob: Person, live_server: object, new_context: Contexts
) -> Stage:
    return Stage(app, organisation, alice, bob, new_context)


def stop(route: Route) -> None:
    route.abort()


@pytest.mark.parametrize("place", PLACES)
def test_a_page_whose_scripts_come_starts_and_says_nothing(stage: Stage, place: str) -> None:
    page, path = PLACES[place](stage)
    page.goto(path)
    expect_started(page)


@pytest.mark.parametrize(
    ("place", "bundle"), [(place, bundle) for place, bundles in BUNDLES.items() for bundle in bundles]
)
def test_a_page_says_that_a_bundle_did_not_come(
    stage: Stage, place: str, bundle: str, complaints: Complaints, screen: Screens
) -> None:
    page, path = PLACES[place](stage)
    page.route(f"**/dist/{bundle}", stop)
    page.goto(path)
    expect_unstarted(page)
    if bundle == BUNDLES[place][-1]:
        screen(page, f"unstarted-{place}")
    complaints.forgive()


def test_the_bundles_of_the_table_are_all_there_are() -> None:
    there = {path.name for path in (SCRIPTS.parent / "dist").glob("*.js")}
    assert {bundle for bundles in BUNDLES.values() for bundle in bundles} | {"csv.js", "keys.js", "qr.js"} == there


def test_it_is_said_while_nobody_does_anything_and_goes_once_the_page_is_loaded_anew(
    page: Page, organisation: str
) -> None:
    page.route("**/dist/core.js", stop)
    page.goto("/sign-in?next=/vault")
    page.get_by_text(unstarted.TITLE).wait_for()
    page.unroute("**/dist/core.js")
    page.get_by_role("link", name="reload it").click()
    expect_started(page)
    expect(page.locator("[name=next]")).to_have_value("/vault")


def test_an_element_that_an_extension_puts_into_the_page_is_none_of_ours(page: Page, organisation: str) -> None:
    page.goto("/sign-in")
    page.evaluate("document.querySelector('main').append(document.createElement('an-extensions-own'))")
    expect_started(page)


def test_looking_for_the_key_stops_promising_and_leads_on_without_it(stage: Stage) -> None:
    page, path = PLACES["here"](stage)
    page.route("**/dist/vault.js", stop)
    page.goto(path)
    expect_unstarted(page)
    expect(page.get_by_role("progressbar")).to_be_hidden()
    page.get_by_role("button", name="Go On Without It").click()
    expect(heading(page, "Account Recovery")).to_be_visible()


def test_an_invite_link_is_accepted_without_a_script(stage: Stage) -> None:
    page, path = PLACES["invite"](stage)
    page.route("**/dist/invite.js", stop)
    page.goto(f"{path}#k=abc")
    expect_unstarted(page)
    expect(page.get_by_role("link", name="reload it")).to_have_count(0)  # a link would lose what is behind the #
    page.get_by_label("Password", exact=True).fill("walk the dogs twice")
    page.get_by_role("button", name="Create Account").click()
    page.wait_for_url("**/join/vault")


def test_keys_that_do_not_come_are_said_where_the_vault_was_to_open(stage: Stage, complaints: Complaints) -> None:
    enrolled(stage.alice)
    page = enter_open(stage.contexts(), stage.alice)
    page.route("**/dist/keys.js", stop)
    page.reload()
    expect(page.get_by_text(MISSING)).to_be_visible()
    expect(page.get_by_role("button", name="Try Again")).to_be_visible()
    complaints.forgive()


def test_a_worker_that_does_not_come_is_said_and_uses_up_no_try(stage: Stage) -> None:
    page, path = PLACES["unlock"](stage)
    page.route("**/dist/workers/kdf.js", stop)
    page.goto(path)
    type_pin(page)
    expect(page.get_by_text(MISSING)).to_be_visible(timeout=SLOW)
    expect(page.get_by_role("link", name="Forgot PIN")).to_be_visible()
    with stage.app.app_context():
        assert stage.alice.device
        assert db.session.get_one(Device, stage.alice.device.id).tries_left == 10


def test_what_reads_tables_is_said_where_the_file_was_chosen(stage: Stage, tmp_path: Path) -> None:
    enrolled(stage.alice)
    page = enter_open(stage.contexts(), stage.alice)
    page.route("**/dist/csv.js", stop)
    page.goto("/vault/import")
    table = csv(HEADERS["chrome"], [["New", "https://new.example", "alice", "p", ""]])
    choose(page, saved(tmp_path / "export.csv", table), "Exported file")
    page.get_by_role("button", name="Look Inside").click()
    expect(page.get_by_text(MISSING)).to_be_visible(timeout=SLOW)


# In development each module comes by itself.

ENTRIES = {
    "sign-in": ["core"],
    "unlock": ["core", "vault"],
    "kit": ["core", "recovery"],
    "keys": ["core", "admin"],
    "invite": ["invite"],
    "away": ["waiting"],
}
UNDEFINED = "(names) => names.filter((name) => !customElements.get(name))"
PUT = "(name) => { document.querySelector('main').append(document.createElement(name)); }"


@pytest.mark.usefixtures("source_modules")
@pytest.mark.parametrize("place", ENTRIES)
def test_without_one_module_the_elements_that_need_it_say_so_and_all_others_start(
    stage: Stage, place: str, complaints: Complaints
) -> None:
    page, path = PLACES[place](stage)
    entries = ENTRIES[place]
    names = sorted(unstarted.elements_of(*entries))
    browser = page.context.new_cdp_session(page)  # a route of Playwright’s would have every file fetched anew
    browser.send("Network.enable")
    wrong = []
    for module in unstarted.modules_of(*entries):
        if place != first_place_of(module):
            continue
        lost = unstarted.lost_without(module, *entries)
        name = module.relative_to(SCRIPTS.parent).as_posix()
        browser.send("Network.setBlockedURLs", {"urls": [f"*/{name}"]})
        page.goto(path)
        undefined = page.evaluate(UNDEFINED, names)
        if not lost or undefined != sorted(lost):
            wrong.append((name, undefined, sorted(lost)))
            continue
        page.evaluate(PUT, undefined[0])
        expect_unstarted(page)
    complaints.forgive()
    assert wrong == []


def first_place_of(module: Path) -> str:
    """Where it is left out: each once."""
    return next(place for place, entries in ENTRIES.items() if module in unstarted.modules_of(*entries))
