"""The octets of recoveries that need nobody’s help: to whom they are open, what comes out, and what others are told."""

import base64
from typing import Any

import pytest
from flask import Flask

from tests.support.people.marks import hold
from tests.support.people.people import Person, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.self_service import WAYS, Own, own
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import MadeDevice, login
from tests.views.recovery.test_restores import edited
from webapp.client.crypto.identities import _bech32, identity_of
from webapp.client.formats.encoding import to_base64, to_json, unframe
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.flows.recovery_methods import RecoveryMethod
from webapp.models.directory.user import User

WITH_A_KEY = (RecoveryMethod.LOCAL_BACKUP, RecoveryMethod.RECOVERY_KIT)


@pytest.fixture(params=WAYS)
def made(request: pytest.FixtureRequest, alice: Person) -> Own:
    """A new browser of alice’s, once on each way; her vault has an item."""
    enrolled(alice, [login("Bank")])
    return own(alice, request.param)


@pytest.fixture
def kit(alice: Person) -> Own:
    """The same with the Recovery Kit."""
    enrolled(alice, [login("Bank")])
    return own(alice, RecoveryMethod.RECOVERY_KIT)


def rows(app: Flask) -> dict[str, list[tuple[Any, ...]]]:
    """Everything but what a browser leaves by being there."""
    with app.app_context():
        return {name: found for name, found in everything().items() if name != "sign_in"}


def test_a_key_gets_the_newest_vault_and_a_new_account_its_place(made: Own, alice: Person) -> None:
    assert alice.device
    answer = made.begin()
    assert answer.status_code == 200
    header, file = unframe(answer.data)
    assert header == {**made.place(), "size": len(file)}
    assert file == (b"" if made.way == RecoveryMethod.NEW_ACCOUNT else alice.device.file)
    assert unframe(made.begin().data) == (header, file), "again, the same"


def test_the_whole_way_opens_the_vault_here_and_nowhere_else(made: Own, alice: Person) -> None:
    made.begin()
    body = made.finish_body()
    stored = {"device": made.device.id, "epoch": 2, "counter": 2, "sha256": unframe(body)[0]["file_sha256"]}
    for _ in range(2):
        answer = made.signed("/finish", body)
        assert (answer.status_code, answer.get_json()) == (200, {"next": "/recovery/done", **stored})
    assert made.client.get("/vault").status_code == 200
    assert unframe(made.client.get("/vault/file").data)[1] == made.device.file
    assert alice.get("/vault").headers["Location"].startswith("/sign-in"), "other sessions end"
    assert made.client.get("/recovery/done").status_code in (200, 303)


def test_until_then_the_new_device_opens_nothing(made: Own) -> None:
    made.begin()
    assert made.client.get("/vault/file").status_code == 403
    for path in ("/vault/file", "/devices/unlock", "/devices/pin", "/backups"):
        answer = made.person.signed_post(path, frame({}, b""), device=made.device, client=made.client)
        assert (answer.status_code, answer.get_json()["error"]) == (403, "device_not_active"), path


def test_a_member_without_a_vault_has_none_to_recover(alice: Person, charlie: Person) -> None:
    for way in WAYS:
        made = own(alice, way, holding=charlie.new_device())
        answer = made.signed("", made.body())
        assert (answer.status_code, answer.get_json()) == (409, {"error": "no_vault"})


def test_another_session_finishes_nothing(app: Flask, made: Own, alice: Person, charlie: Person) -> None:
    """Neither another member’s nor another one of alice’s, even with the new device’s key."""
    enrolled(charlie)
    made.begin()
    body, before = made.finish_body(), rows(app)
    for client in (charlie.client, alice.client):
        answer = alice.signed_post("/recovery/own/finish", body, device=made.device, client=client)
        assert (answer.status_code, answer.get_json()) == (404, {"error": "not_found"})
    assert rows(app) == before


def test_only_what_began_is_finished(made: Own, alice: Person) -> None:
    assert made.signed("/finish", made.finish_body()).status_code == 404
    answer = alice.signed_post("/recovery/own/finish", made.finish_body())
    assert (answer.status_code, answer.get_json()) == (404, {"error": "not_found"}), "an active device, but no recovery"


def test_a_stolen_cookie_neither_begins_nor_finishes(app: Flask, made: Own) -> None:
    """It can’t sign as the device that the body names, nor as the one that began."""
    thief = MadeDevice(made.device.origin, made.device.organisation, made.device.user)
    before = rows(app)
    forged = made.person.new_device()
    forged.id = made.device.id
    for signer, status, code in ((forged, 403, "bad_signature"), (thief, 400, "malformed")):
        answer = made.signed("", made.body(), device=signer)
        assert (answer.status_code, answer.get_json()["error"]) == (status, code)
    assert made.client.post("/recovery/own", json=made.body()).status_code == 400
    assert rows(app) == before
    made.begin()
    body, before = made.finish_body(), rows(app)
    for signer, status, code in ((forged, 403, "bad_signature"), (thief, 404, "not_found")):
        answer = made.signed("/finish", body, device=signer)
        assert (answer.status_code, answer.get_json()["error"]) == (status, code)
    assert made.client.post("/recovery/own/finish", data=body).status_code == 404
    assert rows(app) == before


def test_what_was_signed_counts_once(made: Own) -> None:
    octets = to_json(made.body()).encode()
    challenge = base64.b64decode(made.client.post("/devices/challenge").get_json()["challenge"])
    headers = made.device.signature_headers("/recovery/own", octets, challenge)
    sent = {"data": octets, "content_type": "application/json", "headers": headers}
    assert made.client.post("/recovery/own", **sent).status_code == 200
    again = made.client.post("/recovery/own", **sent)
    assert (again.status_code, again.get_json()) == (401, {"error": "challenge_expired"})


LOW_ORDER = _bech32("age", bytes(32))
BAD_DEVICES: list[Any] = [[], "x", None, {"id": "../admin"}, {"sign": "AAAA"}, {"sign": 7}, {"recipient": "age1"}]
BAD_DEVICES += [{"recipient": LOW_ORDER}, {"recipient": identity_of(bytes(32))}, {"id": ["a"]}, {"recipient": {}}]


@pytest.mark.parametrize("device", BAD_DEVICES, ids=str)
def test_a_device_that_is_none_is_refused(app: Flask, kit: Own, device: Any) -> None:
    before = rows(app)
    body = kit.body()
    body["device"] = {**body["device"], **device} if isinstance(device, dict) else device
    answer = kit.signed("", body)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")
    assert rows(app) == before


NO_WAYS: list[Any] = [None, [], {}, 1, "cloud_backup", "RECOVERY_KIT", ""]
NO_PROOFS: list[Any] = ["", "AAAA", 7, ["AAAA"], to_base64(bytes(65))]


@pytest.mark.parametrize(
    "changed", [*({"way": way} for way in NO_WAYS), *({"proof": proof} for proof in NO_PROOFS)], ids=str
)
def test_a_body_that_makes_no_sense_is_refused(app: Flask, kit: Own, changed: dict[str, Any]) -> None:
    before = rows(app)
    answer = kit.begin(**changed)
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")
    assert rows(app) == before


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"{", b"[" * 100_000, b'{"way":"' + b"x" * 20_000 + b'"}'])
def test_what_is_no_body_at_all_is_refused(kit: Own, body: bytes) -> None:
    assert kit.signed("", body).status_code in (400, 413)


@pytest.mark.parametrize(
    "changed",
    [
        {"kit_verify_key": "AAAA"},
        {"kit_verify_key": None},
        {"keyslot": "AAAA"},
        {"server_share": "AAAA"},
        {"verify_key": None},
        {"file_sha256": "0" * 64},
        {"name": "Safari\nand more"},
        {"items": -1},
        {"version": 0},
    ],
    ids=str,
)
def test_a_finish_that_makes_no_sense_is_refused(app: Flask, made: Own, changed: dict[str, Any]) -> None:
    made.begin()
    before = rows(app)
    header, file = unframe(made.finish_body())
    answer = made.signed("/finish", frame({**header, **changed}, file))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")
    assert rows(app) == before


@pytest.mark.parametrize(
    ("way", "code"), [(RecoveryMethod.LOCAL_BACKUP, "wrong_epoch"), (RecoveryMethod.RECOVERY_KIT, "wrong_kit")]
)
def test_who_holds_another_key_is_told_so_and_gets_nothing(
    app: Flask, alice: Person, way: RecoveryMethod, code: str
) -> None:
    enrolled(alice)
    made = own(alice, way, holding=alice.new_device())
    before = rows(app)
    for answer in (made.begin(), made.begin(proof=None)):
        assert (answer.status_code, answer.get_json()) == (403, {"error": code})
    assert rows(app) == before
    assert made.signed("/finish", made.finish_body()).status_code == 404


def test_on_hold_it_says_so(made: Own, alice: Person) -> None:
    """Who is signed in again after “This wasn’t me” gets no further, whatever they hold."""
    hold(alice)
    answer = made.begin()
    assert (answer.status_code, answer.get_json()) == (409, {"error": "on_hold"})


def test_a_new_account_asks_for_the_password_of_a_session_that_is_old(alice: Person, clock: MovableClock) -> None:
    enrolled(alice)
    made = own(alice, RecoveryMethod.NEW_ACCOUNT)
    clock.advance(minutes=15)
    answer = made.begin()
    assert (answer.status_code, answer.get_json()) == (403, {"error": "password_needed"})


def test_a_kit_that_can_not_prove_itself_is_told_so(app: Flask, kit: Own, alice: Person) -> None:
    with app.app_context(), transaction():
        User.locked(alice.user_id).kit_verify_key = None
    answer = kit.begin()
    assert (answer.status_code, answer.get_json()) == (409, {"error": "kit_unknown"})


def test_too_late_is_over(kit: Own, clock: MovableClock) -> None:
    kit.begin()
    body = kit.finish_body()
    clock.advance(hours=1)
    answer = kit.signed("/finish", body)
    assert (answer.status_code, answer.get_json()) == (410, {"error": "recovery_over"})


def test_where_the_vault_moved_on_it_says_how_it_stands(made: Own) -> None:
    made.begin()
    place = made.place()
    answer = made.signed("/finish", edited(made.finish_body(), base_sha256="0" * 64))
    stands = {name: place[name] for name in ("epoch", "counter", "sha256")}
    assert (answer.status_code, answer.get_json()) == (409, {"error": "stale_vault", **stands})


def test_beginnings_are_throttled_by_session(kit: Own, alice: Person, charlie: Person) -> None:
    enrolled(charlie)
    for _ in range(20):
        assert kit.begin().status_code == 200
    assert kit.begin().status_code == 429
    assert own(charlie, RecoveryMethod.RECOVERY_KIT).begin().status_code == 200
    with alice.app.app_context():
        assert db.session.get_one(User, alice.user_id).epoch == 1
