"""What the server seals, and what happens when keys change."""

import pytest
from cryptography.fernet import Fernet

from webapp.crypto.sealing import SealBroken, Sealer, UnknownSealingKey

OLD, NEW = ("old", Fernet.generate_key().decode()), ("new", Fernet.generate_key().decode())


def test_what_was_sealed_comes_back() -> None:
    assert Sealer([OLD]).unseal(Sealer([OLD]).seal(b"share\0with zero", "a/1"), "a/1") == b"share\0with zero"


def test_a_value_put_into_another_row_is_refused() -> None:
    sealed = Sealer([OLD]).seal(b"share", "server-share/alice")
    with pytest.raises(SealBroken):
        Sealer([OLD]).unseal(sealed, "server-share/charlie")


def test_an_altered_value_is_refused() -> None:
    sealed = Sealer([OLD]).seal(b"share", "a")
    with pytest.raises(SealBroken):
        Sealer([OLD]).unseal(sealed[:-4] + "AAAA", "a")


def test_after_a_rotation_old_values_open_and_new_ones_use_the_first_key() -> None:
    rotated = Sealer([NEW, OLD])
    assert rotated.unseal(Sealer([OLD]).seal(b"share", "a"), "a") == b"share"
    assert rotated.seal(b"share", "a").startswith("new:")


def test_a_missing_key_is_named() -> None:
    with pytest.raises(UnknownSealingKey, match="old"):
        Sealer([NEW]).unseal(Sealer([OLD]).seal(b"share", "a"), "a")


def test_the_plain_value_is_not_in_the_sealed_one() -> None:
    assert b"canary" not in Sealer([OLD]).seal(b"canary", "a").encode()
