"""The search for secrets finds what it looks for: each test plants a canary."""

import base64
import secrets

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.attacks.leaks import disguises, find, gzipped
from webapp.client.crypto.identities import identity_of

CANARY = secrets.token_bytes(32)


@given(st.binary(max_size=40), st.binary(max_size=40))
@pytest.mark.parametrize(
    "encode",
    [bytes, base64.b64encode, base64.urlsafe_b64encode, base64.b32encode, lambda data: data.hex().encode()],
    ids=["raw", "base64", "base64url", "base32", "hex"],
)
def test_a_canary_is_found_wherever_it_stands(encode: object, before: bytes, after: bytes) -> None:
    assert callable(encode)
    assert find({"canary": CANARY}, [("place", b"noise" + encode(before + CANARY + after) + b"noise")])


def test_a_canary_is_found_in_an_age_identity() -> None:
    assert find({"canary": CANARY}, [("place", f"# kit\n{identity_of(CANARY)}\n".encode())])


@pytest.mark.parametrize("wrap", [gzipped, lambda data: base64.b64encode(gzipped(data))])
def test_a_canary_is_found_inside_compression(wrap: object) -> None:
    assert callable(wrap)
    assert find({"canary": CANARY}, [("place", wrap(b"x" * 100 + CANARY + b"y" * 100))])


def test_nothing_is_found_where_nothing_is() -> None:
    assert not find({"canary": CANARY}, [("place", secrets.token_bytes(100_000))])


def test_no_disguise_is_so_short_that_chance_would_find_it() -> None:
    assert min(len(pattern) for _, pattern in disguises(b"twelve bytes")) >= 8
