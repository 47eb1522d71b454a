"""In production a browser runs the scripts of the release, or none: what was changed on its way is refused."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import ConsoleMessage, Page, expect
from whitenoise import WhiteNoise

from tests.support.pages.chromium import Complaints
from tests.support.servers.production import SETTINGS
from webapp.web import assets, headers

DEFINED = "() => customElements.get('vault-keys') !== undefined"
LOADS = """(name) => {
  const core = document.querySelector('script[src$="/dist/core.js"]').src;
  return import(new URL(name, core)).then(() => 'runs', () => 'refused');
}"""


@pytest.fixture
def settings() -> dict[str, str]:
    return SETTINGS


@pytest.fixture
def page_files(request: pytest.FixtureRequest, tmp_path: Path) -> WhiteNoise:
    """What is served, but for one file, to whose end a line was added; a file that the release hasn’t is new."""
    found = assets.assets_of(assets.FOLDER)
    files = assets.kept_for_ever(found)
    name = getattr(request, "param", None)
    if name:
        former = found.folder / "dist" / name
        changed = tmp_path / former.name
        changed.write_bytes((former.read_bytes() if former.exists() else b"") + b"\n/* changed */\n")
        files.add_file_to_dictionary(f"{found.prefix}dist/{name}", str(changed))
    return files


def refused(message: ConsoleMessage) -> bool:
    return bool(re.search("integrity", message.text, re.I))


def test_the_release_runs(page: Page, organisation: str) -> None:
    page.goto("/sign-in")
    page.wait_for_function(DEFINED)
    expect(page.locator("body")).to_have_css("margin-top", "0px")
    assert page.evaluate(LOADS, "crypto.js") == "runs"


@pytest.mark.parametrize("page_files", ["core.js", "shared.js"], indirect=True)
def test_a_changed_script_is_refused(page: Page, organisation: str, complaints: Complaints) -> None:
    with page.expect_console_message(refused):
        page.goto("/sign-in")
    page.wait_for_load_state()
    assert not page.evaluate(DEFINED)
    complaints.forgive()


@pytest.mark.parametrize("page_files", ["crypto.js", "keys.js", "csv.js"], indirect=True)
def test_a_changed_script_that_is_loaded_on_demand_is_refused(
    page: Page, organisation: str, page_files: WhiteNoise, request: pytest.FixtureRequest, complaints: Complaints
) -> None:
    name = request.node.callspec.params["page_files"]
    page.goto("/sign-in")
    page.wait_for_function(DEFINED)
    with page.expect_console_message(refused):
        assert page.evaluate(LOADS, name) == "refused"
    complaints.forgive()


@pytest.mark.parametrize("page_files", ["foreign.js"], indirect=True)
@pytest.mark.parametrize(("policy", "expected"), [(None, "refused"), ({}, "runs")], ids=["policy", "no policy"])
def test_a_script_that_the_release_does_not_have_is_refused_by_the_policy(
    page: Page, organisation: str, monkeypatch: pytest.MonkeyPatch, policy: dict[str, str] | None, expected: str
) -> None:
    if policy is not None:
        monkeypatch.setattr(headers, "SCRIPTS_ARE_NAMED_WITH_THEIR_HASH", policy)
    page.goto("/sign-in")
    page.wait_for_function(DEFINED)
    assert page.evaluate(LOADS, "foreign.js") == expected


@pytest.mark.parametrize("page_files", ["style.css"], indirect=True)
def test_a_changed_style_sheet_is_refused(page: Page, organisation: str) -> None:
    with page.expect_console_message(refused):
        page.goto("/sign-in")
    expect(page.locator("body")).not_to_have_css("margin-top", "0px")
