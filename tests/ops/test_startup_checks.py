"""What production refuses to start with."""

import base64
import logging
import os
import re
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.cli import FlaskGroup
from sqlalchemy import Engine, event, text

from tests.support.people.factors import with_second_factor
from tests.support.people.people import Person, enrolled
from tests.support.servers.applications import dispose, make_app
from tests.support.servers.command_line import commands
from tests.support.servers.databases import SqliteDatabases
from tests.support.servers.processes import ROOT, silent_socket
from tests.support.servers.sealing_keys import seal_locks
from webapp import create_app
from webapp.config import ConfigurationError
from webapp.crypto.sealing import WrongSealingKey
from webapp.database import db, transaction
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.audit_key import AuditKey, audit_key_context
from webapp.models.server.sealing_key import SealingKey, sealed_columns
from webapp.models.signin.second_factor import SecondFactor
from webapp.ops.seal_rotation import reseal


def _key(name: str) -> str:
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


FIRST, SECOND = _key("first"), _key("second")


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SEALING_KEYS": FIRST}


MADE: list[Flask] = []


@pytest.fixture(autouse=True)
def _closed() -> Iterator[None]:
    """Every connection of what a test has started: collected later, an open one fails whichever test runs then."""
    yield
    while MADE:
        dispose(MADE.pop())


def _as_production(app: Flask, sealing_keys: list[str]) -> Flask:
    MADE.append(create_app({**app.config, "MODE": "production", "SEALING_KEYS": sealing_keys}))
    return MADE[-1]


def test_production_refuses_a_demo_database(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add(Organisation(name="Demo", is_demo=True))
    with pytest.raises(ConfigurationError, match="demo database"):
        _as_production(app, [FIRST])


def test_production_refuses_to_start_without_a_key_that_stored_values_need(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with pytest.raises(ConfigurationError, match="“first”"):
        _as_production(app, [SECOND])


def test_after_reseal_the_old_key_can_go_and_shares_still_open(
    app: Flask, alice: Person, database_url: str, tmp_path: Path
) -> None:
    device = enrolled(alice)
    rotated = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": f"{SECOND},{FIRST}"}, tmp_path)
    with rotated.app_context():
        assert reseal() >= 1
        assert reseal() == 0
        assert db.session.get_one(DeviceLock, (device.id, 1)).server_share.startswith("second:")
    _as_production(app, [SECOND])


def test_the_key_of_a_second_factor_is_sealed_anew_too(
    app: Flask, alice: Person, database_url: str, tmp_path: Path
) -> None:
    factor = with_second_factor(alice)
    with pytest.raises(ConfigurationError, match="“first”"):
        _as_production(app, [SECOND])
    rotated = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": f"{SECOND},{FIRST}"}, tmp_path)
    with rotated.app_context():
        assert reseal() == 1
        assert db.session.get_one(SecondFactor, alice.user_id).key == factor.key
    _as_production(app, [SECOND])


def test_production_starts_before_a_migration_that_makes_a_sealed_table(app: Flask) -> None:
    """Or it could never be run there: the command that upgrades starts the application first."""
    with app.app_context(), transaction() as session:
        session.execute(text("DROP TABLE second_factor"))
    _as_production(app, [FIRST])


def test_production_refuses_a_database_without_tables(app: Flask, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    with pytest.raises(ConfigurationError, match="has no tables yet: run `flask --app webapp upgrade-db`"):
        create_app({**app.config, "MODE": "production", "SQLALCHEMY_DATABASE_URI": address})


def test_production_refuses_tables_of_a_former_version_and_serves_beside_a_newer_one(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    _set_version(app, "0009")
    with pytest.raises(ConfigurationError, match="is at 0009, and this version needs"):
        _as_production(app, [FIRST])
    _set_version(app, "9999")
    with monkeypatch.context() as patch:
        told: list[str] = []
        patch.setattr(logging.Logger, "warning", lambda _, form, *values: told.append(form % values))
        served = _as_production(app, [FIRST])
    assert told == ["The database was made by a newer version of Spare Key (9999): run that version."]
    assert served.test_client().get("/healthz").status_code == 200


def _set_version(app: Flask, version: str) -> None:
    with app.app_context(), transaction() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_another_key_under_an_id_in_use_stops_the_start(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with pytest.raises(ConfigurationError, match=r"^[^\n]*“first”[^\n]*put that one back[^\n]*\.$"):
        _as_production(app, [_key("first")])
    with pytest.raises(ConfigurationError, match="“first”"):
        _as_production(app, [SECOND, _key("first")])
    _as_production(app, [SECOND, FIRST])


def test_before_anything_is_sealed_two_processes_have_to_have_the_same_key_or_none_serves_values_of_both(
    app: Flask, alice: Person
) -> None:
    first, second = _as_production(app, [FIRST]), _as_production(app, [_key("first")])
    with second.app_context():
        SealingKey.require()
    with first.app_context(), pytest.raises(WrongSealingKey):
        SealingKey.require()


def test_a_start_reads_no_table_of_sealed_values(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with app.app_context():
        statements = _statements_of(SealingKey.prove_all)
    assert statements
    tables = {column.class_.__tablename__ for column, _ in sealed_columns()}
    assert not [line for line in statements for table in tables if f" {table}" in line]


def test_a_wrong_key_stops_the_start_in_development_too(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with pytest.raises(ConfigurationError, match="“first”"):
        create_app({**app.config, "MODE": "development", "SEALING_KEYS": [_key("first")]})


def _statements_of(work: Callable[[], object]) -> list[str]:
    """On whatever database it works."""
    heard: list[str] = []

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        heard.append(statement)

    event.listen(Engine, "before_cursor_execute", listen)
    try:
        work()
    finally:
        event.remove(Engine, "before_cursor_execute", listen)
    return heard


@pytest.mark.databases
def test_a_start_asks_the_same_however_many_values_are_sealed(app: Flask, alice: Person) -> None:
    device, starts = enrolled(alice), []
    for versions in (range(2, 22), range(22, 2_002)):
        seal_locks(app, device.id, versions)
        starts.append(_statements_of(lambda: dispose(_as_production(app, [FIRST]))))
    few, many = starts
    assert few == many
    assert any("sealing_key" in line for line in many), "the keys were proved"
    tables = {column.class_.__tablename__ for column, _ in sealed_columns()}
    assert not [line for line in many for table in tables if re.search(rf"\b{table}\b", line)]


@pytest.fixture(scope="module")
def wrong_environ(
    tmp_path_factory: pytest.TempPathFactory, sqlite_databases: SqliteDatabases
) -> Iterator[dict[str, str]]:
    """Of a production whose database has a value under `first`, and whose key `first` is another one."""
    folder = tmp_path_factory.mktemp("wrong")
    url = sqlite_databases.make(folder)
    right = make_app({"DATABASE_URL": url, "SEALING_KEYS": FIRST}, folder)
    with right.app_context(), transaction() as session:
        found = Organisation(name="Example Works")
        session.add(found)
        session.flush()
        seed = SealingKey.seal(b"s", audit_key_context(found.id))
        session.add(AuditKey(organisation_id=found.id, public=b"p" * 32, seed=seed))
    dispose(right)
    with silent_socket() as held:
        yield {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "SPAREKEY_INSTANCE": str(folder),
            "DATABASE_URL": url,
            "PUBLIC_URL": "https://keys.example.com",
            "TRUSTED_PROXIES": "1",
            "SMTP_URL": "none",
            "SECRET_KEYS": secrets.token_hex(32),
            "SEALING_KEYS": _key("first"),
            "PORT": str(held.getsockname()[1]),
        }


def _require_refusal(done: subprocess.CompletedProcess[str]) -> None:
    assert done.returncode == 1, done.stdout
    assert done.stdout == ""
    assert re.fullmatch(r"The key “first” in SEALING_KEYS [^\n]+\.\n", done.stderr), done.stderr


@pytest.mark.parametrize("command", [each for each in commands() if each != ["check"]], ids=" ".join)
def test_no_command_runs_with_a_wrong_key(wrong_environ: dict[str, str], command: list[str]) -> None:
    """In this process, by the way that the command line takes: whatever it would ask for comes after the refusal."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {"SPAREKEY_MODE": "production", "FLASK_RUN_FROM_CLI": "true", **wrong_environ}.items():
            patch.setenv(name, value)
        with pytest.raises(ConfigurationError, match=r"^The key “first” in SEALING_KEYS [^\n]+\.$"):
            FlaskGroup(create_app=create_app).main(args=[*command, "--help"], standalone_mode=False)


@pytest.mark.parametrize("process", ["web", "worker", "release"])
def test_no_process_starts_with_a_wrong_key_and_each_says_one_sentence(
    wrong_environ: dict[str, str], process: str
) -> None:
    found = re.search(rf"^{process}: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert found
    _require_refusal(
        subprocess.run(
            ["/bin/sh", "-c", f"exec {found[1]}"],
            cwd=ROOT,
            env=wrong_environ,
            capture_output=True,
            text=True,
            check=False,
        )
    )
