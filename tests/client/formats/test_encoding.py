"""Encodings are read in the one way they are written; anything else is refused."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.vault.documents import maker
from webapp.client.crypto import sealing
from webapp.client.crypto.identities import identity_of, scalar_of
from webapp.client.errors import Malformed
from webapp.client.formats import documents
from webapp.client.formats.encoding import from_base64, from_json, to_base64, to_json, unframe
from webapp.client.formats.shapes import number, require
from webapp.crypto.framing import frame

JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner))


@given(st.binary())
def test_base64_comes_back(octets: bytes) -> None:
    assert from_base64(to_base64(octets), len(octets)) == octets


@pytest.mark.parametrize("text", ["A", "AA", "AA=", "AB==", "AAA\n=", " AAAA", "AA-_", "é", None, 5, b"AAAA"])
def test_what_is_no_base64_is_refused(text: object) -> None:
    with pytest.raises(Malformed):
        from_base64(text)


def test_base64_of_another_length_is_refused() -> None:
    with pytest.raises(Malformed):
        from_base64("AAAA", 32)


@given(JSON)
def test_json_comes_back_in_one_line(value: object) -> None:
    text = to_json(value)
    assert "\n" not in text
    assert from_json(text.encode()) == value


@pytest.mark.parametrize("text", ["", "NaN", "[Infinity]", "{", "[" * 100_000, b"\xff", b'"\xed\xa0\x80"'])
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(Malformed):
        from_json(text)


def test_json_never_says_nan() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_json(math.nan)


@given(st.dictionaries(st.text(), st.text()), st.binary())
def test_frames_come_back(header: dict[str, str], file: bytes) -> None:
    assert unframe(frame(header, file)) == (header, file)


@pytest.mark.parametrize("octets", [b"", b"\0\0\0", b"\0\0\0\1", b"\0\0\0\2[]", b"\0\0\0\2{x", b"\xff\xff\xff\xff{}"])
def test_what_is_no_frame_is_refused(octets: bytes) -> None:
    with pytest.raises(Malformed):
        unframe(octets)


@given(st.binary(min_size=32, max_size=32))
def test_identities_come_back(scalar: bytes) -> None:
    assert scalar_of(identity_of(scalar)) == scalar


@given(st.binary(max_size=40).filter(lambda octets: len(octets) != 32))
def test_an_identity_has_32_bytes(octets: bytes) -> None:
    with pytest.raises(Malformed):
        scalar_of(identity_of(octets))


def test_a_file_needs_a_recipient() -> None:
    with pytest.raises(Malformed):
        sealing.seal(b"", [])


def test_what_is_no_object_fits_no_shape() -> None:
    values: list[object] = [[], None, "text", {"n": True}, {"n": 1.0}, {"n": 1, "m": 2}, {}]
    for value in values:
        with pytest.raises(Malformed):
            require(value, {"n": number})


def test_what_is_no_gzip_is_no_document() -> None:
    member = maker()
    with pytest.raises(Malformed):
        documents.open_document(sealing.seal(b"not gzip", member.recipients), [member.vault])
