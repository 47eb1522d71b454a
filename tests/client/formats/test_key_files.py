"""Recovery Kits and organisation recovery keys as files that people keep."""

import base64
import textwrap
from dataclasses import replace

import pytest

from tests.support.vault.documents import maker
from webapp.client.crypto.sealing import seal, straightened
from webapp.client.errors import KeyMismatch, Malformed
from webapp.client.formats.recovery_keys import read_key, write_key
from webapp.client.formats.recovery_kits import confirms, make_kit, read_kit, write_kit

KEY = maker().key
KIT = make_kit(3, "zoe@example.org", "Example")


def test_a_kit_comes_back() -> None:
    assert read_kit(write_kit(KIT)) == KIT
    assert read_kit("\ufeff" + write_kit(KIT).replace("\n", "\r\n")) == KIT


def test_a_key_comes_back() -> None:
    assert read_key(write_key(KEY)) == KEY


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_a_key_comes_back_from_what_an_editor_saved(encoding: str) -> None:
    edited = write_key(KEY).decode().replace("\n", " \r\n").encode(encoding)
    assert read_key(edited) == KEY


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_what_an_editor_made_of_an_armored_file_is_undone(encoding: str) -> None:
    lines = textwrap.wrap(base64.b64encode(bytes(range(200))).decode(), 64)
    lines = ["-----BEGIN AGE ENCRYPTED FILE-----", *lines, "-----END AGE ENCRYPTED FILE-----", ""]
    assert straightened("\r\n \r".join(lines).encode(encoding)) == "\n".join(lines).encode()
    sealed = seal(b"text", [KEY.public.recipient])
    assert straightened(sealed) == sealed


@pytest.mark.parametrize("file", [b"", b"\xff\xfe", b"\x81\x8d", bytes(range(256)), b"PK\x03\x04"])
def test_what_is_no_text_is_no_key(file: bytes) -> None:
    with pytest.raises(Malformed):
        read_key(file)


def test_a_name_cannot_add_a_line() -> None:
    tricky = replace(KIT, account="zoe\n# number: 9\nAGE-SECRET-KEY-1X", organisation=" a\u2028b\r\nc ")
    read = read_kit(write_kit(tricky))
    assert (read.number, read.identity) == (3, KIT.identity)
    assert read.organisation == "a b c"


def test_a_kit_is_confirmed_by_its_last_four_characters() -> None:
    last = KIT.identity[-4:]
    assert confirms(KIT, f" {last.lower()[:2]} {last[2:]} ")
    assert not confirms(KIT, last[1:])
    assert not confirms(KIT, "")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# Spare Key Recovery Kit\n# number: 1\n",
        write_key(KEY).decode(),
        write_kit(KIT) + KIT.identity,
        write_kit(KIT).replace("# number: 3\n", ""),
        write_kit(KIT).replace(KIT.identity, KIT.identity[:-1]),
    ],
)
def test_what_is_no_kit_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        read_kit(text)


@pytest.mark.parametrize("left_out", ["organisation:", "epoch", "signing-seed", "Spare Key", "made"])
def test_a_key_file_with_a_missing_line_is_refused(left_out: str) -> None:
    lines = write_key(KEY).decode().splitlines()
    with pytest.raises(Malformed):
        read_key("\n".join(line for line in lines if f"# {left_out}" not in line).encode())


@pytest.mark.parametrize("length", [52, 32, 16])
def test_a_fingerprint_is_met_in_full_by_link_or_as_typed(length: int) -> None:
    KEY.public.require(KEY.public.fingerprint[:length].upper())


@pytest.mark.parametrize("length", [0, 15, 17, 51])
def test_a_fingerprint_of_another_length_is_no_pin(length: int) -> None:
    with pytest.raises(KeyMismatch):
        KEY.public.require(KEY.public.fingerprint[:length])


def test_another_key_is_a_mismatch() -> None:
    changed = [replace(KEY, epoch=2), replace(KEY, organisation="0" * 32), replace(KEY, seed=bytes(32)), maker().key]
    for other in changed:
        with pytest.raises(KeyMismatch):
            KEY.public.require(other.public.fingerprint[:32])
