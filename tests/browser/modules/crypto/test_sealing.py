"""age files between the browser, the age command and pyrage, and every way of breaking one."""

import base64
import shutil
import subprocess
from pathlib import Path

import pyrage
import pytest

from tests.browser.modules.conftest import Modules

TEXT = "Zoë’s secret\n".encode()


def test_pyrage_and_the_age_command_open_what_the_browser_seals(modules: Modules, tmp_path: Path) -> None:
    found = modules("""const identity = identities.makeIdentity();
        const other = await identities.recipientOf(identities.makeIdentity());
        const file = await sealing.seal(fromBase64(given), [other, await identities.recipientOf(identity)]);
        return { identity, file: base64(file) };""",
                    given=base64.b64encode(TEXT).decode())  # fmt: skip
    file = base64.b64decode(found["file"])
    assert pyrage.decrypt(file, [pyrage.x25519.Identity.from_str(found["identity"])]) == TEXT
    (tmp_path / "key.txt").write_text(found["identity"] + "\n")
    (tmp_path / "sealed.age").write_bytes(file)
    assert run_age("-d", "-i", str(tmp_path / "key.txt"), str(tmp_path / "sealed.age")) == TEXT


def test_the_browser_opens_what_pyrage_and_the_age_command_seal(modules: Modules) -> None:
    identity = pyrage.x25519.Identity.generate()
    files = [
        pyrage.encrypt(TEXT, [identity.to_public()]),
        run_age("-r", str(identity.to_public()), given=TEXT),
    ]
    opened = modules(
        "return Promise.all(files.map(async (each) => base64(await sealing.open(fromBase64(each), [identity]))))",
        files=[base64.b64encode(file).decode() for file in files],
        identity=str(identity),
    )
    assert [base64.b64decode(each) for each in opened] == [TEXT, TEXT]


def test_passphrase_files_go_both_ways_through_the_worker(modules: Modules) -> None:
    binary = pyrage.passphrase.encrypt(TEXT, "correct horse")
    found = modules("""const kdf = await load('device/kdf');
        const armored = await kdf.sealWithPassphrase(utf8('hello'), 'correct horse');
        return { armored, sealed: [sealing.isSealed(utf8(armored)), sealing.isSealed(fromBase64(binary)),
          sealing.isSealed(utf8('age'))],
          opened: [fromUtf8(await kdf.openWithPassphrase(utf8(armored), 'correct horse')),
                   base64(await kdf.openWithPassphrase(fromBase64(binary), 'correct horse'))],
          codes: [await code(() => kdf.openWithPassphrase(fromBase64(binary), 'wrong')),
                  await code(() => kdf.openWithPassphrase(utf8(armored.replace(/\\n[^-]/, '\\n!')),
                    'correct horse'))] };
        """, binary=base64.b64encode(binary).decode())  # fmt: skip
    assert pyrage.passphrase.decrypt(found["armored"].encode(), "correct horse") == b"hello"
    assert found["sealed"] == [True, True, False]
    assert (found["opened"][0], base64.b64decode(found["opened"][1])) == ("hello", TEXT)
    assert found["codes"] == ["wrong_passphrase", "malformed"]


def test_every_altered_byte_and_every_cut_is_refused(modules: Modules) -> None:
    found = modules("""const identity = identities.makeIdentity();
        const file = await sealing.seal(utf8('small'), [await identities.recipientOf(identity)]);
        const codes = new Set();
        for (let i = 0; i < file.length; i++) {
          const altered = file.slice(); altered[i] ^= 1;
          codes.add(await code(() => sealing.open(altered, [identity])));
          codes.add(await code(() => sealing.open(file.subarray(0, i), [identity])));
        }
        codes.add(await code(() => sealing.open(bytes.concat(file, new Uint8Array(1)), [identity])));
        return [...codes].sort();""")
    assert found == ["malformed", "wrong_key"]


def test_a_file_for_others_is_told_from_a_broken_one(modules: Modules) -> None:
    assert modules("""const [mine, theirs] = [identities.makeIdentity(), identities.makeIdentity()];
        const file = await sealing.seal(utf8('small'), [await identities.recipientOf(theirs)]);
        return Promise.all([() => sealing.open(file, [mine]), () => sealing.open(utf8('no file'), [mine]),
          () => sealing.open(file, ['AGE-SECRET-KEY-1']), () => sealing.seal(file, []), () => sealing.seal(file,
            ['age1pq1x'])].map(code));
        """) == ["wrong_key", "malformed", "malformed", "malformed", "malformed"]  # fmt: skip


def test_only_the_one_worker_can_start(modules: Modules) -> None:
    assert modules("""await load('device/kdf');
        try { new Worker('/static/js/device/workers/kdf.js',
          { type: 'module' }); return 'started'; } catch (error) { return error.name; }""") == "TypeError"  # fmt: skip
    modules.complaints.clear()


def run_age(*arguments: str, given: bytes = b"") -> bytes:
    """What the age command writes."""
    age = shutil.which("age")
    if age is None:
        pytest.skip("age is not installed")
    return subprocess.run([age, *arguments], input=given, capture_output=True, check=True).stdout
