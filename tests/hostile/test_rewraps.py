"""Re-wrap under attack: nothing but what both key files signed takes the place of a share, and no share gets lost."""

import json
from typing import Any

import pytest
from flask import Flask

from tests.support.people.people import ActiveKey, Person, add_organisation_key, backed_up
from tests.support.people.person import add_person
from tests.support.recovery.requests import waiting_request
from tests.support.recovery_keys.life import follow, key_of, new_shares, rewrap_form
from webapp.client.crypto.signatures import sign
from webapp.client.formats.encoding import to_base64, to_json
from webapp.client.formats.recovery_keys import make_key, write_key
from webapp.client.recovery.rewrap import LABEL, NewShare
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role
from webapp.models.journal.event import Event
from webapp.models.recovery_keys.succession import KeySuccession
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.models.vaults.former_share import FormerShare


@pytest.fixture
def backup(alice: Person, organisation_key: ActiveKey) -> str:
    return backed_up(alice, organisation_key).id


@pytest.fixture
def following(olga: Person, organisation_key: ActiveKey, backup: str) -> ActiveKey:
    return follow(olga, organisation_key)


def stranger(bob: Person, epoch: int = 2) -> ActiveKey:
    """A key file of somebody’s own making, for this organisation."""
    key = make_key(bob.organisation_id, "Example Works", "Mine", epoch)
    return ActiveKey("", key, write_key(key))


def post(admin: Person, former: ActiveKey, form: dict[str, Any]) -> tuple[int, Any]:
    answer = admin.post(f"/admin/keys/{former.id}/rewrap", json=form, headers={"Accept": "application/octet-stream"})
    return answer.status_code, answer.get_json()


def resigned(form: dict[str, Any], former: ActiveKey, following: ActiveKey, /, **changed: Any) -> dict[str, Any]:
    """With another statement, which both keys signed."""
    statement = to_json({**json.loads(form["statement"]), **changed})
    signatures = {
        "signature": to_base64(sign(following.key.seed, LABEL, statement.encode())),
        "former_signature": to_base64(sign(former.key.seed, LABEL, statement.encode())),
    }
    return {**form, "statement": statement, **signatures}


@pytest.mark.databases
def test_an_honest_re_wrap_replaces_the_share_and_keeps_the_former(
    app: Flask, bob: Person, organisation_key: ActiveKey, following: ActiveKey, backup: str
) -> None:
    before = key_of(bob, backup)
    form = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    for _ in range(2):  # the answer got lost
        assert post(bob, organisation_key, form) == (200, {"done": [backup], "held": [], "gone": []})
    after = key_of(bob, backup)
    assert before
    assert after
    assert (before[0], after[0]) == (organisation_key.id, following.id)
    with app.app_context():
        (kept,) = db.session.scalars(db.select(FormerShare))
        assert (kept.organisation_key_id, kept.share_a) == before
        told = db.session.scalars(db.select(Event).where(Event.kind == "organisation_key.rewrapped")).all()
        assert [event.details["number"] for event in told] == [1], "what came twice is recorded once"


def test_without_either_key_file_nothing_is_replaced(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, backup: str
) -> None:
    """An admin’s session is no key file, nor is one file both."""
    honest = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    other = stranger(bob, epoch=3)
    for form in (
        {**honest, "signature": honest["former_signature"]},
        {**honest, "former_signature": honest["signature"]},
        resigned(honest, other, following),
        resigned(honest, organisation_key, other),
        {**honest, "statement": honest["statement"] + " "},
        {**honest, "succession_signature": honest["signature"]},
    ):
        assert post(bob, organisation_key, form) == (422, {"error": "bad_signature"})
    assert key_of(bob, backup) == (organisation_key.id, key_of(bob, backup)[1])  # type: ignore[index]


CHANGES: list[dict[str, Any]] = [
    {"v": True},
    {"v": 2},
    {"type": "restore-approval"},
    {"origin": "https://elsewhere.example"},
    {"organisation": "0" * 32},
    {"admin": "0" * 32},
    {"former": "a" * 52},
    {"next": "a" * 52},
    {"more": 1},
    {"shares": []},
    {"shares": {}},
    {"shares": [7]},
    {"shares": [{"backup": "0" * 32, "former_sha256": "0" * 64, "sha256": "0" * 64}]},
    {"shares": [{"backup": ["x"], "former_sha256": "0" * 64, "sha256": "0" * 64}]},
]


@pytest.mark.parametrize("changed", CHANGES, ids=str)
def test_what_speaks_of_something_else_is_refused(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, changed: dict[str, Any]
) -> None:
    honest = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    form = resigned(honest, organisation_key, following, **changed)
    assert post(bob, organisation_key, form) == (422, {"error": "malformed"})


def test_a_clock_that_is_days_off_is_told(bob: Person, organisation_key: ActiveKey, following: ActiveKey) -> None:
    honest = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    form = resigned(honest, organisation_key, following, made_at="2020-01-01T00:00:00Z")
    assert post(bob, organisation_key, form) == (422, {"error": "wrong_clock"})


@pytest.mark.parametrize("shares", [None, "x", ["x"], [to_base64(b"plain text")], [to_base64(b"")] * 21, [7]])
def test_what_is_no_sealed_share_is_refused(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, backup: str, shares: Any
) -> None:
    honest = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    before = key_of(bob, backup)
    assert post(bob, organisation_key, {**honest, "shares": shares})[0] == 400
    assert key_of(bob, backup) == before


def test_a_share_that_was_swapped_on_the_way_is_refused(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, backup: str
) -> None:
    honest = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    again = new_shares(bob, organisation_key, following)
    swapped = {**honest, "shares": [to_base64(share.file) for share in again]}
    assert post(bob, organisation_key, swapped) == (422, {"error": "malformed"})


def test_a_share_that_changed_meanwhile_stays_as_it_is(
    bob: Person, organisation_key: ActiveKey, following: ActiveKey, backup: str
) -> None:
    first = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    second = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    post(bob, organisation_key, first)
    done = key_of(bob, backup)
    assert post(bob, organisation_key, second) == (200, {"done": [], "held": [], "gone": [backup]})
    assert key_of(bob, backup) == done


def test_a_backup_that_was_pushed_out_meanwhile_is_told(
    app: Flask, bob: Person, organisation_key: ActiveKey, following: ActiveKey, backup: str
) -> None:
    form = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    with app.app_context(), transaction() as session:
        session.delete(session.get_one(CloudBackup, backup))
    assert post(bob, organisation_key, form) == (200, {"done": [], "held": [], "gone": [backup]})


def test_a_backup_that_an_open_request_needs_keeps_its_share(
    bob: Person, alice: Person, organisation_key: ActiveKey, following: ActiveKey, backup: str
) -> None:
    waiting_request(alice, organisation_key)
    before = key_of(bob, backup)
    form = rewrap_form(bob, organisation_key, following, new_shares(bob, organisation_key, following))
    assert post(bob, organisation_key, form) == (200, {"done": [], "held": [backup], "gone": []})
    assert key_of(bob, backup) == before


def test_only_from_a_disabled_key_to_the_active_one(bob: Person, olga: Person, organisation_key: ActiveKey) -> None:
    form = {**rewrap_form(bob, organisation_key, stranger(bob), []), "shares": []}
    assert post(bob, organisation_key, form)[1] == {"error": "key_gone"}


def test_no_statement_comes_without_a_share(app: Flask, bob: Person, olga: Person, organisation_key: ActiveKey) -> None:
    """Whoever has a stolen file, and made a key without its signature, would bring that afterwards, unheard of."""
    backup = backed_up(olga, organisation_key).id
    following = follow(olga, organisation_key, signed=False)
    shares = new_shares(bob, organisation_key, following)
    nothing = [NewShare("0" * 32, "0" * 64, shares[0].file)]
    form = rewrap_form(bob, organisation_key, following, nothing)
    assert post(bob, organisation_key, form) == (200, {"done": [], "held": [], "gone": ["0" * 32]})
    with app.app_context():
        assert KeySuccession.all_of(bob.organisation_id) == []
    for _ in range(2):
        form = rewrap_form(bob, organisation_key, following, shares)
        assert post(bob, organisation_key, form)[1]["done"] == [backup]
    with app.app_context():
        assert len(KeySuccession.all_of(bob.organisation_id)) == 1
        kinds = db.session.scalars(db.select(Event.kind).order_by(Event.number)).all()
        rewrapped, vouched = "organisation_key.rewrapped", "organisation_key.vouched"
        assert [kind for kind in kinds if kind in (rewrapped, vouched)] == [vouched, rewrapped]


def test_the_shares_of_the_key_in_use_are_handed_out_one_request_at_a_time(
    bob: Person, organisation_key: ActiveKey, backup: str
) -> None:
    assert bob.get(f"/admin/keys/{organisation_key.id}/shares").status_code == 404


def test_nobody_reads_shares_of_another_organisation(
    app: Flask, bob: Person, organisation_key: ActiveKey, following: ActiveKey
) -> None:
    with app.app_context(), transaction() as session:
        other = Organisation(name="Other Works")
        session.add(other)
        session.flush()
        other_id = other.id
    mallory = add_person(app, other_id, "Mallory", Role.OWNER)
    add_organisation_key(mallory)
    for path in ("shares", "rewrap", "deletion", "former-shares"):
        assert mallory.get(f"/admin/keys/{organisation_key.id}/{path}").status_code == 404
    assert post(mallory, organisation_key, rewrap_form(mallory, organisation_key, following, []))[0] == 404
    assert mallory.post(f"/admin/keys/{organisation_key.id}/deletion", data={"typed": "First key"}).status_code == 404
