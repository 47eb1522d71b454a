"""What a relay that checks nothing can win: one guess at either device for each code that is shown, and no other
vault than the member’s own."""

import json
from collections.abc import Callable

import pytest

from tests.hostile.test_pairing_relay import EVIL, resigned
from tests.support.pairing.relay import Between, between
from tests.support.vault.documents import note
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.errors import (
    CodesUsedUp,
    CodeUsed,
    DeviceError,
    NotUnlocked,
    OlderThanSeen,
    WrongCode,
    WrongKey,
    WrongPairing,
)
from webapp.client.formats import documents
from webapp.client.formats.document_shapes import DeviceEntry
from webapp.client.pairing import protocol
from webapp.client.pairing.messages import ANNOUNCEMENT_LABEL

CODES = [f"{number:06}" for number in range(10)]
"""Of a world with ten codes instead of a million: small enough to try them all."""


def guess_at_other(made: Between, code: str, guesses: list[str]) -> list[str]:
    """The relay plays the new device; returns the guesses that it got an answer to. Wins if a key comes."""
    made.new.begin()
    made.relay.lies["announcement"] = resigned(made.relay.heard["announcement"], ANNOUNCEMENT_LABEL)
    made.other.look()
    show(made, code)
    tested = []
    for guess in guesses:
        announced = made.relay.told("announcement").exact
        made.relay.lies["answer"], state = protocol.answer(announced, made.relay.heard["offer"], guess)
        try:
            made.other.let_in()
        except NotUnlocked:
            continue
        except WrongCode:
            tested.append(guess)
            continue
        tested.append(guess)
        assert protocol.accept(state, made.relay.heard["key"], EVIL.identity).vault_key == made.member.vault
    return tested


def guess_at_new(made: Between, code: str, guesses: list[str]) -> tuple[list[str], bool]:
    """The relay plays the other device; returns the guesses that it got an answer to, and whether one was right."""
    if not made.new.state.pairing:
        made.new.begin()
    announced = made.relay.heard["announcement"]
    tested, right = [], False
    for guess in guesses:
        made.relay.lies["offer"], waiting = protocol.offer(json.loads(announced.exact), guess, EVIL)
        try:
            made.new.type_code(code)
        except CodeUsed:
            continue
        tested.append(guess)
        try:
            protocol.confirm(waiting, made.relay.heard["answer"], new_identity())
            right = True
        except WrongCode:
            pass
    return tested, right


def show(made: Between, code: str) -> None:
    """The other device draws this code."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(protocol, "make_code", lambda: code)
        assert made.other.show_code() == code


def test_a_code_is_tested_once_at_the_other_device() -> None:
    for code in CODES:
        made = between()
        assert guess_at_other(made, code, CODES) == [CODES[0]]
        assert ("key" in made.relay.heard) == (code == CODES[0])


def test_a_code_is_tested_once_at_the_new_device_however_often_it_is_typed() -> None:
    for code in CODES:
        assert guess_at_new(between(), code, CODES) == ([CODES[0]], code == CODES[0])


def test_a_relay_that_learns_from_one_device_wins_two_codes_of_all() -> None:
    """2 in 10 here, so 2 in 1,000,000 of six digits: first a guess at the new device, then another at the other one."""
    won = 0
    for code in CODES:
        made = between()
        made.new.begin()
        _, right = guess_at_new(made, code, [CODES[3]])
        announced = resigned(made.relay.heard["announcement"], ANNOUNCEMENT_LABEL)
        made.relay.lies = {"announcement": announced}
        made.other.look()
        show(made, code)
        message, _ = protocol.answer(announced.exact, made.relay.heard["offer"], CODES[7])
        made.relay.lies["answer"] = message
        try:
            made.other.let_in()
            right = True
        except WrongCode:
            pass
        won += right
    assert won == 2


def test_the_answer_of_the_new_device_tells_of_no_other_code() -> None:
    """The relay keeps everything and tries every code later, with the scalar it really has: only its guess is told."""
    for code in CODES:
        made = between()
        made.new.begin()
        fields = json.loads(made.relay.heard["announcement"].exact)
        offered, waiting = protocol.offer(fields, CODES[3], EVIL)
        made.relay.lies["offer"] = offered
        made.new.type_code(code)
        fits = []
        for guess in CODES:
            _, other = protocol.offer(fields, guess, EVIL)
            for state in (waiting, other):
                state = protocol.Offered(state.pairing, state.recipient, waiting.run, waiting.share, state.scalar)
                try:
                    protocol.confirm(state, made.relay.heard["answer"], new_identity())
                    fits.append(guess)
                except WrongCode:
                    pass
        assert fits == (CODES if code == CODES[3] else []), "right or wrong about one code, never about another"


def test_the_other_device_shows_three_codes_a_day_whoever_counts() -> None:
    """So a relay has six guesses a day, three at either device: 6 in 1,000,000."""
    made, guesses = between(), 0
    for _ in range(3):
        made.relay.lies = {}
        made.ask()
        code = made.other.show_code()
        right = f"{(int(code) + 1) % 1_000_000:06}"
        guesses += len(guess_at_new(made, code, [right])[0])
        made.relay.lies["answer"], _ = protocol.answer(
            made.relay.heard["announcement"].exact, made.relay.heard["offer"], right
        )
        with pytest.raises(WrongCode):
            made.other.let_in()
        guesses += 1
    with pytest.raises(CodesUsedUp):
        made.other.show_code()
    assert guesses == 6
    made.require_nothing_given()


# Other vaults than the member’s


def entry(made: Between) -> DeviceEntry:
    return made.new.state.entry


def unlisted(made: Between) -> bytes:
    """The member’s own vault from before: it names no new device."""
    return documents.seal_document(made.member.document(), made.member.recipients)


def forged(made: Between) -> bytes:
    """A vault of the relay’s that names both devices, under a vault key of its own."""
    draft = {**made.member.draft(), "devices": [*made.member.draft()["devices"], entry(made)]}
    document = documents.write(draft, made.member.body([note("Forged")]), made.member.seed)  # type: ignore[arg-type]
    return documents.seal_document(document, [recipient_of(EVIL.identity)])


@pytest.mark.parametrize(("vault", "error"), [(unlisted, WrongPairing), (forged, WrongKey)])
def test_the_new_device_takes_only_the_vault_that_lists_it(
    vault: Callable[[Between], bytes], error: type[DeviceError]
) -> None:
    made = between()
    made.ask()
    made.new.type_code(made.other.show_code())
    made.other.let_in()
    made.relay.lies["vault"] = vault(made)
    with pytest.raises(error):
        made.new.take_key()
    assert made.new.vault is None


def test_the_other_device_lists_nobody_in_an_older_vault() -> None:
    made = between()
    made.other.state.seen_epoch, made.other.state.seen_counter = 1, 2
    made.ask()
    made.new.type_code(made.other.show_code())
    with pytest.raises(OlderThanSeen):
        made.other.let_in()
    made.require_nothing_given()


def test_a_new_device_that_was_let_in_by_another_than_it_answered_refuses() -> None:
    """The key is right, but the vault that comes names another device of the member in the place of who sent it."""
    made = between()
    made.ask()
    made.new.type_code(made.other.show_code())
    made.other.let_in()
    document = documents.open_document(made.relay.file, [made.member.vault])
    devices = [{**each, "recipient": recipient_of(EVIL.identity)} for each in document.manifest["devices"]]
    written = documents.write({**document.manifest, "devices": devices}, document.body, made.member.seed)  # type: ignore[typeddict-item]
    made.relay.lies["vault"] = documents.seal_document(written, made.member.recipients)
    with pytest.raises(WrongPairing):
        made.new.take_key()
