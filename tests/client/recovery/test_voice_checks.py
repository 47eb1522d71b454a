"""The six digits told back: how they are made, and what this device counts."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.vault.documents import ORIGIN, maker
from tests.vectors.generate import FOLDER
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed
from webapp.client.device.state import DeviceState
from webapp.client.errors import CheckStopped, KeyMismatch, NoDigits, WrongDigits
from webapp.client.formats.encoding import from_base64, new_id, to_base64
from webapp.client.formats.key_successions import Succession, leads_to
from webapp.client.formats.restore_requests import Asker, RestoreRequest, Told, make_request, verify_request
from webapp.client.recovery.voice_checks import BOUND, TRIES, VoiceCheck, digits_of, digits_to_tell

MEMBER = maker()
KEY = MEMBER.key.public
DANA, SAM = new_id(), new_id()


def vectors() -> Any:
    return json.loads((FOLDER / "voice-checks.json").read_text(encoding="utf-8"))


def asked(fingerprint: str = KEY.fingerprint, approvers: tuple[str, ...] = (DANA, SAM)) -> RestoreRequest:
    """A request that names this key and these people."""
    asker = Asker(ORIGIN, MEMBER.organisation, MEMBER.user, new_id(), recipient_of(new_identity()), "Firefox")
    return make_request(asker, new_id(), "0" * 64, new_seed(), Told(fingerprint, approvers=approvers))


def checking(request: RestoreRequest) -> VoiceCheck:
    """On a blank device."""
    return VoiceCheck(DeviceState(ORIGIN, MEMBER.organisation, MEMBER.user, "", "Firefox"), request)


def wrong(request: RestoreRequest) -> str:
    """Digits that fit nobody."""
    told = {digits_to_tell(request, KEY.fingerprint, each) for each in (DANA, SAM)}
    return next(digits for digits in ("000000", "111111", "222222") if digits not in told)


def test_the_vectors_hold() -> None:
    made = vectors()
    given = made["request"]
    request = RestoreRequest(given["exact"], from_base64(given["signature"]))
    assert verify_request(request)["v"] == 2
    assert (request.fingerprint, request.sha256) == (given["fingerprint"], given["sha256"])
    assert request.organisation_key == given["organisation_key"]
    assert [each.fields() for each in request.successions] == given["successions"]
    organisation = request.fields["organisation"]
    assert leads_to(request.successions, organisation, made["known"], request.organisation_key)
    for told in (*made["digits"], made["of_another_key"]):
        assert digits_to_tell(request, told["fingerprint"], told["approver"]) == told["digits"]
        assert digits_of(bytes.fromhex(told["sha256"])) == told["digits"]
    naming = RestoreRequest(made["naming"]["exact"], from_base64(made["naming"]["signature"]))
    assert verify_request(naming)["approvers"] == naming.approvers == made["naming"]["approvers"]
    assert request.approvers == []
    for edge in made["truncation"]:
        assert digits_of(bytes.fromhex(edge["sha256"])) == edge["digits"]


def test_the_vectors_have_leading_zeros_and_a_word_that_is_passed_over() -> None:
    made = vectors()["digits"]
    assert any(told["digits"].startswith("0") for told in made)
    assert any(int(told["sha256"][:8], 16) >= BOUND for told in made)


def test_no_number_is_likelier_than_another() -> None:
    assert BOUND % 1_000_000 == 0
    assert BOUND + 1_000_000 > 2**32


def test_digits_are_of_one_request_one_key_and_one_approver() -> None:
    request, told = asked(), set()
    for of in ((request, KEY, DANA), (asked(), KEY, DANA), (request, maker().key.public, DANA), (request, KEY, SAM)):
        told.add(digits_to_tell(of[0], of[1].fingerprint, of[2]))
    assert len(told) == 4
    assert digits_to_tell(request, KEY.fingerprint, DANA) in told


def test_the_origin_is_part_of_it() -> None:
    request = asked()
    moved = replace(request, exact=request.exact.replace(ORIGIN, "https://keys.example.com"))
    assert digits_to_tell(request, KEY.fingerprint, DANA) != digits_to_tell(moved, KEY.fingerprint, DANA)


def test_right_digits_say_who_told_them() -> None:
    request = asked()
    check = checking(request)
    digits = digits_to_tell(request, KEY.fingerprint, SAM)
    check.type_digits(f" {digits[:3]} {digits[3:]} ")
    assert check.is_told_by(SAM)
    assert not check.is_told_by(DANA)
    assert (check.state.digits_by, check.state.digits_tries) == (SAM, 0)


@pytest.mark.parametrize("case", ["another request", "another approver", "another key"])
def test_digits_of_something_else_do_not_fit(case: str) -> None:
    request = asked()
    told = {
        "another request": (asked(), KEY.fingerprint, DANA),
        "another approver": (request, KEY.fingerprint, SAM),
        "another key": (request, maker().key.public.fingerprint, DANA),
    }
    check = checking(request)
    with pytest.raises(WrongDigits) as caught:
        check.type_digits(digits_to_tell(*told[case]), DANA)
    assert (caught.value.tries_left, check.state.digits_by) == (TRIES - 1, "")


def test_the_fifth_wrong_try_stops_it_for_good(tmp_path: Path) -> None:
    request = asked()
    check = checking(request)
    for left in (4, 3, 2, 1):
        with pytest.raises(WrongDigits) as caught:
            check.type_digits(wrong(request))
        assert caught.value.tries_left == left
    check.state.save(tmp_path / "device.json")
    tomorrow = VoiceCheck(DeviceState.load(tmp_path / "device.json"), request)
    right = digits_to_tell(request, KEY.fingerprint, DANA)
    with pytest.raises(CheckStopped):
        tomorrow.type_digits(wrong(request))
    typed: Callable[[], object] = lambda: tomorrow.type_digits(right)  # noqa: E731
    for work in (typed, tomorrow.go_on_unconfirmed, tomorrow.require_running):
        with pytest.raises(CheckStopped):
            work()
    assert tomorrow.state.digits_by == ""


def test_a_try_counts_before_it_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    check = checking(asked())

    def broken(*_: object) -> str:
        raise KeyboardInterrupt

    monkeypatch.setattr("webapp.client.recovery.voice_checks.digits_to_tell", broken)
    with pytest.raises(KeyboardInterrupt):
        check.type_digits("123456")
    assert check.state.digits_tries == 1


@pytest.mark.parametrize("typed", ["", "12345", "1234567", "12345a", "١٢٣٤٥٦"])
def test_what_are_no_six_digits_is_no_try(typed: str) -> None:
    check = checking(asked())
    with pytest.raises(NoDigits):
        check.type_digits(typed)
    assert check.state.digits_tries == 0


@pytest.mark.parametrize(
    ("named", "approver"), [((), ""), ((), DANA), ((SAM,), DANA)], ids=["nobody", "none named", "another named"]
)
def test_digits_of_somebody_whom_the_request_does_not_name_are_no_try(named: tuple[str, ...], approver: str) -> None:
    request = asked(approvers=named)
    check = checking(request)
    with pytest.raises(NoDigits):
        check.type_digits(digits_to_tell(request, KEY.fingerprint, DANA), approver)
    assert check.state.digits_tries == 0
    check.state.digits_by = DANA  # noted by a version that believed the page
    assert not check.is_told_by(DANA)


def test_the_keys_own_characters_do_as_well() -> None:
    for length in (16, 32, 52):
        check = checking(asked())
        check.type_characters(KEY.fingerprint[:length].upper())
        assert check.state.key_compared


@pytest.mark.parametrize("length", [0, 4, 15])
def test_too_few_characters_confirm_nothing(length: int) -> None:
    check = checking(asked())
    for typed in (KEY.fingerprint[:length], maker().key.public.fingerprint[:16]):
        with pytest.raises(KeyMismatch):
            check.type_characters(typed)
    assert not check.state.key_compared


def test_more_statements_than_a_request_may_have_are_left_out() -> None:
    asker = Asker(ORIGIN, MEMBER.organisation, MEMBER.user, new_id(), recipient_of(new_identity()), "Firefox")
    many = tuple(Succession(str(number), bytes(64)) for number in range(31))
    found = [
        make_request(asker, new_id(), "0" * 64, new_seed(), Told(KEY.fingerprint, some)).fields["successions"]
        for some in (many, many[:30])
    ]
    assert found == [[], [{"statement": each.statement, "signature": to_base64(bytes(64))} for each in many[:30]]]
