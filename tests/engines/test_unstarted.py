"""Each bundle that doesn’t come, once in each engine: the page says so, and offers a way on."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask, render_template

from tests.support.engines.steps import choose_first_pin, join, saved, sign_in_as
from tests.support.engines.visitor import Visitor
from tests.support.pages.unstarted import BOUND, NAMED, TITLE
from tests.support.people.people import Person, enrolled
from tests.support.servers.processes import LiveServer
from tests.support.vault.exports import HEADERS, csv

MISSING = "A script of this page did not come"
# Not all of them: some go round for ever.
FINISH = """document.getAnimations().forEach((animation) => {
  if (['unstarted', 'given-up'].includes(animation.animationName)) animation.finish();
})"""
NOT_FOUND = ("404 NOT FOUND", b"")


@dataclass
class Stage:
    """A browser, and who may come to it."""

    app: Flask
    server: LiveServer
    visitor: Visitor
    alice: Person
    bob: Person
    link: str

    def signs_in(self) -> None:
        """At the page where everybody begins."""
        self.visitor.goto("/sign-in")

    def looks_for_a_key(self) -> None:
        """Alice, in a browser without one."""
        enrolled(self.alice, here=False)
        sign_in_as(self.visitor, self.alice)

    def opens_a_kit(self) -> None:
        """Alice, who has found none."""
        self.looks_for_a_key()
        self.visitor.sees_heading("Account Recovery")
        self.visitor.goto("/recovery/kit")

    def cares_for_keys(self) -> None:
        """Bob, in Settings."""
        sign_in_as(self.visitor, self.bob, "/sign-in?next=/admin/settings")

    def is_invited(self) -> None:
        """Dana, with her link."""
        self.visitor.goto(self.link)

    def waits_for_the_server(self) -> None:
        """Anybody, while the database is away."""
        with self.app.test_request_context("/away"):
            markup = render_template("shared/errors/503.html", waits=True)
        self.server.instead["/away"] = ("503 SERVICE UNAVAILABLE", markup.encode())
        self.visitor.goto("/away")


PLACES: dict[str, tuple[Callable[[Stage], None], tuple[str, str]]] = {
    "core.js": (Stage.signs_in, ("button", "Sign in")),
    "shared.js": (Stage.signs_in, ("button", "Sign in")),
    "crypto.js": (Stage.looks_for_a_key, ("button", "Go On Without It")),
    "vault.js": (Stage.looks_for_a_key, ("button", "Go On Without It")),
    "recovery.js": (Stage.opens_a_kit, ("link", "Account Recovery")),
    "admin.js": (Stage.cares_for_keys, ("link", "reload it")),
    "invite.js": (Stage.is_invited, ("button", "Create Account")),
    "waiting.js": (Stage.waits_for_the_server, ("link", "reload it")),
}
"""Where each bundle is missed, and what leads on."""


@pytest.fixture
def stage(app: Flask, live_server: LiveServer, visitor: Visitor, alice: Person, bob: Person, link: str) -> Stage:
    return Stage(app, live_server, visitor, alice, bob, link)


@pytest.mark.parametrize("bundle", PLACES)
def test_a_page_says_which_of_its_scripts_did_not_come_and_leads_on(
    stage: Stage, visitor: Visitor, bundle: str
) -> None:
    go, (role, name) = PLACES[bundle]
    stage.server.instead[f"/dist/{bundle}"] = NOT_FOUND
    go(stage)
    visitor.waits_for(f"{NAMED}.display !== 'none' && parseFloat({NAMED}.animationDelay) < {BOUND}")
    visitor.runs(FINISH)
    visitor.sees(TITLE)
    visitor.finds(role, name)


def test_it_is_said_while_nobody_does_anything(stage: Stage, visitor: Visitor) -> None:
    stage.server.instead["/dist/core.js"] = NOT_FOUND
    stage.signs_in()
    visitor.sees(TITLE)
    stage.server.instead.clear()
    visitor.click("link", "reload it")
    visitor.waits_for(f"{NAMED}.display === 'none'")


def test_a_key_store_that_did_not_come_is_missed_where_the_kit_is_shown(stage: Stage, visitor: Visitor) -> None:
    stage.server.instead["/dist/keys.js"] = NOT_FOUND
    choose_first_pin(visitor, stage.link)
    visitor.sees(MISSING)


def test_a_worker_that_did_not_come_is_missed_where_a_pin_is_chosen(stage: Stage, visitor: Visitor) -> None:
    stage.server.instead["/dist/workers/kdf.js"] = NOT_FOUND
    choose_first_pin(visitor, stage.link)
    visitor.sees(MISSING)
    stage.server.instead.clear()
    visitor.click("button", "Create My Vault")
    visitor.sees_heading("Spare Key Recovery Kit")


def test_what_reads_tables_and_did_not_come_is_missed_where_a_file_was_chosen(
    stage: Stage, visitor: Visitor, tmp_path: Path
) -> None:
    stage.server.instead["/dist/csv.js"] = NOT_FOUND
    join(visitor, stage.link)
    visitor.click("link", "Import")
    table = csv(HEADERS["chrome"], [["New", "https://new.example", "dana", "p", ""]])
    visitor.choose_file("Exported file", saved(tmp_path / "export.csv", table))
    visitor.click("button", "Look Inside")
    visitor.sees(MISSING)
