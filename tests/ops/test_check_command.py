"""`flask --app webapp check` finds everything that is wrong in one go; every other command ends with one sentence."""

import errno
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.settings.test_wrong_settings import SECRETS, WRONG
from tests.support.servers.applications import dispose, make_app
from tests.support.servers.command_line import Said, command_line, commands
from tests.support.servers.environments import KEY, PRODUCTION, sealing_key
from tests.support.servers.mail_server import Postbox
from tests.support.servers.processes import ROOT, listening_socket, silent_socket
from webapp import clock
from webapp.config import SETTINGS
from webapp.crypto.sealing import WrongSealingKey
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.audit_key import AuditKey, audit_key_context
from webapp.models.server.sealing_key import SealingKey
from webapp.ops import checks, health, room
from webapp.ops.mail_server import Patience

Run = Callable[..., Said]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """`run(environ, "check")`."""
    return command_line(capsys)


@pytest.fixture
def postbox() -> Iterator[Postbox]:
    postbox = Postbox()
    yield postbox
    postbox.close()


@pytest.fixture
def environ(database_url: str, tmp_path: Path, postbox: Postbox) -> dict[str, str]:
    """A production of which all is well."""
    tmp_path.chmod(0o700)
    given = {"DATABASE_URL": database_url, "SPAREKEY_INSTANCE": str(tmp_path)}
    return {**PRODUCTION, **given, "SMTP_URL": f"smtp+plain://127.0.0.1:{postbox.address.port}"}


def wrong(said: Said) -> dict[str, str]:
    """By the name of the line, what is wrong there."""
    assert said.sentence == ""
    found = dict(re.findall(r"^wrong +(\w+(?: [a-z]+)*) {2,}(.+)$", said.output, re.MULTILINE))
    assert (said.code, said.output.splitlines()[-1]) == (
        (1, f"{len(found)} to mend.") if found else (0, "All is well.")
    )
    return found


def seal_something(environ: dict[str, str], folder: Path) -> None:
    """Under the environment’s key."""
    app = make_app({name: environ[name] for name in ("DATABASE_URL", "SEALING_KEYS")}, folder)
    with app.app_context(), transaction() as session:
        found = Organisation(name="Example Works")
        session.add(found)
        session.flush()
        seed = SealingKey.seal(b"s", audit_key_context(found.id))
        session.add(AuditKey(organisation_id=found.id, public=b"p" * 32, seed=seed))
    dispose(app)


@pytest.mark.databases
def test_where_all_is_well_each_setting_has_a_line(
    run: Run, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It is held against the database’s: one that stands still is behind by as long as the test takes.
    monkeypatch.setattr(clock, "read", partial(datetime.now, UTC))
    monkeypatch.setattr(clock, "offset", timedelta(0))
    seal_something(environ, tmp_path)
    said = run(environ, "check")
    assert wrong(said) == {}
    named = re.findall(r"^ok +(\w+(?: [a-z]+)*)(?: {2,}|$)", said.output, re.MULTILINE)
    assert [name for name in named if name in SETTINGS] == list(SETTINGS)
    assert {"folder", "mail server", "database", "clock", "migrations", "sealing keys"} <= set(named)
    assert not [secret for secret in SECRETS if secret in said.output]


def test_everything_that_is_wrong_is_found_in_one_go(run: Run) -> None:
    first = {name: (value, said) for name, value, said in reversed(WRONG) if name in SETTINGS}
    said = run({name: value for name, (value, _) in first.items()} | {"SECRETKEYS": "x"}, "check")
    found = wrong(said)
    assert [name for name, (_, sentence) in first.items() if sentence not in found[name]] == []
    assert "rename it to SECRET_KEYS" in found["SECRETKEYS"]
    assert "Traceback" not in said.output


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG[::7])
def test_it_finds_each_of_them(run: Run, environ: dict[str, str], name: str, value: str, sentence: str) -> None:
    found = wrong(run({**environ, name: value}, "check"))
    assert sentence in next(iter(found.values()))


@pytest.mark.databases
def test_what_lacks_in_the_database_is_found(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    app = make_app({"DATABASE_URL": environ["DATABASE_URL"]}, tmp_path)
    with app.app_context():
        newest = health.newest_migration()
    for at, said in {"0009": "is at 0009, and this version needs", "9999": "by a newer version"}.items():
        _set_version(app, at)
        assert said in wrong(run(environ, "check"))["migrations"]
    _set_version(app, newest)
    assert wrong(run(environ, "check")) == {}
    dispose(app)


def _set_version(app: object, version: str) -> None:
    with app.app_context(), transaction() as session:  # type: ignore[attr-defined]
        session.execute(text("UPDATE alembic_version SET version_num = :version"), {"version": version})


def test_a_database_without_tables_is_found(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    assert "has no tables yet: run `flask" in wrong(run({**environ, "DATABASE_URL": url}, "check"))["migrations"]


def test_it_makes_no_database_and_writes_to_none(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    absent = tmp_path / "absent.sqlite3"
    assert "has no tables yet" in wrong(run({**environ, "DATABASE_URL": f"sqlite:///{absent}"}, "check"))["migrations"]
    assert not absent.exists()
    assert wrong(run(environ, "check")) == {}
    app = make_app({"DATABASE_URL": environ["DATABASE_URL"]}, tmp_path)
    with app.app_context():
        assert db.session.query(SealingKey).all() == []
    dispose(app)


@pytest.mark.parametrize("command", [["serve"], ["worker"], ["reset", "a@b.example"], ["reseal"], ["audit", "head"]])
def test_what_needs_tables_ends_with_the_sentence_of_check(
    run: Run, environ: dict[str, str], tmp_path: Path, command: list[str]
) -> None:
    app = make_app({"DATABASE_URL": environ["DATABASE_URL"]}, tmp_path)
    _set_version(app, "0009")
    dispose(app)
    for url in (environ["DATABASE_URL"], f"sqlite:///{tmp_path / 'empty.sqlite3'}"):
        told = wrong(run({**environ, "DATABASE_URL": url}, "check"))["migrations"]
        said = run({**environ, "DATABASE_URL": url}, *command)
        assert (said.code, said.output, said.sentence) == (1, "", told)


def test_a_file_that_is_no_database_is_found(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("Dear Alice, " * 100)
    (tmp_path / "letter").chmod(0o600)
    found = wrong(run({**environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'letter'}"}, "check"))
    assert "is none of Spare Key’s" in found["database"]


def test_a_database_that_does_not_answer_is_found(run: Run, environ: dict[str, str]) -> None:
    with silent_socket() as held:
        url = f"postgresql://sparekey:zirkuspferd@127.0.0.1:{held.getsockname()[1]}/sparekey"
        said = run({**environ, "DATABASE_URL": url}, "check")
    assert "does not answer" in wrong(said)["database"]
    assert "zirkuspferd" not in said.output


def test_a_key_that_lacks_and_one_that_is_another_are_found(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    seal_something(environ, tmp_path)
    assert (
        "“2026-11-29”: add that key"
        in wrong(run({**environ, "SEALING_KEYS": sealing_key("2027")}, "check"))["sealing keys"]
    )
    other = sealing_key("2026-11-29", bytes(reversed(KEY.encode()[:32])))
    assert wrong(run({**environ, "SEALING_KEYS": other}, "check"))["sealing keys"] == str(WrongSealingKey("2026-11-29"))


def test_the_demo_is_found_in_production(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    app = make_app({"DATABASE_URL": environ["DATABASE_URL"]}, tmp_path)
    with app.app_context(), transaction() as session:
        session.add(Organisation(name="Demo", is_demo=True))
    dispose(app)
    assert "This is a demo database" in wrong(run(environ, "check"))["demo"]


def test_a_mail_server_that_is_not_there_or_never_speaks_is_found(
    run: Run, environ: dict[str, str], postbox: Postbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "ASKED", Patience(answer=0.1, whole=3_600))
    with listening_socket() as held:
        silent = f"smtp+plain://127.0.0.1:{held.getsockname()[1]}"
        assert "(TimeoutError)" in wrong(run({**environ, "SMTP_URL": silent}, "check"))["mail server"]
    monkeypatch.undo()
    plain = environ["SMTP_URL"].replace("+plain", "")
    assert "(STARTTLS is not offered)" in wrong(run({**environ, "SMTP_URL": plain}, "check"))["mail server"]
    postbox.stop()
    assert "(ConnectionRefusedError)" in wrong(run(environ, "check"))["mail server"]


def test_folders_that_are_open_or_not_there_are_found(run: Run, environ: dict[str, str], tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    Path(environ["DATABASE_URL"].removeprefix("sqlite:///")).chmod(0o644)
    assert f"`chmod 700 {tmp_path}`" in wrong(run(environ, "check"))["folder"]
    url = f"sqlite:///{tmp_path}/none/sparekey.sqlite3"
    assert "is no folder: make it" in wrong(run({**environ, "DATABASE_URL": url}, "check"))["folder"]


@pytest.mark.parametrize(("ahead", "words"), [(40, "40 seconds ahead of"), (-3600, "3600 seconds behind")])
def test_a_clock_that_is_wrong_is_found(
    run: Run, environ: dict[str, str], monkeypatch: pytest.MonkeyPatch, ahead: int, words: str
) -> None:
    monkeypatch.setattr(health, "clock_difference", lambda: timedelta(seconds=ahead))
    assert words in wrong(run(environ, "check"))["clock"]


@pytest.mark.databases
def test_the_clock_of_the_database_is_read_where_it_has_one_of_its_own(app_context: object, database_kind: str) -> None:
    ahead = health.clock_difference()
    assert (ahead is None) == (database_kind == "sqlite")
    db.session.rollback()


@pytest.mark.parametrize("command", [each for each in commands() if each != ["check"]], ids=" ".join)
def test_every_command_ends_with_one_sentence(run: Run, environ: dict[str, str], command: list[str]) -> None:
    said = run({**environ, "PORT": "99999"}, *command, "--help")
    assert (said.code, said.output) == (1, "")
    assert said.sentence == "PORT is “99999”: set it to a whole number from 1 to 65535."


@pytest.mark.parametrize("process", ["web", "worker", "release"])
def test_every_process_ends_with_one_sentence_and_no_traceback(environ: dict[str, str], process: str) -> None:
    found = re.search(rf"^{process}: (.+)$", (ROOT / "Procfile").read_text(), re.MULTILINE)
    assert found
    path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
    done = subprocess.run(
        ["/bin/sh", "-c", f"exec {found[1]}"],
        cwd=ROOT,
        env={**environ, "PATH": path, "SEALING_KEYS": sealing_key("2027", bytes(32))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert "a key that is a pattern" in done.stderr


@pytest.mark.parametrize("command", [["upgrade-db"], ["reset", "alice@example.org"], ["audit", "head"], ["reseal"]])
def test_without_a_database_a_command_ends_with_one_sentence(
    run: Run, environ: dict[str, str], command: list[str]
) -> None:
    with silent_socket() as held:
        url = f"postgresql://sparekey@127.0.0.1:{held.getsockname()[1]}/sparekey"
        said = run({**environ, "DATABASE_URL": url}, *command)
    assert (said.code, said.output) == (1, "")
    assert re.fullmatch(
        r"The database that DATABASE_URL names does not answer \([^\n]+\): start it, [^\n]+\.", said.sentence
    )


def test_a_database_that_fails_in_the_middle_of_a_command_ends_it_with_one_sentence(
    run: Run, environ: dict[str, str], tmp_path: Path
) -> None:
    app = make_app({"DATABASE_URL": environ["DATABASE_URL"]}, tmp_path)
    with app.app_context(), transaction() as session:
        session.execute(text("DROP TABLE event"))
    dispose(app)
    said = run(environ, "init", "--organisation", "Example Works", "--email", "olga@example.org")
    assert said.code == 1
    assert "is none of Spare Key’s (no such table: event)" in said.sentence


def test_a_port_that_is_taken_or_an_address_of_another_machine_is_told(run: Run, environ: dict[str, str]) -> None:
    with listening_socket() as held, silent_socket() as free:
        taken, environ["PORT"] = (str(each.getsockname()[1]) for each in (held, free))
        assert "Nobody can listen at 127.0.0.1" in run({**environ, "PORT": taken}, "serve").sentence
        assert "set METRICS_BIND" in run({**environ, "METRICS_PORT": taken}, "serve").sentence
    assert "set BIND to an address of this machine" in run({**environ, "BIND": "192.0.2.1"}, "serve").sentence


def test_a_disk_without_room_is_found_and_nobody_serves_whose_counts_need_some(
    run: Run, environ: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with silent_socket() as site, silent_socket() as counts:
        ports = {"PORT": str(site.getsockname()[1]), "METRICS_PORT": str(counts.getsockname()[1])}
        monkeypatch.setattr(room, "LEAST_FREE", 2**62)
        sentence = rf"Spare Key can’t keep anything in {tmp_path} \([0-9,]+ KB are free\): make room on that disk\."
        assert re.fullmatch(sentence, wrong(run(environ, "check"))["folder"])
        assert re.fullmatch(sentence, run({**environ, **ports}, "serve").sentence)
    monkeypatch.undo()

    def fail(_number: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", fail)
    assert "(No space left on device)" in wrong(run(environ, "check"))["folder"]
    assert not list(tmp_path.glob("tmp*"))


def test_nobody_serves_with_the_settings_of_tests(run: Run, environ: dict[str, str]) -> None:
    assert "SPAREKEY_MODE is testing" in run({**environ, "SPAREKEY_MODE": "testing"}, "serve").sentence
