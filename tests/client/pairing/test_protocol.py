"""Pairing: the honest run, and every attack of somebody in between: on the code, the keys, the order, the messages."""

import json
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.client.test_vectors import vectors
from tests.support.vault.documents import ORIGIN, maker
from webapp.client.crypto.identities import new_identity
from webapp.client.crypto.signatures import new_seed
from webapp.client.errors import (
    BadShare,
    Malformed,
    Reflected,
    WrongAccount,
    WrongCode,
    WrongOrigin,
    WrongPairing,
)
from webapp.client.formats.encoding import from_base64, new_id, to_base64, to_json
from webapp.client.pairing import protocol
from webapp.client.pairing.messages import (
    ANNOUNCEMENT_LABEL,
    OFFER_LABEL,
    Keys,
    Place,
    Signed,
    announce,
    read_announcement,
    require_listed,
    signed,
    transcript,
)

MEMBER = maker()
PLACE = Place(ORIGIN, MEMBER.organisation, MEMBER.user)
OLD = Keys(MEMBER.device, MEMBER.seed, MEMBER.identity)
NEW, OTHER = (Keys(new_id(), new_seed(), new_identity()) for _ in range(2))
CODE, WRONG = "042137", "042138"


@dataclass
class Run:
    """One pairing up to N's answer; `waiting` is O's state, `state` N's."""

    announced: Signed
    offered: Signed
    waiting: protocol.Offered
    answered: str
    state: protocol.Answered


def ids(message: Signed) -> str:
    """The pairing it belongs to."""
    return str(json.loads(message.exact)["pairing"])


def run(typed: str = CODE, announced: Signed | None = None) -> Run:
    """O shows CODE, somebody types `typed` at N."""
    announced = announced or announce(PLACE, NEW, "Firefox on Linux")
    offered, waiting = protocol.offer(read_announcement(announced, PLACE, ids(announced)), CODE, OLD)
    return Run(announced, offered, waiting, *protocol.answer(announced.exact, offered, typed))


def changed(message: str, **fields: Any) -> str:
    """A message with other fields."""
    return to_json({**json.loads(message), **fields})


def flipped(value: str) -> str:
    """Base64 with one bit changed."""
    octets = from_base64(value)
    return to_base64(bytes([octets[0] ^ 1]) + octets[1:])


def test_the_right_code_brings_the_vault_key() -> None:
    made = run()
    got = protocol.accept(made.state, protocol.confirm(made.waiting, made.answered, MEMBER.vault), NEW.identity)
    assert got.vault_key == MEMBER.vault
    assert got.by == OLD.public()
    require_listed(MEMBER.draft()["devices"], got.by)
    for name, value in NEW.public().items():
        with pytest.raises(WrongPairing):
            require_listed(MEMBER.draft()["devices"], {**got.by, name: value})


def test_the_published_run_is_accepted() -> None:
    made = vectors("pairings")
    state = protocol.Answered(
        json.loads(made["announcement"]["exact"])["pairing"],
        transcript(json.loads(made["announcement"]["exact"]), json.loads(made["offer"]["exact"])),
        protocol.Agreed(bytes.fromhex(made["isk"]), from_base64(json.loads(made["confirmation"])["tag"]), b""),
        {},
    )
    assert protocol.accept(state, made["confirmation"], made["new_identity"]).vault_key == made["vault_key"]


def test_a_wrong_code_uses_the_offer_up() -> None:
    made = run(WRONG)
    with pytest.raises(WrongCode):
        protocol.confirm(made.waiting, made.answered, MEMBER.vault)
    right, _ = protocol.answer(made.announced.exact, made.offered, CODE)
    with pytest.raises(WrongCode):
        protocol.confirm(made.waiting, right, MEMBER.vault)


@pytest.mark.parametrize("garbage", ["", "[]", "{}", "null", "{", '{"v":1}'])
def test_garbage_uses_the_offer_up_too(garbage: str) -> None:
    made = run()
    for answered, error in ((garbage, Malformed), (made.answered, WrongCode)):
        with pytest.raises(error):
            protocol.confirm(made.waiting, answered, MEMBER.vault)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "12345a", "１２３４５６", "123456\n", " 12345"])
def test_a_code_has_six_digits(code: str) -> None:
    with pytest.raises(Malformed):
        run(code)


def test_an_announcement_is_for_one_place_member_and_pairing() -> None:
    announced = announce(PLACE, NEW, "Firefox on Linux")
    for place, name, error in (
        (replace(PLACE, origin="https://elsewhere.example"), ids(announced), WrongOrigin),
        (replace(PLACE, user=new_id()), ids(announced), WrongAccount),
        (replace(PLACE, organisation=new_id()), ids(announced), WrongAccount),
        (PLACE, new_id(), WrongPairing),
    ):
        with pytest.raises(error):
            read_announcement(announced, place, name)


def resigned(announced: Signed, keys: Keys, **fields: Any) -> Signed:
    """The announcement of somebody in between, for the same pairing."""
    return signed(changed(announced.exact, **keys.public(), **fields), ANNOUNCEMENT_LABEL, keys.seed)


def test_swapped_keys_fail_even_with_the_right_code() -> None:
    """O was shown a relay's keys; the person types the right code at the real N."""
    genuine = announce(PLACE, NEW, "Firefox on Linux")
    relayed = resigned(genuine, OTHER)
    shown = read_announcement(relayed, PLACE, ids(genuine))
    for swap in (False, True):
        offered, waiting = protocol.offer(shown, CODE, OLD)
        answered, _ = protocol.answer(genuine.exact, offered, CODE)
        if swap:
            answered = changed(answered, associated=to_base64(waiting.run.adb))
        with pytest.raises(WrongCode if swap else WrongPairing):
            protocol.confirm(waiting, answered, MEMBER.vault)


def test_an_impostor_of_the_other_device_has_one_guess() -> None:
    announced = announce(PLACE, NEW, "Firefox on Linux")
    fields = read_announcement(announced, PLACE, ids(announced))
    offered, waiting = protocol.offer(fields, WRONG, OTHER)
    answered, state = protocol.answer(announced.exact, offered, CODE)
    with pytest.raises(WrongCode):
        protocol.confirm(waiting, answered, OTHER.identity)
    for tag, error in ((bytes(64), WrongCode), (from_base64(json.loads(answered)["tag"]), Reflected)):
        told = {"v": 1, "type": "pairing-key", "pairing": ids(announced)}
        with pytest.raises(error):
            protocol.accept(state, to_json({**told, "tag": to_base64(tag), "sealed": ""}), NEW.identity)


def test_replayed_messages_are_refused() -> None:
    first = run()
    confirmed = protocol.confirm(first.waiting, first.answered, MEMBER.vault)
    with pytest.raises(WrongCode):
        protocol.confirm(first.waiting, first.answered, MEMBER.vault)
    again = run(announced=first.announced)
    with pytest.raises(WrongCode):
        protocol.confirm(again.waiting, first.answered, MEMBER.vault)
    with pytest.raises(WrongCode):
        protocol.accept(again.state, confirmed, NEW.identity)


def test_reflected_messages_are_refused() -> None:
    for name in ("device", "sign", "recipient"):
        mine = {name: NEW.public()[name]}
        with pytest.raises(Reflected):
            transcript(NEW.public(), {**OLD.public(), **mine})
    for field, mirrored in (("share", "share"), ("associated", "ada")):
        made = run()
        own = made.waiting.share if mirrored == "share" else made.waiting.run.ada
        with pytest.raises(Reflected):
            protocol.confirm(made.waiting, changed(made.answered, **{field: to_base64(own)}), MEMBER.vault)
    made = run()
    for message in (made.announced.exact, made.offered.exact, made.answered):
        with pytest.raises(Malformed):
            protocol.accept(made.state, message, NEW.identity)
    with pytest.raises(Malformed):
        protocol.answer(made.announced.exact, made.announced, CODE)
    with pytest.raises(Malformed):
        protocol.confirm(made.waiting, made.offered.exact, MEMBER.vault)


def test_messages_crossed_between_two_pairings_are_refused() -> None:
    one, two, three = run(), run(), run()
    with pytest.raises(WrongPairing):
        protocol.answer(one.announced.exact, two.offered, CODE)
    with pytest.raises(WrongPairing):
        protocol.confirm(one.waiting, two.answered, MEMBER.vault)
    confirmed = protocol.confirm(two.waiting, two.answered, MEMBER.vault)
    with pytest.raises(WrongPairing):
        protocol.accept(one.state, confirmed, NEW.identity)
    renamed = {"pairing": ids(three.announced)}
    with pytest.raises(WrongCode):
        protocol.confirm(three.waiting, changed(one.answered, **renamed), MEMBER.vault)
    with pytest.raises(WrongCode):
        protocol.accept(three.state, changed(confirmed, **renamed), NEW.identity)


@pytest.mark.parametrize("share", [bytes(32), b"\x01" + bytes(31), b"\xff" * 32])
def test_the_neutral_point_and_what_is_no_point_end_a_run(share: bytes) -> None:
    made = run()
    offered = signed(changed(made.offered.exact, share=to_base64(share)), OFFER_LABEL, OLD.seed)
    with pytest.raises(BadShare):
        protocol.answer(made.announced.exact, offered, CODE)
    with pytest.raises(BadShare):
        protocol.confirm(made.waiting, changed(made.answered, share=to_base64(share)), MEMBER.vault)
