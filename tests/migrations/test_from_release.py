"""A database made by a former release is upgraded, and its people go on: on both databases, from every release.

`made_by/` holds what the releases left: each database as statements, and what its people hold, made by `make.py`.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

import psycopg
import pyotp
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import func, inspect, select, text

from tests.support.journal.chains import checked
from tests.support.servers.applications import dispose, make_app
from tests.support.servers.processes import ROOT
from tests.support.servers.production import SETTINGS
from webapp.audit.reading import head_of
from webapp.client.admin import Admin
from webapp.client.device.state import DeviceState
from webapp.client.member import Member
from webapp.client.transport.http import InProcessTransport
from webapp.clock import now
from webapp.database import db
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.chain import EventChain
from webapp.models.journal.event import Event
from webapp.models.server.sealing_key import SealingKey

MADE_BY = Path(__file__).with_name("made_by")
RELEASES = sorted(path.stem for path in MADE_BY.glob("*.json"))
EMAIL, NEW_PIN = "zoe@example.org", "830526"
ITEMS = ["Mail", "Bank, after the backup"]

pytestmark = [pytest.mark.databases, pytest.mark.usefixtures("real_pins"), pytest.mark.parametrize("release", RELEASES)]


@dataclass
class Upgraded:
    """The application on the database of a release, and what its people hold."""

    app: Flask
    held: dict[str, Any]

    def browser(self) -> InProcessTransport:
        return InProcessTransport(self.app.test_client(), "http://localhost")

    def zoe(self, state: DeviceState | None = None) -> Member:
        """Zoë, signed in, in a new browser or in the one she had."""
        member = Member(self.browser(), state, name="Edge on Windows")
        member.sign_in(EMAIL, self.held["password"])
        return member


@pytest.fixture
def held(release: str, database_kind: str, empty_database_url: str) -> dict[str, Any]:
    """What its people hold; the database is as the release left it."""
    statements = (MADE_BY / f"{release}.{database_kind}.sql").read_text()
    if database_kind == "sqlite":
        with closing(sqlite3.connect(empty_database_url.removeprefix("sqlite:///"))) as lite:
            lite.executescript(statements)
    else:
        with psycopg.connect(empty_database_url) as connection:
            connection.execute(statements.encode())
    found: dict[str, Any] = json.loads((MADE_BY / f"{release}.json").read_text())[database_kind]
    return found


@pytest.fixture
def upgraded(held: dict[str, Any], empty_database_url: str, tmp_path: Path) -> Iterator[Upgraded]:
    app = make_app({"DATABASE_URL": empty_database_url, "SEALING_KEYS": held["sealing_keys"]}, tmp_path)
    done = app.test_cli_runner().invoke(args=["upgrade-db"])
    assert done.exit_code == 0, done.output
    with app.app_context():
        SealingKey.prove_all()
        db.session.remove()
    yield Upgraded(app, held)
    dispose(app)


def test_production_is_upgraded_by_one_command_and_then_finds_no_fault(
    held: dict[str, Any], empty_database_url: str, tmp_path: Path
) -> None:
    environ = SETTINGS | {"SEALING_KEYS": held["sealing_keys"], "DATABASE_URL": empty_database_url}
    environ |= {"PUBLIC_URL": "http://localhost:8000", "SPAREKEY_INSTANCE": str(tmp_path / "instance")}
    for command in ("upgrade-db", "check"):
        line = [sys.executable, "-m", "flask", "--app", "webapp", command]
        done = subprocess.run(line, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.filterwarnings("ignore:.*expression-based index")  # SQLite does not tell of it
def test_its_tables_are_those_of_this_version(upgraded: Upgraded) -> None:
    with upgraded.app.app_context(), db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, db.metadata) == []


def test_a_device_of_then_opens_the_vault(upgraded: Upgraded) -> None:
    zoe = upgraded.zoe(DeviceState(**upgraded.held["device"]))
    assert [item["title"] for item in zoe.unlock(upgraded.held["pin"]).items] == ITEMS
    zoe.vault.add("After the upgrade")
    zoe.vault.back_up()
    zoe.change_pin(NEW_PIN)
    zoe.lock()
    assert len(zoe.unlock(NEW_PIN).items) == len(ITEMS) + 1


def test_a_backup_of_then_comes_back_with_the_key_file_of_then(upgraded: Upgraded) -> None:
    bob, key_file = Admin(upgraded.browser()), upgraded.held["key_file"].encode()
    codes = iter(pyotp.TOTP(upgraded.held["second_factor"]).at(now(), counter_offset=step) for step in (0, 1))
    bob.sign_in("bob@example.org", upgraded.held["password"], lambda: next(codes))
    zoe = upgraded.zoe()
    recovery = zoe.request_restore()
    recovery.type_digits(bob.approve(bob.pending()[0], recovery.request.fingerprint, key_file))
    recovery.wait(0)
    assert [item["title"] for item in zoe.finish(NEW_PIN).items] == ITEMS
    zoe.vault.back_up()
    assert zoe.unlock(NEW_PIN).opened.manifest["epoch"] == 2


def test_a_kit_of_then_brings_the_newest_vault_back(upgraded: Upgraded) -> None:
    zoe = upgraded.zoe()
    zoe.recover().with_kit(upgraded.held["kit"])
    assert [item["title"] for item in zoe.finish_recovery(NEW_PIN).items] == ITEMS


def test_the_record_goes_on_from_a_head_of_then(upgraded: Upgraded) -> None:
    upgraded.zoe()
    earlier = head_of(BytesIO((upgraded.held["head"] + "\n").encode()))
    with upgraded.app.app_context():
        organisation = Organisation.the()
        assert organisation
        assert checked(organisation.id, since=earlier).head.count > earlier.count


def test_events_are_counted_in_64_bits(upgraded: Upgraded) -> None:
    with upgraded.app.app_context():
        if db.engine.dialect.name == "postgresql":
            columns = {
                (t, c["name"]): c["type"] for t in ("event", "event_chain") for c in inspect(db.engine).get_columns(t)
            }
            kinds = {str(columns[place]) for place in (("event", "id"), ("event", "number"), ("event_chain", "count"))}
            assert kinds == {"BIGINT"}
        with db.engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SELECT setval('event_id_seq', 3000000000)"))
            else:
                connection.execute(text("UPDATE event SET id = 3000000000 WHERE id = (SELECT max(id) FROM event)"))
            connection.execute(text("UPDATE event SET number = number + 3000000000"))
            connection.execute(text("UPDATE event_chain SET count = count + 3000000000"))
    upgraded.zoe()
    with upgraded.app.app_context():
        assert (db.session.scalar(select(func.max(Event.id))) or 0) > 3_000_000_000
        assert db.session.query(EventChain).one().count > 3_000_000_000
