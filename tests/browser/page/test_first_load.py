"""What a browser that was never here fetches from the application as production runs it: files and bytes.

How long that takes on a slow line, tests/bench measures.
"""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect
from whitenoise import WhiteNoise

from tests.support.pages.browser_devices import SLOW
from tests.support.pages.tour import ask, heading, sign_in
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.servers.production import SETTINGS, Loaded

NewContext = Callable[..., BrowserContext]
KILOBYTE = 1000


@pytest.fixture
def settings() -> dict[str, str]:
    return SETTINGS


@pytest.fixture
def page_files() -> WhiteNoise:
    """None beside the application: it serves its own, compressed."""
    return WhiteNoise(None)


@pytest.fixture
def loaded(live_server: object, new_context: NewContext) -> Loaded:
    return Loaded(new_context())


def scripts(loaded: Loaded) -> set[str]:
    return {path.split("/", 1)[1] for path in loaded.paths if path.endswith(".js")}


def test_the_sign_in_page_is_small_and_holds_no_cryptography(loaded: Loaded, organisation: str) -> None:
    loaded.page.goto("/sign-in")
    loaded.page.locator("recovery-watch[data-looked]").wait_for(state="attached")
    assert scripts(loaded) == {"dist/core.js", "dist/shared.js"}
    assert len(loaded.paths) <= 8, loaded.paths
    assert loaded.size <= 45 * KILOBYTE, loaded.sizes


def test_account_recovery_is_small(loaded: Loaded, alice: Person) -> None:
    enrolled(alice, here=False)
    sign_in(loaded.page, alice.email, alice.password)
    expect(heading(loaded.page, "Account Recovery")).to_be_visible()
    weigh_again(loaded, loaded.page.url)
    assert scripts(loaded) == {f"dist/{name}.js" for name in ("core", "crypto", "recovery", "shared")}
    assert len(loaded.paths) <= 12, loaded.paths
    assert loaded.size <= 120 * KILOBYTE, loaded.sizes


def test_waiting_for_approval_is_small(loaded: Loaded, alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    enrolled(alice, here=False)
    backed_up(alice, organisation_key)
    sign_in(loaded.page, alice.email, alice.password)
    ask(loaded.page)
    expect(heading(loaded.page, "Waiting for Approval")).to_be_visible(timeout=SLOW)
    weigh_again(loaded, loaded.page.url)
    expect(loaded.page.locator("[data-part=fingerprint]")).to_be_visible(timeout=SLOW)
    assert len(loaded.paths) <= 12, loaded.paths
    assert loaded.size <= 120 * KILOBYTE, loaded.sizes


def weigh_again(loaded: Loaded, address: str) -> None:
    """Load it as a browser would that has kept no file."""
    loaded.without_kept_files()
    loaded.page.goto(address)
    loaded.page.wait_for_function("() => !document.querySelector(':not(:defined)')")  # each element has its script
