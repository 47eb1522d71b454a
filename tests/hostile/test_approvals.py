"""Approvals that are almost right. Whoever makes them even holds the recovery key: the server checks all the same."""

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import ActiveKey, add_organisation_key, enrolled
from tests.support.people.person import Person, add_person
from tests.support.recovery.requests import Asked, as_form, waiting_request
from webapp import limits
from webapp.client.crypto.identities import new_identity, recipient_of
from webapp.client.crypto.sealing import seal
from webapp.client.crypto.signatures import new_seed, public_key, sign
from webapp.client.formats.encoding import moment, sha256_hex, to_base64, to_json
from webapp.client.formats.recovery_keys import OrganisationKey, make_key
from webapp.client.recovery import approvals
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery_keys.key import KeyState
from webapp.models.recovery_keys.key import OrganisationKey as KeyRow

FIELDS: dict[str, Any] = {
    "v": 2,
    "type": "restore-request",
    "origin": "https://elsewhere.example.org",
    "organisation": "0" * 32,
    "user": "0" * 32,
    "request": "0" * 32,
    "backup": "0" * 32,
    "request_sha256": "0" * 64,
    "sign": to_base64(public_key(new_seed())),
    "recipient": recipient_of(new_identity()),
    "file_sha256": "0" * 64,
    "organisation_key": "a" * 52,
    "wrapped_sha256": "0" * 64,
    "admin": "0" * 32,
    "made_at": "2001-01-01T00:00:00Z",
    "expires_at": "2001-01-01T00:00:00Z",
}
Form = dict[str, str]


@pytest.fixture
def request_of_alice(alice: Person, organisation_key: ActiveKey) -> Asked:
    return waiting_request(alice, organisation_key)


@pytest.fixture
def form(request_of_alice: Asked, organisation_key: ActiveKey, bob: Person) -> Form:
    """An approval that would be accepted."""
    return request_of_alice.approval(organisation_key, bob)


@pytest.fixture
def refused(app: Flask, bob: Person, request_of_alice: Asked) -> Callable[[Form], str]:
    """The code with which a form is refused; the request still waits afterwards."""

    def send(form: Form) -> str:
        response = bob.post(f"{request_of_alice.path}/approval", data=form)
        assert response.status_code == 422, response.text
        with app.app_context():
            row = db.session.get_one(RestoreRequest, request_of_alice.id)
            assert (row.state, row.approval, row.wrapped) == ("requested", "", b"")
        return response.text.split('id="approve-error"')[1].split('data-code="')[1].split('"')[0]

    return send


def signed_anew(form: Form, key: OrganisationKey, **changed: Any) -> Form:
    """The approval with some fields changed (None: left out), signed properly by the organisation’s key."""
    fields = {**json.loads(form["approval"]), **changed}
    exact = to_json({name: value for name, value in fields.items() if value is not None})
    return resigned(form, key, exact)


def resigned(form: Form, key: OrganisationKey, exact: str) -> Form:
    return {**form, "approval": exact, "signature": to_base64(sign(key.seed, approvals.LABEL, exact.encode()))}


def test_the_untouched_approval_is_accepted(bob: Person, request_of_alice: Asked, form: Form) -> None:
    assert bob.post(f"{request_of_alice.path}/approval", data=form).status_code == 303


def test_these_are_all_its_fields(form: Form) -> None:
    assert set(json.loads(form["approval"])) == set(FIELDS)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_altered_after_signing_is_refused(form: Form, refused: Callable[[Form], str], name: str) -> None:
    exact = to_json({**json.loads(form["approval"]), name: FIELDS[name]})
    assert refused({**form, "approval": exact}) == "bad_signature"


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_differs_is_refused_even_when_signed(
    form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey, name: str
) -> None:
    altered = signed_anew(form, organisation_key.key, **{name: FIELDS[name]})
    assert refused(altered) in ("wrong_approval", "wrong_clock")


@pytest.mark.parametrize("name", FIELDS)
def test_a_missing_field_is_refused(
    form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey, name: str
) -> None:
    assert refused(signed_anew(form, organisation_key.key, **{name: None})) == "wrong_approval"


@pytest.mark.parametrize("changed", [{"more": 1}, {"v": True}, {"v": "1"}, {"v": 1.0}, {"user": ["x"]}])
def test_further_fields_and_other_kinds_are_refused(
    form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey, changed: dict[str, Any]
) -> None:
    assert refused(signed_anew(form, organisation_key.key, **changed)) == "wrong_approval"


@pytest.mark.parametrize("exact", ["", "null", "[]", "{}", "{", '"x"', "1", "[" * 2000])
def test_what_is_no_approval_at_all_is_refused(
    form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey, exact: str
) -> None:
    assert refused(resigned(form, organisation_key.key, exact)) == "wrong_approval"


def test_a_name_that_stands_twice_is_refused(
    form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey
) -> None:
    exact = form["approval"].replace('{"v":1,', '{"v":2,"v":1,')
    assert refused(resigned(form, organisation_key.key, exact)) == "wrong_approval"


@pytest.mark.parametrize("later", [limits.APPROVAL_LIFE * 2, -limits.APPROVAL_LIFE])
def test_an_approval_that_ends_too_late_or_has_ended_is_refused(
    form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey, later: Any
) -> None:
    assert refused(signed_anew(form, organisation_key.key, expires_at=moment(later))) == "wrong_approval"


def test_another_wrapping_than_the_signed_one_is_refused(form: Form, refused: Callable[[Form], str]) -> None:
    wrapped = seal(b"{}", [recipient_of(new_identity())])
    assert refused({**form, "wrapped": to_base64(wrapped)}) == "wrong_approval"


def test_a_wrapping_that_is_not_sealed_is_refused(
    form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey
) -> None:
    plain = b'{"share_a":"in clear"}'
    altered = signed_anew(form, organisation_key.key, wrapped_sha256=sha256_hex(plain))
    assert refused({**altered, "wrapped": to_base64(plain)}) == "wrong_approval"


@pytest.mark.parametrize("name", ["approval", "signature", "wrapped", "fingerprint"])
@pytest.mark.parametrize("value", [None, "", "!", "A" * 40_000])
def test_missing_and_overlong_parts_are_refused(
    form: Form, refused: Callable[[Form], str], name: str, value: str | None
) -> None:
    altered = {key: text for key, text in form.items() if key != name} | ({name: value} if value is not None else {})
    assert refused(altered) in ("approval_missing", "bad_signature", "wrong_fingerprint", "wrong_approval")


def test_the_approval_of_another_request_is_refused(
    form: Form, refused: Callable[[Form], str], bob: Person, charlie: Person, organisation_key: ActiveKey
) -> None:
    enrolled(charlie, here=False)
    other = waiting_request(charlie, organisation_key).approval(organisation_key, bob)
    assert refused({**other, "fingerprint": form["fingerprint"]}) == "wrong_approval"
    assert refused({**form, "fingerprint": other["fingerprint"]}) == "wrong_fingerprint"


def test_the_approval_of_an_earlier_request_for_the_same_backup_is_refused(
    app: Flask, alice: Person, bob: Person, organisation_key: ActiveKey, request_of_alice: Asked, form: Form
) -> None:
    with app.app_context(), transaction() as session:
        row = session.get_one(RestoreRequest, request_of_alice.id)
        row.cancel(row.user)
    again = waiting_request(alice, organisation_key)
    replayed = {**form, "fingerprint": again.request.fingerprint}
    assert bob.post(f"{again.path}/approval", data=replayed).status_code == 422


def test_an_approval_made_for_another_admin_is_refused(
    refused: Callable[[Form], str], olga: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    assert refused(request_of_alice.approval(organisation_key, olga)) == "wrong_approval"


def test_a_key_of_somebody_elses_making_approves_nothing(
    form: Form, refused: Callable[[Form], str], bob: Person
) -> None:
    stranger = make_key(bob.organisation_id, "Example Works", "First key", 1)
    fields = {"organisation_key": stranger.public.fingerprint}
    assert refused(signed_anew(form, stranger, **fields)) == "bad_signature"


def set_state(app: Flask, key: ActiveKey, state: KeyState) -> None:
    with app.app_context(), transaction() as session:
        row = session.get_one(KeyRow, key.id)
        row.state, row.disabled_at = state, now()


def test_a_later_key_does_not_approve_what_was_sealed_to_an_earlier_one(
    app: Flask, form: Form, refused: Callable[[Form], str], olga: Person, organisation_key: ActiveKey
) -> None:
    set_state(app, organisation_key, KeyState.DISABLED)
    later = add_organisation_key(olga, "Second key")
    fields = {"organisation_key": later.key.public.fingerprint}
    assert refused(signed_anew(form, later.key, **fields)) == "bad_signature"


def test_a_disabled_key_still_approves_its_own_backups(
    app: Flask, bob: Person, request_of_alice: Asked, form: Form, organisation_key: ActiveKey
) -> None:
    set_state(app, organisation_key, KeyState.DISABLED)
    assert bob.post(f"{request_of_alice.path}/approval", data=form).status_code == 303


def test_a_key_that_was_only_generated_approves_nothing(
    app: Flask, form: Form, refused: Callable[[Form], str], organisation_key: ActiveKey
) -> None:
    set_state(app, organisation_key, KeyState.GENERATED)
    assert refused(form) == "key_mismatch"


def test_an_approval_is_made_once_however_often_it_comes(
    app: Flask, bob: Person, request_of_alice: Asked, form: Form, organisation_key: ActiveKey
) -> None:
    another = request_of_alice.approval(organisation_key, bob)
    for _ in range(2):  # the answer to the first got lost
        answer = bob.post(f"{request_of_alice.path}/approval", data=form)
        assert (answer.status_code, answer.headers["Location"]) == (303, request_of_alice.path)
    with app.app_context():
        events = db.session.scalars(select(Event.kind).where(Event.kind == "restore_request.approved")).all()
        notices = db.session.scalars(select(Notice.kind).where(Notice.kind == "restore_approved")).all()
        assert (len(events), len(notices)) == (1, 1)
    late = bob.post(f"{request_of_alice.path}/approval", data=another)
    assert (late.status_code, "Approved by Bob" in late.text) == (409, True)


def test_an_approval_that_comes_again_brings_nothing_back_that_has_ended(
    app: Flask, bob: Person, request_of_alice: Asked, form: Form
) -> None:
    assert bob.post(f"{request_of_alice.path}/approval", data=form).status_code == 303
    with app.app_context(), transaction() as session:
        asked = session.scalars(select(RestoreRequest)).one()
        asked.cancel(User.locked(asked.user_id))
    again = bob.post(f"{request_of_alice.path}/approval", data=form)
    assert (again.status_code, 'data-code="too_late"' in again.text) == (409, True)


def test_a_denial_that_comes_again_is_one(app: Flask, bob: Person, request_of_alice: Asked) -> None:
    for _ in range(2):
        assert bob.post(f"{request_of_alice.path}/denial", data={"reason": "No."}).status_code == 303
    assert bob.post(f"{request_of_alice.path}/denial", data={"reason": "Never."}).status_code == 409
    with app.app_context():
        notices = db.session.scalars(select(Notice.kind).where(Notice.kind == "restore_denied")).all()
        assert len(notices) == 1


def test_a_page_elsewhere_can_not_send_an_admins_approval(bob: Person, request_of_alice: Asked, form: Form) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example.org"}):
        assert bob.post(f"{request_of_alice.path}/approval", data=form, headers=headers).status_code == 403


def test_members_can_not_approve_with_a_stolen_key_file(
    app: Flask, bob: Person, request_of_alice: Asked, organisation_key: ActiveKey
) -> None:
    mallory = add_person(app, bob.organisation_id, "Mallory", Role.MEMBER)
    approver = approvals.Approver(app.config["ORIGIN"], mallory.user_id, moment(limits.APPROVAL_LIFE))
    asked, key = request_of_alice, organisation_key.key
    made = approvals.approve(asked.request, asked.share_a, key, approver, asked.device.account)
    form = as_form(made, request_of_alice.request.fingerprint)
    assert mallory.post(f"{request_of_alice.path}/approval", data=form).status_code == 404
    assert base64.b64decode(form["wrapped"])
