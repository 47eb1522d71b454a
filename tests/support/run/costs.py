"""What pages under test load, and what passwords and PINs cost there: next to nothing.

That they cost more in production has tests of its own.
"""

import os
from collections.abc import Iterator
from functools import cache

import pytest
from whitenoise import WhiteNoise

from webapp.client.device import lock
from webapp.crypto import passwords
from webapp.web import assets, bundles

PIN_COST = {"MEMORY_KIB": lock.MEMORY_KIB, "PASSES": lock.PASSES}
CHEAP_PIN_COST = {"MEMORY_KIB": 8, "PASSES": 1}
WORKERS = {"js/device/workers/kdf.js": "m: {}, t: {}", "dist/workers/kdf.js": "m:{},t:{}"}
"""Where pages have the worker from, as its source and in the bundle, and how each writes what a PIN costs."""


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
            patch.setattr(lock, name, value)
        yield


@pytest.fixture
def real_pins(monkeypatch: pytest.MonkeyPatch) -> None:
    """PINs at the price that members pay, here and in the pages of a live server."""
    for name, value in PIN_COST.items():
        monkeypatch.setattr(lock, name, value)


@pytest.fixture(scope="session", autouse=True)
def chosen_scripts() -> Iterator[None]:
    """Pages load the bundles; with SCRIPTS=modules the sources as they are, for who works on them."""
    with pytest.MonkeyPatch.context() as patch:
        if os.environ.get("SCRIPTS") == "modules":
            patch.setattr(bundles, "BUNDLED", set())
        yield


@pytest.fixture
def source_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages load the modules of static/js, as in development: `@pytest.mark.usefixtures`, so that it is there first."""
    monkeypatch.setattr(bundles, "BUNDLED", set())


@cache
def real_assets() -> WhiteNoise:
    """static/ as in production, found once for the whole run: browsers keep files, instead of asking again."""
    return assets.kept_for_ever(assets.assets_of(assets.FOLDER))


@pytest.fixture(scope="session")
def cheap_assets(tmp_path_factory: pytest.TempPathFactory) -> WhiteNoise:
    """The same, but for the two numbers in the worker that say what a PIN costs: a second of each Unlock, otherwise."""
    found = assets.assets_of(assets.FOLDER)
    files = assets.kept_for_ever(found)
    for worker, written in WORKERS.items():
        script, real = (found.folder / worker).read_text(), written.format(*PIN_COST.values())
        assert script.count(real) == 1, f"{worker} does not say once what a PIN costs"
        changed = tmp_path_factory.mktemp("cheap") / "kdf.js"
        changed.write_text(script.replace(real, written.format(*CHEAP_PIN_COST.values())))
        files.add_file_to_dictionary(found.prefix + worker, str(changed))
    return files


@pytest.fixture
def page_files(request: pytest.FixtureRequest) -> WhiteNoise:
    """What a live server has under /static/."""
    return real_assets() if "real_pins" in request.fixturenames else request.getfixturevalue("cheap_assets")
