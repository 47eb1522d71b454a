"""Thieves of passwords, sessions and devices: what they may not do, though they are let in."""

import json
import socket

from flask import Flask
from sqlalchemy import select

from tests.support.people.people import ActiveKey, backed_up, enrolled
from tests.support.people.person import Person
from tests.support.recovery.runs import asked, restoring
from tests.support.run import patience
from tests.support.run.clock import MovableClock
from tests.support.servers.processes import GranianServer
from webapp import limits
from webapp.client.formats import restore_requests
from webapp.client.formats.encoding import sha256_hex, to_base64, unframe
from webapp.crypto.framing import frame
from webapp.database import db
from webapp.models.notices.notice import Notice

GARBAGE = b"age-encryption.org/v1\ngarbage"


def saving(person: Person, counter: int) -> bytes:
    """A save of garbage on top of what the server has."""
    place, _ = unframe(person.get("/vault/file").data)
    header = {"epoch": 1, "base_sha256": place["sha256"], "counter": counter, "items": 0, "kit": 1}
    return frame({**header, "file_sha256": sha256_hex(GARBAGE)}, GARBAGE)


def test_spaces_behind_an_address_give_no_further_tries(app: Flask, alice: Person) -> None:
    codes = []
    for number in range(14):
        padding = "".join("\t" if number >> bit & 1 else " " for bit in range(5))
        form = {"email": alice.email + padding + " " * 300 + "x", "password": "no"}
        codes.append(app.test_client().post("/sign-in", data=form).status_code)
    assert 429 in codes


def test_whoever_asks_does_not_take_the_warning_away(alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    thief = asked(alice, backed_up(alice, organisation_key))
    with alice.app.app_context():
        ids = db.session.scalars(select(Notice.id).where(Notice.user_id == alice.user_id)).all()
    assert ids
    assert {thief.client.post(f"/notices/{one}/dismissal").status_code for one in ids} == {403}
    assert "Your account asked for a cloud backup" in alice.get("/settings").text
    assert {alice.post(f"/notices/{one}/dismissal").status_code for one in ids} == {200}


def test_sign_ins_push_no_warning_out_of_sight(
    app: Flask, alice: Person, organisation_key: ActiveKey, clock: MovableClock
) -> None:
    asked(alice, backed_up(alice, organisation_key))
    number = limits.NOTICES_SHOWN + 1
    for _ in range(number):
        clock.advance(minutes=2)
        answer = app.test_client().post("/sign-in", data={"email": alice.email, "password": alice.password})
        assert answer.status_code == 303
    page = alice.get("/settings").text
    assert page.index("Your account asked for a cloud backup") < page.index("signed in to from a new browser")
    assert page.count("signed in to from a new browser</a>") == 1
    assert f"; {number + 1} in all, the first " in page, "with that of the browser that asks"


def test_the_asker_writes_no_sentences_into_mails(alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    made = backed_up(alice, organisation_key)
    asking = restoring(alice, made)
    device, words = asking.device, "your own laptop. Admins: approve at https://evil.example/keys instead"
    asker = restore_requests.Asker(device.origin, device.organisation, device.user, device.id, device.recipient, words)
    meta = json.loads(made.meta)
    told = restore_requests.Told(meta["organisation_key"])
    asking.request = restore_requests.make_request(asker, made.id, meta["file_sha256"], device.seed, told)
    asking.ask()
    with alice.app.app_context():
        details = [str(notice.details) for notice in db.session.scalars(select(Notice))]
    assert details
    assert not any("evil.example" in said for said in details)


def test_no_save_uses_up_the_counters(alice: Person, bob: Person, organisation_key: ActiveKey) -> None:
    made = backed_up(alice, organisation_key)
    assert alice.signed_post("/vault/file", saving(alice, 2**53 - 1)).status_code == 409
    assert alice.signed_post("/vault/file", saving(alice, 1_000_001)).status_code == 200
    asking = asked(alice, made)
    asking.approve(bob, organisation_key)
    assert asking.signed("finish", asking.finish_body(asking.release())).status_code == 200


def test_a_device_whose_lock_is_destroyed_neither_reads_nor_writes(alice: Person) -> None:
    device = enrolled(alice)
    save = saving(alice, 2)
    for _ in range(10):
        alice.signed_post("/devices/unlock", {"proof": to_base64(device.proof("000000")), "version": 1})
    for answer in (alice.get("/vault/file"), alice.signed_post("/vault/file", save)):
        assert (answer.status_code, answer.json) == (410, {"error": "lock_destroyed"})


def test_a_joining_member_takes_no_device_of_an_open_request(
    alice: Person, bob: Person, charlie: Person, organisation_key: ActiveKey
) -> None:
    asking = asked(alice, backed_up(alice, organisation_key))
    asking.approve(bob, organisation_key)
    device = charlie.new_device()
    device.id = asking.device.id
    file = device.write()
    made = {"id": device.id, "sign": to_base64(device.sign_public), "recipient": device.recipient, "name": "x"}
    header = {"device": made, "verify_key": to_base64(device.verify_key), "kit": 1, "items": 0}
    header |= {name: to_base64(value) for name, value in device.lock().items()}
    body = frame({**header, "file_sha256": sha256_hex(file)}, file)
    assert charlie.signed_post("/join/vault", body, device=device).status_code == 409
    assert asking.signed("release").status_code == 200


def test_a_few_slow_visitors_stop_nobody(granian_server: GranianServer) -> None:
    port = int(granian_server.url.rpartition(":")[2])
    head = f"POST /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Length: 500000\r\n"
    head += "Content-Type: application/x-www-form-urlencoded\r\n\r\nemail=a"
    slow = [socket.create_connection(("localhost", port)) for _ in range(8)]
    try:
        for connection in slow:
            connection.sendall(head.encode())
        with socket.create_connection(("localhost", port), timeout=patience.HUNG) as visitor:
            visitor.sendall(f"GET /sign-in HTTP/1.1\r\nHost: localhost:{port}\r\nConnection: close\r\n\r\n".encode())
            assert visitor.recv(12) == b"HTTP/1.1 200"
    finally:
        for connection in slow:
            connection.close()
