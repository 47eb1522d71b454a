"""Requests that ask for more than their member may have, or for another device than signed: the server takes none."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.recovery.runs import Restoring, restoring
from webapp.client.crypto.identities import _bech32, new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, public_key, sign
from webapp.client.formats.encoding import new_id, to_base64, to_json
from webapp.client.formats.restore_requests import LABEL
from webapp.database import db
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.session import SignIn


@pytest.fixture
def made(alice: Person, organisation_key: ActiveKey) -> Restoring:
    """An honest request of alice’s that is not sent yet."""
    enrolled(alice)
    return restoring(alice, backed_up(alice, organisation_key))


def post(made: Restoring, exact: str, seed: bytes | None = None) -> int:
    """Send `exact`, signed by its device’s key, or by `seed`."""
    signature = to_base64(sign(seed or made.device.seed, LABEL, exact.encode()))
    return made.ask(request=exact, signature=signature).status_code


def changed(made: Restoring, **fields: Any) -> str:
    return to_json({**made.request.fields, **fields})


def require_nothing_happened(app: Flask, made: Restoring) -> None:
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(RestoreRequest)) == 0
        asking = Notice.kind.like("restore_%")
        assert db.session.scalar(select(func.count()).select_from(Notice).where(asking)) == 0
        assert db.session.scalars(select(SignIn.device_id).where(SignIn.device_id == made.device.id)).all() == []
        assert "restore_request.requested" not in db.session.scalars(select(Event.kind)).all()


def test_the_honest_one_is_taken(made: Restoring) -> None:
    assert post(made, made.request.exact) == 303


def test_one_that_names_who_may_approve_is_taken(made: Restoring) -> None:
    assert post(made, changed(made, approvers=[f"{number:032x}" for number in range(20)])) == 303


def test_one_from_before_they_were_named_is_taken(made: Restoring) -> None:
    fields = {name: value for name, value in made.request.fields.items() if name != "approvers"}
    assert post(made, to_json(fields)) == 303


SWAPS: dict[str, dict[str, Any]] = {
    "another recipient": {"recipient": recipient_of(new_identity())},
    "another signing key": {"sign": to_base64(public_key(new_seed()))},
    "another backup’s file": {"file_sha256": "0" * 64},
    "another person": {"user": new_id()},
    "another organisation": {"organisation": new_id()},
    "another site": {"origin": "https://evil.example"},
    "a backup that never was": {"backup": new_id()},
    "another kind of document": {"type": "restore-approval"},
    "the version before": {"v": 1},
    "another version": {"v": 3},
    "another recovery key": {"organisation_key": "a" * 52},
    "no recovery key": {"organisation_key": ""},
    "statements that are no list": {"successions": "none"},
    "a statement that is none": {"successions": [{"statement": "x"}]},
    "a statement with more in it": {"successions": [{"statement": "x", "signature": "", "more": "y"}]},
    "more statements than a request may have": {"successions": [{"statement": "x", "signature": ""}] * 31},
    "people who are no list": {"approvers": "a" * 32},
    "somebody without an id": {"approvers": ["Bob"]},
    "more people than a request may name": {"approvers": [f"{number:032x}" for number in range(21)]},
    "a version that only looks right": {"v": True},
    "a recipient that anybody opens": {"recipient": _bech32("age", bytes(32))},
    "a recipient of another kind": {"recipient": "age1pq1" + "q" * 55},
    "a signing key too short": {"sign": "AAAA"},
    "a signing key written in another way": {"sign": "A" * 42 + "B="},
    "an id that is a path": {"request": "../../../admin"},
    "a device id in capitals": {"device": "A" * 32},
    "no time": {"made_at": "yesterday"},
    "a name that ends the line": {"browser": "Firefox\nApproved by Bob"},
    "a name without end": {"browser": "x" * 201},
    "an empty name": {"browser": ""},
    "one field more": {"approved": "yes"},
}


@pytest.mark.parametrize("swap", SWAPS)
def test_what_is_swapped_after_signing_is_noticed(app: Flask, made: Restoring, swap: str) -> None:
    signature = to_base64(made.request.signature)
    assert made.ask(request=changed(made, **SWAPS[swap]), signature=signature).status_code == 422
    require_nothing_happened(app, made)


@pytest.mark.parametrize("swap", [name for name in SWAPS if name not in ("another recipient",)])
def test_what_is_swapped_before_signing_is_refused_too(app: Flask, made: Restoring, swap: str) -> None:
    """All but another recipient with the signer’s blessing: that is simply another device of the same browser."""
    assert post(made, changed(made, **SWAPS[swap])) == 422
    require_nothing_happened(app, made)


def test_somebody_elses_backup_is_not_there(
    app: Flask, made: Restoring, charlie: Person, organisation_key: ActiveKey
) -> None:
    enrolled(charlie)
    theirs = backed_up(charlie, organisation_key)
    file_sha256 = json.loads(theirs.meta)["file_sha256"]
    exact = changed(made, backup=theirs.id, file_sha256=file_sha256)
    answer = made.ask(request=exact, signature=to_base64(sign(made.device.seed, LABEL, exact.encode())))
    assert answer.status_code == 422
    assert "This backup has been deleted meanwhile" in answer.text, "the same words as for one that never was"
    require_nothing_happened(app, made)


def test_a_request_of_somebody_else_is_not_theirs_to_send(
    app: Flask, made: Restoring, charlie: Person, organisation_key: ActiveKey
) -> None:
    stolen = {"request": made.request.exact, "signature": to_base64(made.request.signature)}
    assert charlie.post("/recovery/requests", data=stolen).status_code == 422
    require_nothing_happened(app, made)


def test_the_ids_of_a_known_device_or_request_can_not_be_taken(
    app: Flask, made: Restoring, alice: Person, charlie: Person, organisation_key: ActiveKey
) -> None:
    enrolled(charlie)
    assert alice.device
    assert charlie.device
    for known in (alice.device.id, charlie.device.id):
        assert post(made, changed(made, device=known)) == 422
    require_nothing_happened(app, made)
    theirs = restoring(charlie, backed_up(charlie, organisation_key))
    assert theirs.ask().status_code == 303
    assert post(made, changed(made, request=theirs.id)) == 422
    assert post(made, changed(made, device=theirs.device.id)) == 422


@pytest.mark.parametrize(
    "exact",
    ["", "null", "[]", "{}", "{" * 5000, '"' + "x" * 9000 + '"', '{"v":1,"v":1}', "\u0000", "NaN"],
)
def test_what_is_no_request_at_all_is_refused(app: Flask, made: Restoring, exact: str) -> None:
    assert post(made, exact) == 422
    require_nothing_happened(app, made)


def test_a_field_that_stands_twice_is_refused(app: Flask, made: Restoring) -> None:
    """The server would read the last, an admin’s page the first."""
    twice = made.request.exact.replace('"v":2,', f'"v":2,"recipient":"{recipient_of(new_identity())}",', 1)
    assert post(made, twice) == 422
    require_nothing_happened(app, made)


@pytest.mark.parametrize("signature", ["", "AAAA", "!" * 88, to_base64(bytes(64))])
def test_without_a_signature_nothing_is_asked(app: Flask, made: Restoring, signature: str) -> None:
    assert made.ask(signature=signature).status_code == 422
    require_nothing_happened(app, made)


def test_a_signature_for_another_purpose_is_none(app: Flask, made: Restoring) -> None:
    exact = made.request.exact
    signature = to_base64(sign(made.device.seed, "spare-key/v1/request", exact.encode()))
    assert made.ask(signature=signature).status_code == 422
    require_nothing_happened(app, made)


def test_another_site_can_not_make_the_browser_ask(app: Flask, made: Restoring) -> None:
    fields = {"request": made.request.exact, "signature": to_base64(made.request.signature)}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}):
        answer = made.client.post("/recovery/requests", data=fields, headers=headers)
        assert answer.status_code == 403
    require_nothing_happened(app, made)
