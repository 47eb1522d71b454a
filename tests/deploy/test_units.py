"""The systemd units: systemd reads them, and calls what they may do little enough."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.servers.proxies import DEPLOY

UNITS = sorted(DEPLOY.glob("*.service"))


def analyze(*arguments: str) -> str:
    if not shutil.which("systemd-analyze"):
        pytest.skip("needs systemd-analyze: apt-get install systemd")
    done = subprocess.run(["systemd-analyze", *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.fixture(params=UNITS, ids=lambda unit: unit.name)
def unit(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """One of them, with the program where it is here."""
    shipped: Path = request.param
    text = shipped.read_text()
    assert text.count("/opt/sparekey/.venv/bin/flask") == 1
    copy = tmp_path / shipped.name
    copy.write_text(text.replace("/opt/sparekey/.venv/bin/flask", str(Path(sys.executable).with_name("flask"))))
    return copy


def test_systemd_finds_no_fault_with_a_unit(unit: Path) -> None:
    assert unit.name not in analyze("verify", str(unit))


def test_a_unit_may_do_little(unit: Path) -> None:
    told = analyze("security", "--offline=true", "--threshold=30", str(unit))
    assert re.search(r"Overall exposure level for .*: [0-3]\.\d", told), told


def test_both_units_come_back_for_ever_and_differ_in_what_they_run() -> None:
    web, worker = ((DEPLOY / f"sparekey-{name}.service").read_text().splitlines() for name in ("web", "worker"))
    assert {"Restart=always", "StartLimitIntervalSec=0"} <= set(web)
    differing = [line for line in worker if line not in web]
    assert [line.partition("=")[0].partition(" ")[0] for line in differing] == ["#", "Description", "ExecStart"]


def test_no_unit_has_a_secret_in_its_environment() -> None:
    """The environment of a service can be read by others; a credential can’t."""
    for unit in UNITS:
        text = unit.read_text()
        for name in ("DATABASE_URL", "SECRET_KEYS", "SEALING_KEYS", "SMTP_URL"):
            credential = name.lower().replace("_", "-")
            assert f"{name}_FILE=%d/{credential}" in text
            assert f"LoadCredential={credential}:" in text
            assert f"{name}=" not in text
