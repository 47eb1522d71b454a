"""The demo: what it leaves in an empty database, and that it is made there only, and once."""

import os
import re
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.support.journal.chains import checked
from tests.support.run.patience import wait_until
from tests.support.servers.applications import dispose, make_app
from tests.support.servers.environments import KEY, SECRET
from webapp import clock
from webapp.client.formats import documents
from webapp.client.formats.recovery_kits import read_kit
from webapp.config import ConfigurationError
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault
from webapp.ops import demo
from webapp.ops.startup_checks import check

ROOT = Path(__file__).resolve().parents[2]
SITE = "http://localhost:8123"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the demo keeps its files."""
    return tmp_path / "demo"


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """A development server’s application, whose instance folder is `tmp_path`."""
    app = make_app({"SPAREKEY_MODE": "development", "DATABASE_URL": database_url, "PUBLIC_URL": SITE}, tmp_path)
    yield app
    dispose(app)


def run_demo(app: Flask) -> Result:
    return app.test_cli_runner().invoke(args=["demo"])


def opened(file: bytes, folder: Path, name: str = "mia") -> documents.Document:
    kit = read_kit((folder / f"recovery-kit-{name}.txt").read_text())
    return documents.open_document(file, [kit.identity])


@pytest.mark.databases
def test_it_leaves_a_member_whose_vault_is_newer_than_its_backup(app: Flask, folder: Path) -> None:
    result = run_demo(app)
    assert result.exit_code == 0, result.output
    assert clock.offset.total_seconds() == 0
    with app.app_context():
        mia = User.by_email(demo.MEMBER.email)
        assert mia
        vault = Vault.current(mia, with_file=True)
        [listed] = CloudBackup.of(mia.id)
        backup = CloudBackup.with_file(listed.id)
        assert vault
        assert backup
        newest, older = opened(vault.file, folder), opened(backup.file, folder)
        assert Organisation.the().is_demo  # type: ignore[union-attr]
    assert len(newest.body["items"]) == vault.items == 25
    assert len(older.body["items"]) == backup.items == 23
    assert backup.made_at < vault.saved_at < clock.now()
    assert (backup.epoch, backup.counter < vault.counter) == (vault.epoch, True)
    titles = [item["title"] for item in newest.body["items"]]
    assert len(set(titles)) == 25
    assert {item["kind"] for item in newest.body["items"]} == {"login", "note"}


def test_it_prints_ten_lines_and_the_sign_in_page_says_the_same(app: Flask, folder: Path) -> None:
    printed = run_demo(app).stdout
    assert len(printed.splitlines()) == 10
    page = re.sub(r"<[^>]+>", "", app.test_client().get("/sign-in", base_url=SITE).text)
    for word in (
        *(account.email for account in (demo.MEMBER, demo.ADMIN, demo.OWNER)),
        *(demo.PASSWORD, demo.PIN, str(folder / "organisation-key.txt"), "normal window", "private"),
        *("Recover From Backup, Cloud Backup", "Request Account Restore", "16 characters", "tell them the six digits"),
        "Approve for This Member",
    ):
        assert word in printed
        assert word in page
    assert f"{SITE}/mailbox" in printed
    assert SITE in printed.splitlines()[0]


def test_everybody_can_sign_in_with_what_is_printed(app: Flask) -> None:
    run_demo(app)
    for account in (demo.MEMBER, demo.ADMIN, demo.OWNER):
        answer = app.test_client().post(
            "/sign-in", data={"email": account.email, "password": demo.PASSWORD}, base_url=SITE
        )
        assert answer.status_code == 303, account


def test_a_second_run_makes_nothing_and_prints_the_same(app: Flask, folder: Path) -> None:
    first = run_demo(app)
    key_file = (folder / "organisation-key.txt").read_bytes()
    with app.app_context():
        events = db.session.query(Event).count()
    second = run_demo(app)
    assert (second.exit_code, second.stdout, second.stderr) == (0, first.stdout, "")
    assert (folder / "organisation-key.txt").read_bytes() == key_file
    with app.app_context():
        assert db.session.query(Event).count() == events
        organisation = Organisation.the()
        assert organisation
        assert checked(organisation.id).head.count == events + 1, "what the demo did is a chain, too"


def test_its_files_are_the_owner_s_alone_and_hold_no_key_of_a_device(app: Flask, folder: Path) -> None:
    run_demo(app)
    files = sorted(path for path in folder.rglob("*"))
    assert [path.name for path in files] == [
        "organisation-key.txt",
        *(f"recovery-kit-{name}.txt" for name in ("dana", "mia", "sam")),
    ]
    assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_it_leaves_an_organisation_alone_that_is_nobody_s_demo(app: Flask, folder: Path) -> None:
    with app.app_context(), transaction() as session:
        session.add(Organisation(name="Example Works"))
    result = run_demo(app)
    assert (result.exit_code, result.stdout.count("\n")) == (0, 1)
    assert SITE in result.stdout
    assert demo.PASSWORD not in result.stdout
    assert list(folder.iterdir()) == []
    with app.app_context():
        assert db.session.query(User).count() == 0


def test_it_says_so_when_its_key_file_is_gone(app: Flask, folder: Path) -> None:
    run_demo(app)
    (folder / "organisation-key.txt").unlink()
    result = run_demo(app)
    assert result.exit_code == 0
    assert "no longer" in result.stderr


@pytest.mark.parametrize(
    "settings",
    [
        {
            "SPAREKEY_MODE": "production",
            "SMTP_URL": "none",
            "TRUSTED_PROXIES": "1",
            "SECRET_KEYS": SECRET,
            "PUBLIC_URL": "https://example.org",
        },
        {"SPAREKEY_MODE": "testing"},
    ],
)
def test_it_refuses_wherever_others_could_reach_it(
    settings: dict[str, str], database_url: str, tmp_path: Path, folder: Path
) -> None:
    app = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": KEY, **settings}, tmp_path)
    result = run_demo(app)
    assert result.exit_code == 1
    assert "printed passwords" in result.output
    assert not folder.exists()
    with app.app_context():
        assert Organisation.the() is None
    dispose(app)


def test_production_refuses_its_database(app: Flask) -> None:
    run_demo(app)
    app.config["MODE"] = "production"
    with pytest.raises(ConfigurationError, match="demo database"):
        check(app)


def test_a_making_that_was_killed_is_made_anew(database_url: str, tmp_path: Path, folder: Path) -> None:
    environ = {"SPAREKEY_MODE": "development", "SPAREKEY_INSTANCE": str(tmp_path), "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "flask", "--app", "webapp", "demo"]
    killed = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.DEVNULL)
    wait_until((folder / "recovery-kit-sam.txt").exists, "the beginning of the demo")
    killed.send_signal(signal.SIGKILL)
    assert killed.wait() == -signal.SIGKILL
    app = make_app(environ, tmp_path)
    with app.app_context():
        assert Organisation.the().is_demo  # type: ignore[union-attr]
        assert User.by_email(demo.MEMBER.email) is None
    result = run_demo(app)
    assert result.exit_code == 0
    assert "made anew" in result.stderr
    with app.app_context():
        vault = Vault.current(User.by_email(demo.MEMBER.email), with_file=True)  # type: ignore[arg-type]
        assert vault
        assert len(opened(vault.file, folder).body["items"]) == 25
    dispose(app)
