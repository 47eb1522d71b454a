"""Octets with a header."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.crypto.framing import Malformed, frame, unframe


@given(st.dictionaries(st.text(), st.text()), st.binary())
def test_what_was_framed_comes_apart_again(header: dict[str, str], file: bytes) -> None:
    assert unframe(frame(header, file)) == (header, file)


@pytest.mark.parametrize(
    "body",
    [b"", b"\0\0\0", b"\0\0\0\x05{}", b"\0\0\0\x02[]", b"\0\0\0\x02{x", b"\0\0\0\x01\xff", b"\xff\xff\xff\xff" + b"{}"],
)
def test_anything_else_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        unframe(body)


@given(st.binary(max_size=64))
def test_arbitrary_bytes_never_fail_in_another_way(body: bytes) -> None:
    with contextlib.suppress(Malformed):
        unframe(body)
