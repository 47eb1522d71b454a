"""Pairing: every field altered, and what a recording of everything said is worth to somebody who can try all codes."""

import collections
import hmac
import json

import pytest
from cryptography.exceptions import InvalidTag

from tests.client.pairing.test_protocol import (
    CODE,
    MEMBER,
    NEW,
    OLD,
    OTHER,
    PLACE,
    Run,
    changed,
    flipped,
    ids,
    resigned,
    run,
)
from webapp.client.crypto import cpace, ristretto
from webapp.client.crypto.cpace import Sent
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, public_key
from webapp.client.errors import BadShare, BadSignature, DeviceError, Malformed, Reflected, WrongCode, WrongPairing
from webapp.client.formats.encoding import from_base64, new_id, to_base64
from webapp.client.pairing import protocol
from webapp.client.pairing.messages import OFFER_LABEL, Signed, announce, read_announcement, signed

OTHERS = {
    "pairing": new_id(),
    "origin": "https://elsewhere.example",
    "organisation": new_id(),
    "user": new_id(),
    "device": new_id(),
    "sign": to_base64(public_key(new_seed())),
    "recipient": recipient_of(new_identity()),
    "nonce": to_base64(bytes(16)),
    "share": to_base64(ristretto.BASE.encode()),
    "browser": "Another",
    "made_at": "2020-01-01T00:00:00Z",
    "v": 2,
    "type": "another",
}
OF_NO_CONSEQUENCE = {"browser", "made_at", "organisation"}
"""Read by the person at O, and O's own check of the announcement; the keys are bound to neither."""


def finish(made: Run, answered: str) -> None:
    """O confirms, N accepts."""
    protocol.accept(made.state, protocol.confirm(made.waiting, answered, MEMBER.vault), NEW.identity)


@pytest.mark.parametrize("name", json.loads(run().announced.exact))
def test_an_announcement_altered_on_its_way_is_refused(name: str) -> None:
    made = run()
    altered = changed(made.announced.exact, **{name: OTHERS[name]})
    with pytest.raises((BadSignature, Malformed)):
        read_announcement(Signed(altered, made.announced.signature), PLACE, ids(made.announced))
    with pytest.raises(BadSignature):
        read_announcement(Signed(made.announced.exact, bytes(64)), PLACE, ids(made.announced))


@pytest.mark.parametrize("name", sorted(set(json.loads(run().announced.exact)) - OF_NO_CONSEQUENCE - {"v", "type"}))
def test_two_views_of_the_announcement_never_agree(name: str) -> None:
    """O read another text than N wrote, whoever signed it."""
    genuine = announce(PLACE, NEW, "Firefox on Linux")
    shown = json.loads(changed(resigned(genuine, NEW).exact, **{name: OTHERS[name]}))
    offered, waiting = protocol.offer(shown, CODE, OLD)
    offered = signed(changed(offered.exact, pairing=ids(genuine)), OFFER_LABEL, OLD.seed)
    answered, _ = protocol.answer(genuine.exact, offered, CODE)
    answered = changed(answered, pairing=shown["pairing"], associated=to_base64(waiting.run.adb))
    with pytest.raises(WrongCode):
        protocol.confirm(waiting, answered, MEMBER.vault)


@pytest.mark.parametrize("name", json.loads(run().offered.exact))
def test_an_offer_altered_on_its_way_is_refused(name: str) -> None:
    made = run()
    altered = changed(made.offered.exact, **{name: OTHERS[name]})
    with pytest.raises((BadSignature, Malformed)):
        protocol.answer(made.announced.exact, Signed(altered, made.offered.signature), CODE)


@pytest.mark.parametrize("name", ["nonce", "share", "device", "recipient", "sign"])
def test_an_offer_signed_anew_by_somebody_in_between_leads_nowhere(name: str) -> None:
    made = run()
    changes = {**{"sign": OTHER.public()["sign"]}, **({} if name == "sign" else {name: OTHERS[name]})}
    altered = signed(changed(made.offered.exact, **changes), OFFER_LABEL, OTHER.seed)
    answered, state = protocol.answer(made.announced.exact, altered, CODE)
    with pytest.raises(WrongCode):
        protocol.confirm(made.waiting, answered, MEMBER.vault)
    genuine = run(announced=made.announced)
    confirmed = protocol.confirm(genuine.waiting, genuine.answered, MEMBER.vault)
    with pytest.raises(WrongCode):
        protocol.accept(state, confirmed, NEW.identity)


@pytest.mark.parametrize(
    ("name", "refused"),
    [("v", Malformed), ("type", Malformed), ("pairing", WrongPairing), ("share", (WrongCode, BadShare)),
     ("associated", WrongPairing), ("tag", WrongCode)],
)  # fmt: skip
def test_an_answer_altered_on_its_way_is_refused(name: str, refused: type[DeviceError]) -> None:
    made = run()
    fields = json.loads(made.answered)
    altered = OTHERS[name] if name in ("v", "type", "pairing") else flipped(fields[name])
    with pytest.raises(refused):
        finish(made, changed(made.answered, **{name: altered}))
    for broken in ({name: None}, {"more": ""}, {name: "?"}):
        made = run()
        with pytest.raises(Malformed):
            finish(made, changed(made.answered, **broken))


def test_a_last_message_altered_on_its_way_is_refused() -> None:
    made = run()
    confirmed = protocol.confirm(made.waiting, made.answered, MEMBER.vault)
    fields, octets = json.loads(confirmed), from_base64(json.loads(confirmed)["sealed"])
    own = json.loads(made.answered)["tag"]
    altered = {"v": 2, "type": "another", "pairing": new_id(), "tag": flipped(fields["tag"])}
    refused = {"v": Malformed, "type": Malformed, "pairing": WrongPairing, "tag": WrongCode}
    for name, value in altered.items():
        with pytest.raises(refused[name]):
            protocol.accept(made.state, changed(confirmed, **{name: value}), NEW.identity)
    with pytest.raises(Reflected):
        protocol.accept(made.state, changed(confirmed, tag=own), NEW.identity)
    for place in range(0, len(octets), 7):
        sealed = octets[:place] + bytes([octets[place] ^ 1]) + octets[place + 1 :]
        for broken in (sealed, octets[:place]):
            with pytest.raises(Malformed):
                protocol.accept(made.state, changed(confirmed, sealed=to_base64(broken)), NEW.identity)


def guesses(code: str, made: Run) -> list[bytes]:
    """Every K that somebody with this code and the recording, but without a scalar, can put together."""
    a, b = ristretto.decode(made.waiting.share), ristretto.decode(from_base64(json.loads(made.answered)["share"]))
    generator = cpace.calculate_generator(code.encode(), made.waiting.run.ci, made.waiting.run.sid)
    return [point.encode() for point in (generator, a, b, a + b, generator + a, generator + b, generator + a + b)]


def fits(k: bytes, made: Run, confirmed: str) -> bool:
    """Whether a tag, or the box, of the recording says that this K is the one."""
    said, told, sid = json.loads(made.answered), json.loads(confirmed), made.waiting.run.sid
    a, b = Sent(made.waiting.share, made.waiting.run.ada), Sent(from_base64(said["share"]), made.waiting.run.adb)
    agreed, sealed = protocol._agree(sid, k, a, b), from_base64(told["sealed"])
    try:
        protocol._channel(agreed.isk, sid).decrypt(sealed[:12], sealed[12:], sid)
    except InvalidTag:
        return agreed.tag_a == from_base64(told["tag"]) or agreed.tag_b == from_base64(said["tag"])
    return True


def test_trying_codes_on_a_recording_tells_nothing() -> None:
    """A share is a uniformly random point whatever the code is, and K is no function of code and shares alone.

    So a try with the right code looks like one with any other; with one side's scalar in hand it would not.
    """
    made = run()
    scalar, share = made.waiting.scalar, made.waiting.share
    confirmed = protocol.confirm(made.waiting, made.answered, MEMBER.vault)
    sample = [CODE, *(f"{number:06}" for number in range(0, 1_000_000, 9973))]
    assert not [code for code in sample if any(fits(k, made, confirmed) for k in guesses(code, made))]
    assert scalar is not None
    k = cpace.scalar_mult_vfy(scalar, from_base64(json.loads(made.answered)["share"]))
    assert fits(k, made, confirmed)  # the check above would have noticed
    generators = {
        code: cpace.calculate_generator(code.encode(), made.waiting.run.ci, made.waiting.run.sid) for code in sample
    }
    assert [code for code in sample if cpace.scalar_mult(scalar, generators[code]) == share] == [CODE]


def test_the_same_search_finds_the_code_of_a_protocol_without_a_pake() -> None:
    """What pairing would be worth as HMAC(code, nonce): all 10^6 codes in seconds."""
    nonce = from_base64(json.loads(run().announced.exact)["nonce"])
    recorded = hmac.digest(CODE.encode(), nonce, "sha256")
    codes = (f"{number:06}" for number in range(1_000_000))
    assert [code for code in codes if hmac.digest(code.encode(), nonce, "sha256") == recorded] == [CODE]


def test_codes_are_six_digits_each_as_likely_as_any() -> None:
    drawn = [protocol.make_code() for _ in range(20_000)]
    assert {len(code) for code in drawn} == {6}
    for place in range(6):
        counts = collections.Counter(code[place] for code in drawn)
        assert set(counts) == set("0123456789")
        assert max(abs(count - 2000) for count in counts.values()) < 300  # seven standard deviations
