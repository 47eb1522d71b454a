"""A recovery that needs nobody’s help, cut off at every step by a closed browser or a killed server: the old state or
the new, never between. What was opened lives in the page, so a closed browser begins again, and a tab goes on."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, Playwright, Route, expect

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.interruptions import (
    EMAIL,
    PASSWORD,
    Reopen,
    Stage,
    failing,
    joined,
    lose_the_answer,
    reopening,
)
from tests.support.pages.tour import heading, sign_in
from tests.support.people.people import Person
from tests.support.recovery.self_service_pages import NEW_PIN, begin_anew, open_kit, open_local, type_pin, understand
from tests.support.servers.processes import GranianServer

Walk = Callable[[Stage, Page], None]
LAST = "**/recovery/own/finish"
BEGIN = "**/recovery/own"


@pytest.fixture
def stage(app: Flask, bob: Person, granian_server: GranianServer) -> Stage:
    stage = joined(app, bob, granian_server)
    stage.lost.vault.add("Bank", username="zoe", password="secret")
    return stage


@pytest.fixture
def reopen(playwright: Playwright, stage: Stage, tmp_path: Path) -> Iterator[Reopen]:
    yield from reopening(playwright, stage.server.url, tmp_path / "profile")


def kit_of(stage: Stage) -> FilePayload:
    return {"name": "kit.txt", "mimeType": "", "buffer": f"{stage.kit}\n".encode()}


def with_kit(stage: Stage, page: Page) -> None:
    open_kit(page, kit_of(stage))
    understand(page)


def with_local_backup(stage: Stage, page: Page) -> None:
    """A file that the Python client made and saved."""
    open_local(page, stage.lost.browser.get_file("/vault/file")[1], kit_of(stage))
    understand(page)


def with_nothing(stage: Stage, page: Page) -> None:
    begin_anew(page, PASSWORD)


WAYS: dict[Walk, int] = {with_kit: 2, with_local_backup: 2, with_nothing: 0}
"""What each opens, and how many items there are afterwards."""
every_way = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)


def press(page: Page) -> None:
    type_pin(page, re.compile("Create PIN And"))


def restored(stage: Stage, page: Page, items: int) -> None:
    """Done, and the vault opens."""
    expect(heading(page, "Done")).to_be_visible(timeout=SLOW)
    stage.assert_new(items)
    page.get_by_role("link", name="Open Vault").click()
    page.locator("item-list").wait_for(timeout=SLOW)
    expect(page.locator(".item__title")).to_have_count(items)


def to_the_pin(stage: Stage, page: Page, way: Walk) -> None:
    sign_in(page, EMAIL, PASSWORD)
    way(stage, page)


@pytest.mark.parametrize("step", [BEGIN, LAST], ids=["begin", "finish"])
def test_a_browser_closed_at_the_last_step_begins_again_with_everything_as_it_was(
    stage: Stage, reopen: Reopen, step: str
) -> None:
    page = reopen()
    to_the_pin(stage, page, with_kit)
    with failing(page, step):
        page.route(step, lose_the_answer if step == BEGIN else lambda route: route.abort())
        press(page)
    page = reopen()
    stage.assert_old()
    page.goto("/recovery")
    expect(heading(page, "Account Recovery")).to_be_visible()
    with_kit(stage, page)
    press(page)
    restored(stage, page, 2)


@every_way
def test_a_browser_closed_after_finish_has_the_new_vault(stage: Stage, reopen: Reopen, way: Walk) -> None:
    page = reopen()
    to_the_pin(stage, page, way)
    with failing(page, LAST):
        page.route(LAST, lose_the_answer)
        press(page)
    stage.assert_new(WAYS[way])
    page = reopen()
    page.goto("/")
    page.get_by_label("PIN", exact=True).fill(NEW_PIN)
    page.get_by_role("button", name="Unlock").click()
    expect(heading(page, "Your Recovery Kit")).to_be_visible(timeout=SLOW)


@pytest.mark.parametrize("step", [BEGIN, LAST], ids=["begin", "finish"])
def test_a_server_killed_before_a_step_loses_nothing(stage: Stage, reopen: Reopen, step: str) -> None:
    page = reopen()
    to_the_pin(stage, page, with_local_backup)

    def kill_then_send(route: Route) -> None:
        stage.server.kill()
        route.continue_()

    page.route(step, kill_then_send, times=1)
    press(page)
    expect(page.get_by_text(re.compile("can’t be reached")).first).to_be_visible(timeout=SLOW)
    stage.assert_untouched()
    stage.server.start()
    restored(stage, page, 2)  # by itself: what is harmless to repeat goes again


@every_way
def test_a_server_killed_right_after_finish_answers_the_second_time(stage: Stage, reopen: Reopen, way: Walk) -> None:
    page = reopen()
    to_the_pin(stage, page, way)

    def send_then_kill(route: Route) -> None:
        route.fetch()
        stage.server.kill()
        route.abort()

    page.route(LAST, send_then_kill, times=1)
    press(page)
    expect(page.get_by_text(re.compile("can’t be reached")).first).to_be_visible(timeout=SLOW)
    stage.assert_new(WAYS[way])
    stage.server.start()
    restored(stage, page, WAYS[way])
