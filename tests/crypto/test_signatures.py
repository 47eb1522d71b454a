"""Ed25519 under labels."""

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from webapp.crypto.signatures import BadSignature, request_bytes, verify

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = KEY.public_key().public_bytes_raw()
GOOD = KEY.sign(b"label\nwords")


def test_a_good_signature_passes() -> None:
    verify("label", b"words", GOOD, PUBLIC)


@given(st.integers(0, 511))
def test_any_flipped_bit_is_refused(bit: int) -> None:
    bad = bytearray(GOOD)
    bad[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadSignature):
        verify("label", b"words", bytes(bad), PUBLIC)


@pytest.mark.parametrize(
    ("label", "data", "signature", "public"),
    [
        ("other", b"words", GOOD, PUBLIC),
        ("label", b"other", GOOD, PUBLIC),
        ("label", b"words", b"", PUBLIC),
        ("label", b"words", GOOD, b"short"),
        ("label", b"words", GOOD, bytes(32)),
        ("label\nwords", b"", GOOD, PUBLIC),
    ],
)
def test_another_label_text_signature_or_key_is_refused(
    label: str, data: bytes, signature: bytes, public: bytes
) -> None:
    with pytest.raises(BadSignature):
        verify(label, data, signature, public)


ARGUMENTS = ("https://keys.example", "POST", "/vault/file", "d" * 32, bytes(32), b"body")


@pytest.mark.parametrize("position", range(len(ARGUMENTS)))
def test_a_signed_request_covers_every_part_of_it(position: int) -> None:
    changed: list[Any] = list(ARGUMENTS)
    part = changed[position]
    changed[position] = part + "x" if isinstance(part, str) else part + b"x"
    assert request_bytes(*changed) != request_bytes(*ARGUMENTS)
