"""What operations.md has people type before containers or services start makes settings that are right."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support.servers.processes import ROOT
from tests.support.servers.proxies import DEPLOY
from webapp import config

OPERATIONS = ROOT / ".github/docs/operations.md"


def commands(section: str) -> list[str]:
    """The lines of shell under this heading."""
    text = OPERATIONS.read_text().partition(f"\n### {section}\n")[2].partition("\n#")[0]
    return "".join(re.findall(r"^```sh\n(.*?)^```$", text, re.M | re.S)).splitlines()


def settings_in(file: Path) -> dict[str, str]:
    """As a shell reads them, and systemd, and Compose: each value in single quotes."""
    found = dict(line.split("=", 1) for line in file.read_text().splitlines())
    assert all(re.fullmatch("'[^']*'", value) for value in found.values()), found
    return {name: value.strip("'") for name, value in found.items()}


@pytest.mark.parametrize("document", ["README.md", ".github/docs/operations.md"])
def test_every_value_of_settings_stands_in_single_quotes(document: str) -> None:
    """Some values have spaces, < or &, and nobody should have to know which of them a shell minds."""
    blocks = re.findall(r"^```(?:sh)?\n(.*?)^```$", (ROOT / document).read_text(), re.M | re.S)
    lines = [line for block in blocks for line in block.splitlines() if line.partition("=")[0] in config.SETTINGS]
    assert len(lines) >= 2
    assert [line for line in lines if not re.fullmatch("[A-Z_]+='.*'", line)] == []


def test_a_shell_reads_the_settings_of_the_readme_as_they_are_meant() -> None:
    [mail] = re.findall(r"^```\n(SMTP_URL=.*?)^```$", (ROOT / "README.md").read_text(), re.M | re.S)
    done = subprocess.run(["sh", "-euc", f"set -a\n{mail}env"], capture_output=True, text=True, check=True)
    assert "\nMAIL_FROM=Spare Key <keys@example.com>\n" in f"\n{done.stdout}"


def test_the_commands_for_containers_make_settings_that_are_right(tmp_path: Path) -> None:
    lines = [line for line in commands("In containers") if not line.startswith(("cd ", "docker "))]
    assert len(lines) == len(commands("In containers")) - 3
    (tmp_path / "Caddyfile").write_text((DEPLOY / "Caddyfile").read_text())
    typed = "\n".join(lines).replace("YOUR-NAME", "keys.example.org")
    subprocess.run(["sh", "-euc", typed], cwd=tmp_path, env={"PATH": os.environ["PATH"]}, check=True)
    assert "\nkeys.example.org {\n" in (tmp_path / "Caddyfile").read_text()
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]["web"]
    files = {name: path.replace("/run/", f"{tmp_path}/") for name, path in service["environment"].items()}
    loaded = config.load(settings_in(tmp_path / service["env_file"]) | files)
    assert (loaded["MODE"], loaded["ORIGIN"]) == ("production", "https://keys.example.org")
    assert loaded["SQLALCHEMY_DATABASE_URI"].endswith("@database/sparekey")


STUBS = """
sudo() { if [ "$1" = -u ]; then echo "as $2"; shift 2; fi; "$@"; }
useradd() { echo "useradd"; }
createuser() { echo "createuser $*"; }
createdb() { echo "createdb $*"; }
systemctl() { echo "systemctl $*"; }
"""
"""What only root may do, or a server of PostgreSQL; it says that it was typed."""


def test_the_commands_for_services_lead_to_the_link_of_the_first_owner(tmp_path: Path) -> None:
    """Typed as they stand, in folders of this test, on SQLite; the checkout and its packages are those of the tests."""
    checkout = tmp_path / "opt/sparekey"
    for folder in ("opt/sparekey", "etc/systemd/system", "var/lib"):
        (tmp_path / folder).mkdir(parents=True)
    for name in (".github", "requirements", "static", "templates", "webapp"):
        (checkout / name).symlink_to(ROOT / name)
    changes = {
        "sudo git clone THIS-REPOSITORY /opt/sparekey": "",
        "sudo python3 -m venv /opt/sparekey/.venv": f"ln -s {sys.prefix} /opt/sparekey/.venv",
        "/opt/sparekey/.venv/bin/pip install --require-hashes -r": "test -s",
        " -o sparekey -g sparekey": "",
        " -g sparekey": "",
        "postgresql:///sparekey": "sqlite:////var/lib/sparekey/sparekey.sqlite3",
        "/opt/sparekey": str(checkout),
        "/var/lib/sparekey": f"{tmp_path}/var/lib/sparekey",
        "/etc/": f"{tmp_path}/etc/",
    }
    typed = "\n".join(commands("As services"))
    for former, new in changes.items():
        assert former in typed, f"operations.md says no more: {former}"
        typed = typed.replace(former, new)
    environ = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(["bash", "-euc", STUBS + typed], env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    steps = ("useradd", "createuser", "createdb", "All is well.", "https://keys.example.com/join/", "enable --now")
    places = [done.stdout.find(step) for step in steps]
    assert -1 not in places, done.stdout
    assert places == sorted(places)
    assert done.stdout.count("as sparekey\n") == 3, "no command of Spare Key is run by root"
    secrets = [tmp_path / "etc/sparekey" / name for name in ("database-url", "secret-keys", "sealing-keys", "smtp-url")]
    assert {stat.S_IMODE(secret.stat().st_mode) for secret in secrets} == {0o640}
    assert len([*(tmp_path / "etc/systemd/system").glob("*.service")]) == 2


@pytest.mark.parametrize("unit", ["sparekey-web.service", "sparekey-worker.service"])
def test_the_units_and_the_commands_by_hand_read_the_same_files(unit: str) -> None:
    text, by_hand = (DEPLOY / unit).read_text(), "\n".join(commands("As services"))
    credentials = re.findall(r"^LoadCredential=([a-z-]+):/etc/sparekey/\1$", text, re.M)
    names = re.search(r"for name in ([A-Z_ ]+); do", by_hand)
    assert names
    assert [name.lower().replace("_", "-") for name in names[1].split()] == credentials
    loop = by_hand[by_hand.index("for name") : by_hand.index("done")] + "done; env"
    done = subprocess.run(["sh", "-euc", loop], capture_output=True, text=True, check=True)
    for credential in credentials:
        assert f"_FILE=/etc/sparekey/{credential}\n" in done.stdout
