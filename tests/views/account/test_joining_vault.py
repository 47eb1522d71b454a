"""The first vault of a member: what the new device sends, and what is refused of it."""

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.pairing.devices import session_of
from tests.support.people.people import Person, enrolled
from tests.support.vault.devices import MadeDevice, login
from webapp.client.formats.encoding import sha256_hex, to_base64
from webapp.crypto.framing import frame, unframe
from webapp.crypto.sealing import sealer
from webapp.database import db
from webapp.models.devices.device import Device
from webapp.models.devices.lock import DeviceLock
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.signin.session import SignIn
from webapp.models.vaults.vault import Vault


def kinds(app: Flask) -> list[str]:
    with app.app_context():
        return list(db.session.scalars(select(Event.kind).order_by(Event.id)))


def body(made: MadeDevice, **changed: Any) -> bytes:
    """What POST /join/vault carries; `changed` replaces parts of its header or its `file`."""
    file = changed.pop("file", None) or made.file or made.write()
    header = {
        "device": made.entry(),
        "verify_key": to_base64(made.verify_key),
        **{name: to_base64(value) for name, value in made.lock().items()},
        "kit": 1,
        "items": 0,
        "file_sha256": sha256_hex(file),
        **changed,
    }
    return frame(header, file)


@pytest.mark.databases
def test_it_begins_with_a_device_and_its_lock(app: Flask, alice: Person) -> None:
    device = alice.new_device()
    sent = body(device)
    response = alice.signed_post("/join/vault", sent, device=device)
    stored = {"device": device.id, "epoch": 1, "counter": 1, "sha256": unframe(sent)[0]["file_sha256"]}
    assert (response.status_code, response.get_json()) == (200, {"next": "/join/kit", **stored})
    with app.app_context():
        user = db.session.get_one(User, alice.user_id)
        row, vault = db.session.get_one(Device, device.id), Vault.current(user, with_file=True)
        assert vault
        assert (user.epoch, user.kit_number, user.kit_confirmed_at) == (1, 1, None)
        assert (row.is_active, row.name, row.recipient) == (True, device.name, device.recipient)
        assert (vault.counter, vault.file, vault.verify_key) == (1, device.file, device.verify_key)
        assert DeviceLock.open(row, 1, device.proof(), session_of(alice.user_id))[1] == device.server_share
        found = db.session.scalars(select(SignIn).where(SignIn.user_id == alice.user_id)).one()
        assert (found.device_id, found.looked_at is not None) == (device.id, True)
        db.session.remove()
    assert kinds(app)[-2:] == ["device.enrolled", "vault.begun"]
    assert alice.get("/").headers["Location"] == "/join/kit"


def test_the_server_share_is_sealed(app: Flask, alice: Person) -> None:
    device = alice.new_device()
    alice.signed_post("/join/vault", body(device), device=device)
    with app.app_context():
        kept = db.session.scalars(select(DeviceLock)).one()
        assert kept.server_share.startswith(f"{sealer().current}:")
        assert to_base64(device.server_share) not in kept.server_share


def test_the_same_bytes_again_are_harmless(app: Flask, alice: Person) -> None:
    device = alice.new_device()
    sent = body(device)
    answers = [alice.signed_post("/join/vault", sent, device=device) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [200, 200]
    with app.app_context():
        assert len(Device.of(alice.user_id)) == 1
    assert kinds(app).count("vault.begun") == 1


def test_a_second_vault_is_refused(app: Flask, alice: Person) -> None:
    first, second = alice.new_device(), alice.new_device()
    alice.signed_post("/join/vault", body(first), device=first)
    response = alice.signed_post("/join/vault", body(second), device=second)
    assert (response.status_code, response.get_json()) == (409, {"error": "vault_exists"})
    device = replace(first, file=b"")
    assert alice.signed_post("/join/vault", body(device), device=device).status_code == 409
    with app.app_context():
        assert [device.id for device in Device.of(alice.user_id)] == [first.id]


def test_only_the_key_in_the_body_may_sign(app: Flask, alice: Person) -> None:
    device = alice.new_device()
    other = replace(alice.new_device(), id=device.id)
    assert alice.signed_post("/join/vault", body(device), device=other).get_json() == {"error": "bad_signature"}
    third = alice.new_device()
    assert alice.signed_post("/join/vault", body(device), device=third).get_json() == {"error": "malformed"}
    with app.app_context():
        assert not Device.of(alice.user_id)


def test_nobody_else_s_device_is_taken_over(app: Flask, alice: Person, charlie: Person) -> None:
    enrolled(charlie)
    assert charlie.device
    device = replace(alice.new_device(), id=charlie.device.id)
    response = alice.signed_post("/join/vault", body(device), device=device)
    assert response.status_code == 409
    with app.app_context():
        assert db.session.get_one(Device, device.id).user_id == charlie.user_id


@pytest.mark.parametrize(
    "changed",
    [
        {"kit": 2},
        {"items": -1},
        {"verify_key": to_base64(bytes(31))},
        {"server_share": "AAAA"},
        {"proof": None},
        {"keyslot": to_base64(b"plaintext")},
        {"file": json.dumps({"items": [login()]}).encode()},
        {"device": {"id": "../etc", "sign": "", "recipient": "", "name": ""}},
        {"device": "none"},
        {"file_sha256": "0" * 64},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_what_is_malformed_is_refused(app: Flask, alice: Person, changed: dict[str, Any]) -> None:
    device = alice.new_device()
    response = alice.signed_post("/join/vault", body(device, **changed), device=device)
    assert (response.status_code, response.get_json()) == (400, {"error": "malformed"})
    with app.app_context():
        assert not Device.of(alice.user_id)
