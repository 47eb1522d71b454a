"""What others wrote is what the pins say."""

import hashlib
import json
from typing import Any

from tests.browser.modules.conftest import ROOT

VENDOR = ROOT / "static" / "vendor"


def test_vendored_files_have_their_checksums() -> None:
    lines = [line.split("  ") for line in (VENDOR / "CHECKSUMS").read_text().splitlines()]
    listed = {name: checksum for checksum, name in lines}
    assert set(listed) == {"LICENSES.txt", "crypto.js", "csv.js", "htmx.js"}
    for name, expected in listed.items():
        assert hashlib.sha256((VENDOR / name).read_bytes()).hexdigest() == expected


def test_pins_are_exact_and_name_no_registry() -> None:
    package = json.loads((VENDOR / "package.json").read_text())
    pins = {**package["dependencies"], **package["devDependencies"]}
    assert all(version[0].isdigit() for version in pins.values())
    lock: dict[str, Any] = json.loads((VENDOR / "package-lock.json").read_text())
    assert "resolved" not in json.dumps(lock)
    assert all("integrity" in entry for name, entry in lock["packages"].items() if name)


def test_only_one_copy_of_each_package_is_bundled() -> None:
    lock = json.loads((VENDOR / "package-lock.json").read_text())
    assert [name for name in lock["packages"] if name.count("node_modules/") > 1] == []


def test_nothing_stands_here_that_should_not_be_served() -> None:
    assert {path.name for path in VENDOR.iterdir()} == {
        "CHECKSUMS", "LICENSES.txt", "build.mjs", "bundle.mjs", "crypto.d.ts", "crypto.js", "csv.d.ts", "csv.js",
        "htmx.d.ts", "htmx.js", "package-lock.json", "package.json", "packages.mjs",
    }  # fmt: skip
