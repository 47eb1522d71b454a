"""Stock age files: `age` and `gunzip` open what is at rest when the service is gone, and age's files open here."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.vault.documents import maker, note
from webapp.client.__main__ import main
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.sealing import ARMOR_START, seal, unseal
from webapp.client.errors import Malformed, WrongKey
from webapp.client.formats import documents
from webapp.client.formats.recovery_keys import read_key, write_key
from webapp.client.formats.recovery_kits import RecoveryKit, write_kit

needs_age = pytest.mark.skipif(shutil.which("age") is None, reason="age is not installed: apt install age")
MEMBER = maker()
ROOT = Path(__file__).parents[3]


@pytest.fixture
def kit(tmp_path: Path) -> Path:
    """The member's Recovery Kit, saved."""
    kit = RecoveryKit(1, "2026-11-22T16:10:46Z", "zoe@example.org", "Example", MEMBER.kit)
    path = tmp_path / "kit.txt"
    path.write_text(write_kit(kit), encoding="utf-8")
    return path


@pytest.fixture
def vault(tmp_path: Path) -> Path:
    """A vault file of the member's."""
    path = tmp_path / "vault.age"
    path.write_bytes(MEMBER.file([note("Zoë’s note 🔑", "text")]))
    return path


def run(*command: object, stdin: bytes = b"") -> bytes:
    """What a command prints."""
    return subprocess.run([str(part) for part in command], input=stdin, capture_output=True, check=True).stdout


@needs_age
def test_age_and_gunzip_open_a_vault_with_the_kit(vault: Path, kit: Path) -> None:
    lines = run("gunzip", stdin=run("age", "-d", "-i", kit, vault))
    assert lines.count(b"\n") == 3
    assert documents.read(lines).body["items"][0]["title"] == "Zoë’s note 🔑"


@needs_age
@pytest.mark.parametrize("begins", ["age -d", "python -m webapp.client"])
def test_the_lines_of_the_readme_open_a_backup_when_the_service_is_gone(
    vault: Path, kit: Path, tmp_path: Path, begins: str
) -> None:
    """The very lines, in a shell, in a folder with the two files."""
    readme = (ROOT / "README.md").read_text().partition("## If this service is gone")[2]
    line = next(
        line for line in re.findall(r"(?:^|`)((?:age|python) [^`\n]+)", readme, re.M) if line.startswith(begins)
    )
    (tmp_path / "recovery-kit.txt").write_bytes(kit.read_bytes())
    (tmp_path / "FILE.age").write_bytes(vault.read_bytes())
    (tmp_path / "FILE").write_bytes(vault.read_bytes())
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        ["sh", "-ec", line],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT)},
        capture_output=True,
    )
    assert done.returncode == 0, done.stderr
    read = json.loads(done.stdout) if begins.startswith("python") else json.loads(done.stdout.splitlines()[2])
    assert read["items"][0]["title"] == "Zoë’s note 🔑"


@needs_age
@pytest.mark.parametrize("size", [0, 1, 65535, 65536, 65537, 1_000_000])
def test_files_made_by_age_open_here(tmp_path: Path, size: int) -> None:
    identity, other, plaintext = new_identity(), new_identity(), bytes(size)
    recipients = [part for key in (other, identity) for part in ("-r", recipient_of(key))]
    assert unseal(run("age", *recipients, stdin=plaintext), [identity]) == plaintext
    path = tmp_path / "identity.txt"
    path.write_text(identity)
    assert run("age", "-d", "-i", path, stdin=seal(plaintext, [recipient_of(identity)])) == plaintext


@needs_age
def test_a_document_sealed_by_age_opens_here(vault: Path, kit: Path) -> None:
    packed = run("age", "-d", "-i", kit, vault)
    file = run("age", *[part for recipient in MEMBER.recipients for part in ("-r", recipient)], stdin=packed)
    assert documents.open_document(file, [MEMBER.vault]).body["items"][0]["notes"] == "text"


@needs_age
def test_an_organisation_key_file_is_an_identity_file(tmp_path: Path) -> None:
    path = tmp_path / "key.txt"
    path.write_bytes(write_key(MEMBER.key))
    assert run("age", "-d", "-i", path, stdin=seal(b"share", [MEMBER.key.public.recipient])) == b"share"


@needs_age
def test_armored_files_are_no_vault_files(kit: Path) -> None:
    armored = run("age", "-a", "-r", MEMBER.recipients[0], stdin=b"")
    assert armored.startswith(ARMOR_START)
    with pytest.raises(Malformed):
        unseal(armored, [MEMBER.vault])


def test_an_organisation_key_under_a_passphrase_opens_with_it_only() -> None:
    file = write_key(MEMBER.key, "correct horse")
    assert b"signing-seed" not in file
    assert read_key(file, "correct horse") == MEMBER.key
    for passphrase in ("", "wrong horse"):
        with pytest.raises(WrongKey):
            read_key(file, passphrase)


def test_the_command_prints_the_items(vault: Path, kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["open", str(vault), "--kit", str(kit)]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert printed["items"][0]["title"] == "Zoë’s note 🔑"
    assert printed["manifest"]["user"] == MEMBER.user


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
@pytest.mark.parametrize("end", ["\r\n", "\r", " \n\n"])
def test_the_command_opens_with_a_kit_that_an_editor_saved(
    vault: Path, kit: Path, encoding: str, end: str, capsys: pytest.CaptureFixture[str]
) -> None:
    kit.write_bytes(kit.read_text().replace("\n", end).encode(encoding))
    assert main(["open", str(vault), "--kit", str(kit)]) == 0
    assert json.loads(capsys.readouterr().out)["items"]


def test_the_command_says_what_is_wrong(vault: Path, kit: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kit.write_text(f"{new_identity()}\n")
    assert main(["open", str(vault), "--kit", str(kit)]) == 1
    assert "doesn’t open" in capsys.readouterr().err
    kit.write_text("no key\n")
    assert main(["open", str(vault), "--kit", str(kit)]) == 1
    assert main(["open", str(vault.parent / "missing"), "--kit", str(kit)]) == 1
