"""A server that relays a pairing and checks nothing: what it swaps, replays, reflects or crosses, the devices refuse;
and of each code that is shown it can test one guess at either device."""

import json
from typing import Any

import pytest

from tests.support.pairing.relay import Between, between
from tests.support.vault.documents import maker
from webapp.client.crypto.identities import new_identity
from webapp.client.crypto.signatures import new_seed
from webapp.client.errors import (
    BadShare,
    BadSignature,
    CodeUsed,
    DeviceError,
    Malformed,
    NotUnlocked,
    Reflected,
    WrongAccount,
    WrongCode,
    WrongOrigin,
    WrongPairing,
)
from webapp.client.formats.encoding import new_id, to_base64, to_json
from webapp.client.pairing.joiner import keys_of
from webapp.client.pairing.messages import ANNOUNCEMENT_LABEL, OFFER_LABEL, Keys, Signed, signed

EVIL = Keys(new_id(), new_seed(), new_identity())
"""The relay’s own keys."""


@pytest.fixture
def made() -> Between:
    return between()


def changed(message: str, **fields: Any) -> str:
    return to_json({**json.loads(message), **fields})


def resigned(message: Signed, label: str, keys: Keys = EVIL, **fields: Any) -> Signed:
    """The message as if those keys had sent it."""
    return signed(changed(message.exact, **keys.public(), **fields), label, keys.seed)


def meet(made: Between) -> None:
    """The person does as the pages say: shows the code, types it, waits."""
    made.ask()
    made.new.type_code(made.other.show_code())
    made.other.let_in()
    made.new.take_key()


def test_an_honest_relay_gets_both_devices_to_agree(made: Between) -> None:
    meet(made)
    assert made.new.vault
    assert made.new.vault.vault_key == made.member.vault
    assert [item["title"] for item in made.new.vault.items] == ["Bank"]


# Swapped keys


def test_the_relay_announces_itself_instead(made: Between) -> None:
    """The person types the right code at the real new device: its answer is for another run, however it is dressed."""
    made.new.begin()
    made.relay.lies["announcement"] = resigned(made.relay.heard["announcement"], ANNOUNCEMENT_LABEL)
    made.other.look()
    for dress in (False, True):
        made.new.state.used_codes = []
        made.new.type_code(made.other.show_code())
        assert made.other.waiting
        if dress:
            associated = to_base64(made.other.waiting.run.adb)
            made.relay.lies["answer"] = changed(made.relay.heard["answer"], associated=associated)
        with pytest.raises(WrongCode if dress else WrongPairing):
            made.other.let_in()
    made.require_nothing_given()
    assert made.relay.refusals == 2


@pytest.mark.parametrize("name", ["device", "sign", "recipient"])
def test_one_key_of_the_new_device_is_swapped(made: Between, name: str) -> None:
    made.new.begin()
    announced = made.relay.heard["announcement"]
    made.relay.lies["announcement"] = Signed(
        changed(announced.exact, **{name: EVIL.public()[name]}), announced.signature
    )
    with pytest.raises(BadSignature):
        made.other.look()


def test_the_relay_offers_itself_instead(made: Between) -> None:
    """It has the other device’s share under its own keys, and no code: what the new device answers helps it nowhere."""
    made.ask()
    code = made.other.show_code()
    made.relay.lies["offer"] = resigned(made.relay.heard["offer"], OFFER_LABEL)
    made.new.type_code(code)
    assert made.other.waiting
    associated = to_base64(made.other.waiting.run.adb)
    made.relay.lies["answer"] = changed(made.relay.heard["answer"], associated=associated)
    with pytest.raises(WrongCode):
        made.other.let_in()
    made.require_nothing_given()


@pytest.mark.parametrize(
    ("fields", "error"),
    [({"user": new_id()}, WrongAccount), ({"organisation": new_id()}, WrongAccount), ({"origin": "x"}, WrongOrigin)],
)
def test_somebody_elses_announcement_is_shown(made: Between, fields: dict[str, str], error: type[DeviceError]) -> None:
    made.new.begin()
    keys = keys_of(made.new.state)
    made.relay.lies["announcement"] = resigned(made.relay.heard["announcement"], ANNOUNCEMENT_LABEL, keys, **fields)
    with pytest.raises(error):
        made.other.look()


def test_the_sealed_key_is_swapped(made: Between) -> None:
    """The relay can’t say what was not said: neither another key, nor another tag, nor none."""
    made.ask()
    made.new.type_code(made.other.show_code())
    made.other.let_in()
    key = made.relay.heard["key"]
    for fields in ({"tag": to_base64(bytes(64))}, {"sealed": to_base64(bytes(80))}, {"sealed": ""}):
        made.relay.lies["key"] = changed(key, **fields)
        with pytest.raises((WrongCode, Malformed)):
            made.new.take_key()
    made.relay.lies = {}
    assert made.new.take_key(), "and the true one is still good"


# Replay, reflection, crossed messages


def test_an_answer_is_replayed(made: Between) -> None:
    made.ask()
    made.new.type_code(made.other.show_code())
    old = made.relay.heard["answer"]
    made.other.let_in()
    with pytest.raises(NotUnlocked):
        made.other.let_in()
    made.relay.heard.pop("key")
    made.other.show_code()
    made.relay.lies["answer"] = old
    with pytest.raises(WrongCode):
        made.other.let_in()
    made.require_nothing_given()


def test_an_offer_and_a_key_are_replayed(made: Between) -> None:
    made.ask()
    code = made.other.show_code()
    first = made.relay.heard["offer"]
    made.new.type_code(code)
    made.other.let_in()
    key = made.relay.heard.pop("key")
    made.relay.lies["offer"] = first
    with pytest.raises(CodeUsed):
        made.new.type_code("271828")
    made.relay.lies["offer"] = None
    second = made.other.show_code()
    made.relay.lies = {}
    made.new.type_code(second)
    made.relay.lies["key"] = key
    with pytest.raises(WrongCode):
        made.new.take_key()


def test_a_device_is_shown_itself(made: Between) -> None:
    made.new.begin()
    own = made.other.state
    made.relay.lies["announcement"] = resigned(made.relay.heard["announcement"], ANNOUNCEMENT_LABEL, keys_of(own))
    made.other.look()
    with pytest.raises(Reflected):
        made.other.show_code()


def test_messages_are_sent_back_to_whoever_sent_them(made: Between) -> None:
    made.ask()
    code = made.other.show_code()
    assert made.other.waiting
    mirrored = {"share": to_base64(made.other.waiting.share), "associated": to_base64(made.other.waiting.run.ada)}
    made.relay.lies["offer"] = made.relay.heard["announcement"]
    with pytest.raises(Malformed):
        made.new.type_code(code)
    made.relay.lies = {}
    made.new.type_code(code)
    made.relay.lies["answer"] = changed(made.relay.heard["answer"], **mirrored)
    with pytest.raises(Reflected):
        made.other.let_in()
    tag = json.loads(made.relay.heard["answer"])["tag"]
    told = {"v": 1, "type": "pairing-key", "pairing": made.new.id, "tag": tag, "sealed": ""}
    made.relay.lies["key"] = to_json(told)
    with pytest.raises(Reflected):
        made.new.take_key()
    made.require_nothing_given()


@pytest.mark.parametrize("named", [False, True], ids=["as it is", "under the other name"])
def test_messages_are_crossed_between_two_pairings(named: bool) -> None:
    """Of one member, at the same time, each with the right code."""
    member = maker()
    one, two = between(member), between(member)
    for each in (one, two):
        each.ask()
    codes = one.other.show_code(), two.other.show_code()
    one.relay.lies["offer"] = two.relay.heard["offer"]
    if named:
        exact = changed(two.relay.heard["offer"].exact, pairing=one.new.id)
        one.relay.lies["offer"] = Signed(exact, two.relay.heard["offer"].signature)
    with pytest.raises(BadSignature if named else WrongPairing):
        one.new.type_code(codes[1])
    one.relay.lies = {}
    one.new.type_code(codes[0])
    two.new.type_code(codes[1])
    crossed = two.relay.heard["answer"]
    one.relay.lies["answer"] = changed(crossed, pairing=one.new.id) if named else crossed
    with pytest.raises(WrongPairing):
        one.other.let_in()
    two.other.let_in()
    key = two.relay.heard["key"]
    one.relay.lies["key"] = changed(key, pairing=one.new.id) if named else key
    with pytest.raises(WrongCode if named else WrongPairing):
        one.new.take_key()
    one.require_nothing_given()


@pytest.mark.parametrize("share", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32])
def test_a_share_that_would_give_the_key_away_is_sent(made: Between, share: bytes) -> None:
    made.ask()
    made.new.type_code(made.other.show_code())
    made.relay.lies["answer"] = changed(made.relay.heard["answer"], share=to_base64(share))
    with pytest.raises(BadShare):
        made.other.let_in()
    made.require_nothing_given()
