"""Encodings that are hashed, signed or read aloud."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.crypto.fingerprints import base32, from_typed, groups, lv


@given(st.lists(st.binary(max_size=300), max_size=4), st.lists(st.binary(max_size=300), max_size=4))
def test_no_two_lists_of_parts_share_an_encoding(one: list[bytes], other: list[bytes]) -> None:
    assert (lv(*one) == lv(*other)) == (one == other)


@pytest.mark.parametrize(
    ("parts", "encoded"),
    [
        ([b""], "00"),
        (["ab"], "026162"),
        ([b"\x00" * 127], "7f" + "00" * 127),
        ([b"\x00" * 128], "8001" + "00" * 128),
        (["é"], "02c3a9"),
    ],
)
def test_lengths_are_leb128_and_text_is_utf8(parts: list[bytes | str], encoded: str) -> None:
    assert lv(*parts).hex() == encoded


@pytest.mark.parametrize(
    ("data", "text"),
    [(b"f", "my"), (b"fo", "mzxq"), (b"foo", "mzxw6"), (b"foob", "mzxw6yq"), (b"foobar", "mzxw6ytboi")],
)
def test_base32_meets_the_vectors_of_rfc_4648_in_lower_case(data: bytes, text: str) -> None:
    assert base32(data) == text


@given(st.binary(min_size=10, max_size=10))
def test_what_is_shown_can_be_typed_in_any_way(data: bytes) -> None:
    text = base32(data)
    shown = groups(text)
    assert from_typed(shown) == from_typed(shown.upper().replace(" ", "-")) == from_typed(f"  {text} ") == text


def test_digits_that_base32_lacks_are_read_as_the_letters_they_look_like() -> None:
    assert from_typed("0l8 1O") == "olblo"
