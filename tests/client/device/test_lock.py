"""The device lock opens with the PIN, the device key and the server share, in its own place; with two of them never."""

from dataclasses import replace

import pytest

from tests.support.vault.documents import ORIGIN, maker
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.sealing import seal
from webapp.client.device import lock
from webapp.client.errors import Malformed, WrongKey

pytestmark = pytest.mark.usefixtures("real_pins")

MEMBER = maker()
PLACE = lock.Place(ORIGIN, MEMBER.user, MEMBER.device)
SALT, SHARE = b"s" * 16, b"h" * 32
KEY = lock.unlock_key(lock.stretch("246810", SALT), SHARE, PLACE)


def keyslot() -> bytes:
    """A lock of the member's device."""
    return lock.make_keyslot(MEMBER.vault, KEY, recipient_of(MEMBER.identity), PLACE)


def test_all_three_parts_open_it() -> None:
    assert lock.open_keyslot(keyslot(), KEY, MEMBER.identity, PLACE) == MEMBER.vault


def test_another_pin_share_salt_or_place_does_not() -> None:
    stretched = lock.stretch("246810", SALT)
    places = [replace(PLACE, **{name: "other"}) for name in ("origin", "user", "device")]
    others = [
        lock.unlock_key(lock.stretch("246811", SALT), SHARE, PLACE),
        lock.unlock_key(lock.stretch("246810", b"t" * 16), SHARE, PLACE),
        lock.unlock_key(stretched, b"i" * 32, PLACE),
        *[lock.unlock_key(stretched, SHARE, place) for place in places],
    ]
    for other in others:
        with pytest.raises(WrongKey):
            lock.open_keyslot(keyslot(), other, MEMBER.identity, PLACE)
    for place in places:
        with pytest.raises(WrongKey):
            lock.open_keyslot(keyslot(), KEY, MEMBER.identity, place)


def test_another_device_does_not() -> None:
    with pytest.raises(WrongKey):
        lock.open_keyslot(keyslot(), KEY, new_identity(), PLACE)


@pytest.mark.parametrize("inside", [b"", b"x", bytes(12), bytes(40)])
def test_what_is_no_keyslot_is_refused(inside: bytes) -> None:
    with pytest.raises((WrongKey, Malformed)):
        lock.open_keyslot(seal(inside, [recipient_of(MEMBER.identity)]), KEY, MEMBER.identity, PLACE)


def test_the_proof_tells_nothing_of_the_key() -> None:
    assert lock.pin_proof(lock.stretch("246810", SALT), PLACE) != KEY


def test_a_pin_typed_in_other_digits_is_the_same() -> None:
    assert lock.stretch("１２３４５６", SALT) == lock.stretch("123456", SALT)
