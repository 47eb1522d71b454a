"""`audit verify`: what it says, and that it needs nothing but the file and the key."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask

from tests.support.journal.exports import ENTRIES_SAID, PUBLIC, SEED, entries_of, head_of, lines_of, rechained
from tests.support.people.person import Person
from webapp.audit.chain import Entry, Head
from webapp.client.formats.encoding import to_base64
from webapp.models.journal.audit_key import AuditKey

ROOT = Path(__file__).resolve().parents[2]
KEY = to_base64(PUBLIC)
ENTRIES = entries_of(ENTRIES_SAID)


def write(folder: Path, entries: list[Entry] = ENTRIES, head: Head | None = None, format: str = "jsonl") -> Path:
    path = folder / f"export.{format}"
    path.write_text("".join(lines_of(format, entries, head or head_of(entries))), newline="")
    return path


def run(app: Flask, *arguments: object) -> tuple[int, str]:
    result = app.test_cli_runner().invoke(args=["audit", *map(str, arguments)])
    return result.exit_code, result.output


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_it_says_what_it_proved(app: Flask, tmp_path: Path, format: str) -> None:
    code, said = run(app, "verify", write(tmp_path, format=format), "--public-key", KEY)
    assert code == 0, said
    assert "This export is whole" in said
    assert "Entries       3, from 2026-11-22 16:11:46 UTC to 2026-11-22 16:13:46 UTC" in said
    assert f"Last hash     {ENTRIES[-1].hash}" in said
    assert "Whether it told the truth no file can show" in said


def test_it_says_what_is_wrong(app: Flask, tmp_path: Path) -> None:
    code, said = run(app, "verify", write(tmp_path, [ENTRIES[0], ENTRIES[2]], head_of(ENTRIES)), "--public-key", KEY)
    assert code == 1
    assert "Entry 2 is missing: line 2 holds a later one." in said
    assert "Nothing from there on is proved." in said


def test_it_goes_on_from_an_earlier_export_or_head(app: Flask, tmp_path: Path) -> None:
    earlier = tmp_path / "head.json"
    earlier.write_text(f"{head_of(ENTRIES[:2]).line}\n")
    code, said = run(app, "verify", write(tmp_path), "--public-key", KEY, "--since", earlier)
    assert code == 0, said
    assert "Goes on       from entry 2" in said
    code, said = run(app, "verify", write(tmp_path), "--public-key", KEY, "--since", write(tmp_path, format="csv"))
    assert code == 0, said
    anew = rechained([ENTRIES[1], ENTRIES[0], ENTRIES[2]])
    code, said = run(app, "verify", write(tmp_path, anew), "--public-key", KEY, "--since", earlier)
    assert code == 1
    assert "Entry 2 is not the one that was signed then: history was rewritten on the server." in said


@pytest.mark.parametrize("text", ["", "{}", "x", "number,at\n"])
def test_what_has_no_signed_head_is_nothing_to_go_on_from(app: Flask, tmp_path: Path, text: str) -> None:
    earlier = tmp_path / "earlier"
    earlier.write_text(text)
    code, said = run(app, "verify", write(tmp_path), "--public-key", KEY, "--since", earlier)
    assert (code, "does not end in a signed head" in said) == (1, True)


@pytest.mark.parametrize("key", ["x", to_base64(b"short"), "-----BEGIN PUBLIC KEY-----\nx", "a" * 5000])
def test_what_is_no_key_is_told_so(app: Flask, tmp_path: Path, key: str) -> None:
    code, said = run(app, "verify", write(tmp_path), "--public-key", key)
    assert (code, "This is no public key" in said) == (1, True)


def test_it_needs_no_server(app: Flask, bob: Person, tmp_path: Path) -> None:
    """Of what the pages give, with nothing set: no database, no keys."""
    (tmp_path / "export.csv").write_bytes(bob.post("/admin/activity/exports", data={"format": "csv"}).data)
    (tmp_path / "key.pem").write_bytes(bob.get("/admin/activity/public-key").data)
    program = [sys.executable, "-m", "webapp.audit", "verify", f"{tmp_path}/export.csv"]
    program += ["--public-key", f"{tmp_path}/key.pem"]
    environ = {"PATH": os.environ["PATH"]}
    done = subprocess.run(program, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "This export is whole" in done.stdout


def test_the_operator_prints_the_head_to_keep_it(app: Flask, bob: Person, tmp_path: Path) -> None:
    code, line = run(app, "head")
    assert code == 0, line
    kept = tmp_path / "head.json"
    kept.write_text(line)
    export = tmp_path / "export.jsonl"
    export.write_bytes(bob.post("/admin/activity/exports", data={"format": "jsonl"}).data)
    with app.app_context():
        key = AuditKey.of(bob.organisation_id).public_base64
    code, said = run(app, "verify", export, "--public-key", key, "--since", kept)
    assert code == 0, said


def test_without_an_organisation_there_is_no_head(app: Flask) -> None:
    assert run(app, "head")[0] == 1


def test_a_signature_is_over_what_it_says() -> None:
    """So that anybody can check one: the label, a newline, and each part behind its length."""
    head = head_of([])
    said = b"\x20" + b"1" * 32 + b"\x010" + b"\x40" + b"0" * 64 + b"\x1b2026-11-23T00:00:00.000000Z" + b"\x20" + PUBLIC
    assert head.octets == said
    assert head.signed(SEED).signature == head.signature
