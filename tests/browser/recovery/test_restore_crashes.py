"""A restore that is cut off at every step, by a closed browser or a killed server: the old state or the new, never
between, and the way on is to go on."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, Playwright, Route, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.interruptions import (
    EMAIL,
    PASSWORD,
    PIN,
    Reopen,
    Stage,
    failing,
    joined,
    lose_the_answer,
    reopening,
)
from tests.support.pages.tour import ask, heading, sign_in, tell
from tests.support.people.people import Person
from tests.support.servers.processes import GranianServer


@pytest.fixture
def stage(app: Flask, bob: Person, granian_server: GranianServer) -> Stage:
    stage = joined(app, bob, granian_server)
    stage.lost.vault.switch_on_cloud_backups()
    stage.lost.vault.back_up()
    stage.lost.vault.add("After the backup", username="zoe", password="secret")
    return stage


@pytest.fixture
def reopen(playwright: Playwright, stage: Stage, tmp_path: Path) -> Iterator[Reopen]:
    yield from reopening(playwright, stage.server.url, tmp_path / "profile")


def approve(stage: Stage, page: Page) -> None:
    """The admin’s part, for the request that waits on `page`, and what the member types of it."""
    fingerprint, [request] = page.locator("#fingerprint").inner_text(), stage.admin.pending()
    tell(page, stage.admin.compare(request, fingerprint, stage.key_file))
    stage.admin.approve(request, fingerprint, stage.key_file)


def type_pin(page: Page) -> None:
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)
    page.get_by_label("New PIN", exact=True).fill(PIN)
    page.get_by_label("New PIN, once more", exact=True).fill(PIN)
    page.get_by_role("button", name="Create PIN And Restore").click()


def to_the_pin(stage: Stage, page: Page) -> None:
    sign_in(page, EMAIL, PASSWORD)
    ask(page)
    approve(stage, page)
    expect(heading(page, "Create a New PIN")).to_be_visible(timeout=SLOW)


def restored(stage: Stage, page: Page) -> None:
    """Done, and the vault opens with both items."""
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    stage.assert_new()
    page.goto("/vault")
    expect(page.get_by_text("After the backup")).to_be_visible(timeout=SLOW)


def test_a_browser_closed_while_waiting_waits_on(stage: Stage, reopen: Reopen) -> None:
    page = reopen()
    sign_in(page, EMAIL, PASSWORD)
    fingerprint = ask(page)
    page = reopen()
    page.goto("/recovery")
    expect(heading(page, "Waiting for Approval")).to_be_visible()
    expect(page.locator("#fingerprint")).to_have_text(fingerprint)
    stage.assert_old()
    approve(stage, page)
    type_pin(page)
    restored(stage, page)


def test_a_browser_closed_after_the_approval_goes_on_with_the_pin(stage: Stage, reopen: Reopen) -> None:
    to_the_pin(stage, reopen())
    page = reopen()
    stage.assert_old()
    page.goto("/recovery")
    type_pin(page)
    restored(stage, page)


@pytest.mark.parametrize("step", ["release", "vault", "finish"])
def test_a_browser_closed_before_a_step_was_sent_goes_on(stage: Stage, reopen: Reopen, step: str) -> None:
    page = reopen()
    to_the_pin(stage, page)
    with failing(page, f"/{step}"):
        page.route(f"**/{step}", lambda route: route.abort())
        type_pin(page)
    page = reopen()
    stage.assert_old()
    page.goto("/recovery")
    type_pin(page)
    restored(stage, page)


@pytest.mark.parametrize("step", ["release", "vault"])
def test_a_browser_closed_before_an_answer_came_goes_on(stage: Stage, reopen: Reopen, step: str) -> None:
    page = reopen()
    to_the_pin(stage, page)
    with failing(page, f"/{step}"):
        page.route(f"**/{step}", lose_the_answer)
        type_pin(page)
    page = reopen()
    stage.assert_old()
    page.goto("/recovery")
    type_pin(page)
    restored(stage, page)


def test_a_browser_closed_after_finish_has_the_new_vault(stage: Stage, reopen: Reopen) -> None:
    page = reopen()
    to_the_pin(stage, page)
    with failing(page, "/finish"):
        page.route("**/finish", lose_the_answer)
        type_pin(page)
    stage.assert_new()
    page = reopen()
    page.goto("/")
    page.get_by_label("PIN", exact=True).fill(PIN)
    page.get_by_role("button", name="Unlock").click()
    expect(heading(page, "Your Recovery Kit")).to_be_visible(timeout=SLOW)
    page.goto("/vault")
    expect(page.get_by_text("After the backup")).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("step", ["release", "vault", "finish"])
def test_a_server_killed_before_a_step_loses_nothing(stage: Stage, reopen: Reopen, step: str) -> None:
    page = reopen()
    to_the_pin(stage, page)

    def kill_then_send(route: Route) -> None:
        stage.server.kill()
        route.continue_()

    page.route(f"**/{step}", kill_then_send, times=1)
    type_pin(page)
    expect(page.get_by_text(re.compile("can’t be reached")).first).to_be_visible(timeout=SLOW)
    stage.assert_untouched()
    stage.server.start()
    restored(stage, page)  # by itself: what is harmless to repeat goes again


def test_a_server_killed_right_after_finish_answers_the_second_time(stage: Stage, reopen: Reopen) -> None:
    page = reopen()
    to_the_pin(stage, page)

    def send_then_kill(route: Route) -> None:
        route.fetch()
        stage.server.kill()
        route.abort()

    page.route("**/finish", send_then_kill, times=1)
    type_pin(page)
    expect(page.get_by_text(re.compile("can’t be reached")).first).to_be_visible(timeout=SLOW)
    stage.assert_new()
    stage.server.start()
    restored(stage, page)
