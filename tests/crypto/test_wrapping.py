"""Share S on its way to the device that asked."""

import pytest

from webapp.client.crypto.identities import _bech32, new_identity, recipient_of
from webapp.client.crypto.sealing import unseal
from webapp.crypto.wrapping import is_recipient, wrap

P = 2**255 - 19


def test_only_the_device_opens_what_was_wrapped_for_it() -> None:
    identity = new_identity()
    wrapped = wrap(b"share", recipient_of(identity))
    assert unseal(wrapped, [identity]) == b"share"
    assert b"share" not in wrapped


def test_what_a_browser_makes_is_a_recipient() -> None:
    assert all(is_recipient(recipient_of(new_identity())) for _ in range(20))


@pytest.mark.parametrize("number", [0, 1, P - 1, P, P + 1])
def test_a_point_to_which_anybody_could_open_is_none(number: int) -> None:
    assert not is_recipient(_bech32("age", number.to_bytes(32, "little")))


@pytest.mark.parametrize(
    "change", [str.upper, lambda text: text[:-1], lambda text: text + "q", lambda text: text[::-1]]
)
def test_anything_else_is_none(change: object) -> None:
    assert not is_recipient(change(recipient_of(new_identity())))  # type: ignore[operator]


@pytest.mark.parametrize("text", [None, 7, "", "age1", "ssh-ed25519 AAAA", "age1pq1" + "q" * 55])
def test_neither_is_another_kind_of_thing(text: object) -> None:
    assert not is_recipient(text)


def test_a_typing_mistake_is_noticed() -> None:
    text = recipient_of(new_identity())
    wrong = text[:10] + ("q" if text[10] != "q" else "p") + text[11:]
    assert not is_recipient(wrong)
