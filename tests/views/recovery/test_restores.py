"""The octets of a restore: to whom release, newest vault and Finish are open, and what they say to others."""

import json
from typing import Any

import pytest

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.finish import everything
from tests.support.recovery.runs import Restoring, asked
from tests.support.run.clock import MovableClock
from tests.support.vault.devices import login
from webapp.client.formats.encoding import unframe
from webapp.crypto.framing import frame
from webapp.database import db, transaction
from webapp.flows.restore_request import State
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.vault import Vault


@pytest.fixture
def made(alice: Person, bob: Person, organisation_key: ActiveKey) -> Restoring:
    """Alice’s request, which waits; her vault has two items."""
    enrolled(alice, [login("Bank"), login("Mail")])
    return asked(alice, backed_up(alice, organisation_key))


@pytest.fixture
def approved(made: Restoring, bob: Person, organisation_key: ActiveKey) -> Restoring:
    made.approve(bob, organisation_key)
    return made


def edited(body: bytes, **changed: Any) -> bytes:
    """A framed body with other fields in its header; None leaves one out."""
    header, file = unframe(body)
    return frame({name: value for name, value in {**header, **changed}.items() if value is not None}, file)


def test_nothing_is_released_before_the_approval(made: Restoring) -> None:
    for what in ("release", "vault", "finish"):
        answer = made.signed(what, frame({}, b"") if what == "finish" else b"")
        assert answer.status_code in (400, 409, 410), what
        assert answer.get_json()["error"] in ("not_released", "request_closed", "malformed")
    assert made.signed("release").get_json() == {"error": "not_released"}
    assert made.row().state == State.REQUESTED


def test_the_whole_way_gives_the_vault_back(approved: Restoring, alice: Person) -> None:
    opened = approved.release()
    assert [item["title"] for item in opened.body["items"]] == ["Bank", "Mail"]
    sent = approved.finish_body(opened)
    answer = approved.signed("finish", sent)
    stored = {"device": approved.device.id, "epoch": 2, "counter": 2, "sha256": unframe(sent)[0]["file_sha256"]}
    assert (answer.status_code, answer.get_json()) == (200, {"next": "/recovery/done", **stored})
    page = approved.client.get("/recovery/done").text
    for words in ("Now the selected backup is restored.", "2 items", "Firefox on Linux", "Open Vault", "Kit number 2"):
        assert words in page
    assert approved.client.get("/vault").status_code == 200


def test_the_newest_vault_is_told_with_what_a_finish_builds_on(approved: Restoring, alice: Person) -> None:
    approved.release()
    header, file = unframe(approved.signed("vault").data)
    assert alice.device
    with alice.app.app_context():
        vault = Vault.current(db.session.get_one(User, alice.user_id))
        assert vault
        assert header == {
            "epoch": 1,
            "counter": 1,
            "sha256": vault.sha256,
            "kit": 1,
            "next_epoch": 2,
            "size": len(file),
        }
    assert file == alice.device.file


def test_a_release_can_be_fetched_again_and_is_one_release(approved: Restoring) -> None:
    first, second = approved.signed("release"), approved.signed("release")
    assert (first.status_code, second.status_code) == (200, 200)
    assert unframe(first.data)[1] == unframe(second.data)[1]
    assert approved.row().version == 3


@pytest.mark.parametrize("what", ["release", "vault", "finish"])
def test_only_the_device_that_asked_gets_anything(
    approved: Restoring, alice: Person, bob: Person, charlie: Person, what: str
) -> None:
    body = frame({}, b"") if what == "finish" else b""
    enrolled(charlie)
    assert charlie.device
    for person in (alice, charlie):
        answer = person.signed_post(f"{approved.path}/{what}", body)
        assert (answer.status_code, answer.get_json()["error"]) == (404, "not_found")
    theirs = charlie.signed_post(f"{approved.path}/{what}", body, device=approved.device)
    assert theirs.get_json()["error"] == "not_found", "the right key in the wrong session"
    unsigned = approved.client.post(f"{approved.path}/{what}", data=body)
    assert unsigned.status_code == 404
    assert approved.row().state == State.APPROVED


def test_a_signature_is_of_one_path_and_one_body(approved: Restoring) -> None:
    stranger = approved.person.new_device()
    stranger.id = approved.device.id
    assert approved.signed("release", device=stranger).get_json()["error"] == "bad_signature"


@pytest.mark.parametrize("end", ["cancel", "expire"])
def test_a_closed_request_says_so(approved: Restoring, clock: MovableClock, end: str) -> None:
    approved.release()
    if end == "cancel":
        approved.client.post(f"{approved.path}/cancellation")
    else:
        clock.advance(days=3, seconds=5)
    for what in ("release", "vault"):
        answer = approved.signed(what)
        state = {"cancel": "cancelled", "expire": "expired"}[end]
        assert (answer.status_code, answer.get_json()) == (410, {"error": "request_closed", "state": state})


def test_a_backup_that_was_deleted_meanwhile_says_so(approved: Restoring, alice: Person) -> None:
    with alice.app.app_context(), transaction() as session:
        session.delete(session.get_one(CloudBackup, approved.backup.id))
    assert approved.signed("release").get_json() == {"error": "backup_gone"}
    assert (
        "The backup of this request has been deleted meanwhile" in approved.client.get(approved.path + "/restore").text
    )


def test_after_another_device_saved_the_finish_is_stale(approved: Restoring, alice: Person) -> None:
    body = approved.finish_body(approved.release())
    assert alice.device
    with alice.app.app_context(), transaction() as session:
        user, old = User.locked(alice.user_id), session.get_one(Device, alice.device.id)
        vault = Vault.current(user)
        assert vault
        Vault.save(user, old, (1, vault.sha256), 2, 3, alice.device.write([login("New")]))
    answer = approved.signed("finish", body)
    assert answer.status_code == 409
    assert answer.get_json()["error"] == "stale_vault"
    assert (answer.get_json()["counter"], answer.get_json()["epoch"]) == (2, 1)
    again = approved.signed("finish", approved.finish_body(approved.release()))
    assert again.status_code == 200


def test_a_lost_answer_is_given_again(approved: Restoring) -> None:
    body = approved.finish_body(approved.release())
    first, second = approved.signed("finish", body), approved.signed("finish", body)
    assert (first.status_code, first.data) == (second.status_code, second.data) == (200, first.data)
    third = approved.signed("finish", edited(body, kit=3, name="Another try", file_sha256=None))
    assert third.status_code == 400
    assert approved.signed("release").get_json() == {"error": "request_closed", "state": "completed"}


@pytest.mark.parametrize(
    "changed",
    [
        {"epoch": None}, {"epoch": "2"}, {"epoch": True}, {"epoch": -1}, {"counter": 2**53}, {"base_sha256": ""},
        {"verify_key": "AAAA"}, {"ended_signature": None}, {"keyslot": "AAAA"}, {"server_share": "A" * 44},
        {"proof": 7}, {"name": ""}, {"name": "x" * 101}, {"name": "a\u0000b"}, {"kit": 10**9}, {"items": 50_001},
        {"file_sha256": "0" * 64}, {"version": 0}, {"version": 1001},
    ],
)  # fmt: skip
def test_a_finish_that_is_none_is_refused_and_changes_nothing(approved: Restoring, changed: dict[str, Any]) -> None:
    body = approved.finish_body(approved.release())
    with approved.person.app.app_context():
        before = everything()
    answer = approved.signed("finish", edited(body, **changed))
    assert (answer.status_code, answer.get_json()["error"]) == (400, "malformed")
    with approved.person.app.app_context():
        assert everything() == before


def test_plain_text_is_never_kept_as_a_vault(approved: Restoring) -> None:
    header, _ = unframe(approved.finish_body(approved.release()))
    answer = approved.signed("finish", frame(header, json.dumps({"items": []}).encode()))
    assert answer.get_json()["error"] == "malformed"
