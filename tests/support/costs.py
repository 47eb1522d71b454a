"""What passwords and PINs cost in tests: next to nothing. That they cost more in production has tests of its own."""

from collections.abc import Iterator
from functools import cache

import pytest
from whitenoise import WhiteNoise

from webapp import assets
from webapp.client import device_lock
from webapp.crypto import passwords

PIN_COST = {"MEMORY_KIB": device_lock.MEMORY_KIB, "PASSES": device_lock.PASSES}
CHEAP_PIN_COST = {"MEMORY_KIB": 8, "PASSES": 1}
WORKER = "js/workers/kdf.js"


@pytest.fixture(scope="session", autouse=True)
def cheap_passwords() -> Iterator[None]:
    """Argon2 at its cheapest: the cost is tested once, in the tests of webapp.crypto.passwords."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "MEMORY_KIB", 8)
        patch.setattr(passwords, "ITERATIONS", 1)
        yield


@pytest.fixture(scope="session", autouse=True)
def cheap_pins() -> Iterator[None]:
    """The same for PINs, whose cost the vectors hold. A live server gives pages a worker that agrees with this."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in CHEAP_PIN_COST.items():
            patch.setattr(device_lock, name, value)
        yield


@pytest.fixture
def real_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """PINs at the price that members pay, here and in the pages of a live server."""
    for name, value in PIN_COST.items():
        monkeypatch.setattr(device_lock, name, value)


@cache
def real_assets() -> WhiteNoise:
    """static/ as in production, found once for the whole run: browsers keep files, instead of asking for 40 a page."""
    return assets.kept_for_ever(assets.Assets(assets.FOLDER))


@pytest.fixture(scope="session")
def cheap_assets(tmp_path_factory: pytest.TempPathFactory) -> WhiteNoise:
    """The same, but for the two numbers in the worker that say what a PIN costs: a second of each Unlock, otherwise."""
    found = assets.Assets(assets.FOLDER)
    script, real = (found.folder / WORKER).read_text(), _numbers(**PIN_COST)
    assert real in script
    changed = tmp_path_factory.mktemp("cheap") / "kdf.js"
    changed.write_text(script.replace(real, _numbers(**CHEAP_PIN_COST)))
    files = assets.kept_for_ever(found)
    files.add_file_to_dictionary(found.prefix + WORKER, str(changed))
    return files


@pytest.fixture
def page_files(request: pytest.FixtureRequest) -> WhiteNoise:
    """What a live server has under /static/."""
    return real_assets() if "real_pins" in request.fixturenames else request.getfixturevalue("cheap_assets")


def _numbers(MEMORY_KIB: int, PASSES: int) -> str:  # noqa: N803 - as device_lock calls them
    return f"m: {MEMORY_KIB}, t: {PASSES}"
