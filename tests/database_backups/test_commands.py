"""`backup` and `restore`: what they refuse and say, and a rehearsal: everything is lost, and a member gets back."""

import base64
import secrets
import shutil
import sqlite3
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.client.test_journey import NEW_PIN, PASSWORD, PIN, People
from tests.support.people.person import Person
from tests.support.servers.applications import dispose, make_app
from tests.support.servers.databases import PostgresqlDatabases
from webapp.client.crypto.identities import Identity
from webapp.client.member import Member
from webapp.client.transport.http import InProcessTransport
from webapp.database import db, transaction
from webapp.database_backups import postgresql, sqlite
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.ops.seal_rotation import reseal

EMAIL = "zoe@example.org"


def _key(name: str) -> str:
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


FIRST, SECOND = _key("first"), _key("second")


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SEALING_KEYS": FIRST}


@pytest.fixture
def file(tmp_path: Path, database_kind: str) -> Path:
    if database_kind == "postgresql" and not shutil.which("pg_dump"):
        pytest.skip("needs pg_dump: apt-get install postgresql-client")
    return tmp_path / "backup"


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=list(arguments))
    return result.exit_code, result.output


def kit_of_zoe(app: Flask, admin: Person) -> Identity:
    """She joins, and saves something; her kit."""
    people = People(app, admin)
    zoe = Member(people.browser())
    vault = zoe.join(people.dana.invite(EMAIL, "Zoë", people.key_file), "Zoë", PASSWORD, PIN)
    kit: Identity = vault.kit().identity
    vault.confirm_kit(kit[-4:])
    vault.add("Mail", username="zoe", password="secret")
    return kit


@pytest.mark.databases
def test_everything_is_lost_and_a_member_gets_back(
    app: Flask, bob: Person, file: Path, empty_database_url: str, tmp_path: Path
) -> None:
    kit = kit_of_zoe(app, bob)
    with app.app_context(), db.engine.connect() as writer:
        writer.execute(text("UPDATE user_account SET name = 'not committed'"))
        code, said = run(app, "backup", str(file))
        writer.rollback()
    assert code == 0, said
    assert "opens with the sealing key “first”" in said
    assert file.stat().st_mode & 0o777 == 0o600
    assert FIRST.partition(":")[2].encode() not in file.read_bytes()

    elsewhere = make_app({"DATABASE_URL": empty_database_url, "SEALING_KEYS": f"{SECOND},{FIRST}"}, tmp_path)
    code, said = run(elsewhere, "restore", str(file))
    assert code == 0, said
    assert "lacks" not in said
    assert run(elsewhere, "upgrade-db")[0] == 0
    with elsewhere.app_context():
        assert {user.name for user in db.session.query(User)} == {"Bob", "Zoë"}
        db.session.remove()
    zoe = Member(InProcessTransport(elsewhere.test_client(), elsewhere.config["PUBLIC_URL"]))
    zoe.sign_in(EMAIL, PASSWORD)
    zoe.recover().with_kit(kit)
    assert [item["title"] for item in zoe.finish_recovery(NEW_PIN).items] == ["Mail"]
    dispose(elsewhere)


@pytest.mark.databases
def test_a_restore_names_the_keys_that_were_retired_too_early(
    app: Flask, bob: Person, file: Path, empty_database_url: str, tmp_path: Path
) -> None:
    kit_of_zoe(app, bob)
    run(app, "backup", str(file))
    for keys, lacks in ((SECOND, True), (f"{SECOND},{_key('first')}", True), (f"{SECOND},{FIRST}", False)):
        elsewhere = make_app({"DATABASE_URL": empty_database_url, "SEALING_KEYS": keys}, tmp_path)
        code, said = run(elsewhere, "restore", "--replace", str(file))
        dispose(elsewhere)
        assert code == 0, said
        assert ("SEALING_KEYS lacks “first”" in said) is lacks


@pytest.mark.databases
def test_a_key_that_seals_nothing_any_more_is_not_asked_for(
    app: Flask, bob: Person, file: Path, database_url: str, tmp_path: Path
) -> None:
    kit_of_zoe(app, bob)
    rotated = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": f"{SECOND},{FIRST}"}, tmp_path)
    with rotated.app_context():
        assert reseal()
    _, said = run(rotated, "backup", str(file))
    dispose(rotated)
    assert "“second”" in said
    assert "“first”" not in said


@pytest.mark.databases
def test_a_database_in_use_is_left_alone_unless_told_otherwise(app: Flask, bob: Person, file: Path) -> None:
    run(app, "backup", str(file))
    with app.app_context(), transaction() as session:
        session.add(Organisation(id="f" * 32, name="Made later"))
    code, said = run(app, "restore", str(file))
    assert code == 1
    assert "not empty" in said
    with app.app_context():
        assert db.session.query(Organisation).count() == 2
        db.session.remove()
    code, said = run(app, "restore", "--replace", str(file))
    assert code == 0, said
    with app.app_context():
        assert db.session.query(Organisation).count() == 1


@pytest.mark.databases
def test_a_restore_that_fails_changes_nothing(app: Flask, bob: Person, file: Path) -> None:
    run(app, "backup", str(file))
    whole = file.read_bytes()
    third = len(whole) // 3
    holed = whole[:third] + bytes(third) + whole[2 * third :]
    for broken in (whole[: 2 * third], holed, b"", b"PGDMP", b"SQLite format 3\0", b"text"):
        file.write_bytes(broken)
        code, said = run(app, "restore", "--replace", str(file))
        assert code == 1, said
        assert "othing was changed" in said
        with app.app_context():
            assert db.session.query(User).count() == 1
            db.session.remove()


@pytest.mark.databases
def test_a_database_that_somebody_uses_is_not_replaced(
    app: Flask, bob: Person, file: Path, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgresql, "LOCK_SECONDS", 0.1)
    monkeypatch.setattr(sqlite, "LOCK_SECONDS", 0.1)
    run(app, "backup", str(file))
    other = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": FIRST}, tmp_path)
    with other.app_context():
        reader = db.engine.connect()
    reader.execute(text("SELECT name FROM user_account")).all()
    code, said = run(app, "restore", "--replace", "--although-running", str(file))
    reader.close()
    dispose(other)
    assert code == 1, said
    assert "Nothing was changed" in said
    assert "web and worker" in said


@pytest.mark.databases
def test_a_database_is_not_replaced_under_a_server_that_does_nothing_at_the_moment(
    app: Flask,
    bob: Person,
    file: Path,
    database_kind: str,
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for module, seconds in ((postgresql, "PARTING_SECONDS"), (sqlite, "LOCK_SECONDS")):
        monkeypatch.setattr(module, seconds, 0.1)
    run(app, "backup", str(file))
    other = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": FIRST}, tmp_path)
    assert other.test_client().get("/sign-in").status_code == 200
    code, said = run(app, "restore", "--replace", str(file))
    assert code == 1, said
    with other.app_context():
        assert f"The database “{db.engine.url.database}” is in use" in said
    assert "stop web and worker first" in said
    if database_kind == "postgresql":
        code, said = run(app, "restore", "--replace", "--although-running", str(file))
        assert code == 0, said
    dispose(other)
    code, said = run(app, "restore", "--replace", str(file))
    assert code == 0, said


def test_no_file_is_overwritten_and_none_is_left_half_made(app: Flask, tmp_path: Path) -> None:
    taken = tmp_path / "taken"
    taken.write_text("precious")
    code, said = run(app, "backup", str(taken))
    assert code == 1
    assert "left alone" in said
    assert taken.read_text() == "precious"
    code, said = run(app, "backup", str(tmp_path / "absent/backup"))
    assert code == 1
    assert "No backup was made" in said


def test_a_backup_of_a_later_version_is_refused(app: Flask, file: Path) -> None:
    run(app, "backup", str(file))
    with sqlite3.connect(file) as rows:
        rows.execute("UPDATE alembic_version SET version_num = '9999'")
    code, said = run(app, "restore", "--replace", str(file))
    assert code == 1
    assert "later version" in said


def test_a_backup_of_another_kind_of_database_is_refused(app: Flask, tmp_path: Path) -> None:
    file = tmp_path / "backup"
    file.write_bytes(b"PGDMP\x01")
    code, said = run(app, "restore", str(file))
    assert code == 1
    assert "postgresql" in said
    assert "sqlite" in said


def test_where_pg_dump_is_missing_a_sentence_says_so(
    postgresql_databases: PostgresqlDatabases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with postgresql_databases.lend() as url:
        app = make_app({"DATABASE_URL": url}, tmp_path)
        monkeypatch.setenv("PATH", "")
        code, said = run(app, "backup", str(tmp_path / "backup"))
        dispose(app)
    assert code == 1
    assert "pg_dump is not installed here" in said
