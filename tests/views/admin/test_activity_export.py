"""Taking activity along: whole, of this organisation alone, and checked by whoever has the key."""

import io
import json
import re
import threading

import pytest
from flask import Flask
from sqlalchemy import event
from werkzeug.test import TestResponse

from tests.support.people.others import elsewhere
from tests.support.people.person import Person
from tests.support.run import patience
from webapp.audit import reading, verification
from webapp.audit.chain import Entry, Head
from webapp.audit.verification import Broken, Fault
from webapp.client.formats.encoding import new_id
from webapp.database import db, transaction
from webapp.models.journal import listing
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.event import Event
from webapp.views.admin import activity_export

FORMATS = ["jsonl", "csv"]


def exported(person: Person, format: str) -> bytes:
    answer = person.post("/admin/activity/exports", data={"format": format})
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Disposition"].startswith("attachment; filename=activity-20")
    assert answer.headers["Content-Disposition"].endswith(f".{format}")
    assert answer.headers["Cache-Control"] == "no-store"
    return bytes(answer.data)


def entries(octets: bytes) -> list[Entry]:
    return [record for _, record, _ in reading.records(io.BytesIO(octets)) if isinstance(record, Entry)]


def public_key(app: Flask, organisation_id: str) -> bytes:
    with app.app_context():
        return AuditKey.of(organisation_id).public


@pytest.fixture
def dora(app: Flask) -> Person:
    """The owner of another organisation in the same database."""
    return elsewhere(app, "Dora")


@pytest.mark.databases
@pytest.mark.parametrize("format", FORMATS)
def test_an_export_is_whole_however_long_it_is(
    app: Flask, bob: Person, olga: Person, format: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "CHUNK", 7)
    with app.app_context(), transaction():
        for number in range(30):
            Event.append("contact.changed", bob.organisation_id, name=f"=Zoë {number}")
    for person in (bob, olga):
        octets = exported(person, format)
        proof = verification.verify(io.BytesIO(octets), public_key(app, bob.organisation_id))
        found = entries(octets)
        assert [entry.number for entry in found] == list(range(1, proof.head.count + 1))
        assert (found[-1].kind, found[-1].actor_name) == ("activity.exported", person.name)
        assert "Zoë 29" in {entry.details.get("name", "")[1:] for entry in found}


def test_it_is_read_while_it_is_sent(app: Flask, bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """However long it is, only a few hundred entries are in memory."""
    monkeypatch.setattr(listing, "CHUNK", 5)
    monkeypatch.setattr(activity_export, "PIECE", 1)
    reads: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        reads.extend(re.findall(r"FROM event\s", statement))

    with app.app_context():
        with transaction():
            for _ in range(40):
                Event.append("contact.changed", bob.organisation_id)
        event.listen(db.engine, "after_cursor_execute", note)
    answer = bob.post("/admin/activity/exports", data={"format": "jsonl"}, buffered=False)
    pieces = answer.iter_encoded()
    assert b'"number":1,' in next(pieces)
    assert len(reads) == 1
    assert b'"head"' in b"".join(pieces)
    assert len(reads) == 10
    answer.close()


def test_those_who_read_slowly_leave_threads_for_everybody_else(bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has eight; an export that nobody reads keeps one."""
    monkeypatch.setattr(activity_export, "_turns", threading.BoundedSemaphore(1))
    slow = bob.post("/admin/activity/exports", data={"format": "csv"}, buffered=False)
    answers: list[TestResponse] = []
    form = {"format": "csv"}
    other = threading.Thread(target=lambda: answers.append(bob.post("/admin/activity/exports", data=form)))
    other.start()
    other.join(patience.HUNG)
    assert [answer.status_code for answer in answers] == [503]
    assert "others are being sent at this moment" in answers[0].text
    slow.close()
    assert "exported all activity" in bob.get("/admin/activity").text
    exported(bob, "csv")


def test_an_export_that_fails_leaves_its_turn_to_others(bob: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_organisation_id: str) -> AuditKey:
        raise LookupError

    monkeypatch.setattr(activity_export, "_turns", threading.BoundedSemaphore(1))
    with monkeypatch.context() as patch:
        patch.setattr(AuditKey, "of", fail)
        with pytest.raises(LookupError):
            bob.post("/admin/activity/exports", data={"format": "csv"})
    exported(bob, "csv")


@pytest.mark.parametrize("format", FORMATS)
def test_nothing_of_another_organisation_is_in_it(app: Flask, bob: Person, dora: Person, format: str) -> None:
    with app.app_context(), transaction():
        Event.append("contact.changed", dora.organisation_id, name="Theirs")
        Event.append("contact.changed", bob.organisation_id, name="Ours")
    for person, own, foreign in ((bob, b"Ours", b"Theirs"), (dora, b"Theirs", b"Ours")):
        octets = exported(person, format)
        assert own in octets
        assert foreign not in octets
        assert {entry.organisation for entry in entries(octets)} == {person.organisation_id}
    with pytest.raises(Broken) as found:
        verification.verify(io.BytesIO(exported(bob, format)), public_key(app, dora.organisation_id))
    assert found.value.fault == Fault.OTHER_KEY


def test_members_and_strangers_export_nothing(app: Flask, alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        for path in ("export", "public-key", "head"):
            assert person.get(f"/admin/activity/{path}").status_code == 404
        assert person.post("/admin/activity/exports", data={"format": "csv"}).status_code == 404
    client = app.test_client()
    assert client.post("/admin/activity/exports", data={"format": "csv"}).headers["Location"].startswith("/sign-in")


def test_an_unknown_format_exports_nothing_and_says_so(app: Flask, bob: Person) -> None:
    answer = bob.post("/admin/activity/exports", data={"format": "pdf"})
    assert answer.status_code == 422
    assert "choose one of the two formats" in answer.text
    assert 'data-kind="activity.exported"' not in bob.get("/admin/activity").text


def test_an_export_is_told_in_activity(bob: Person) -> None:
    exported(bob, "csv")
    assert "Bob exported all activity, as CSV." in bob.get("/admin/activity").text


def test_the_page_shows_the_key_and_both_downloads_are_it(app: Flask, bob: Person) -> None:
    page = bob.get("/admin/activity/export").text
    with app.app_context():
        key = AuditKey.of(bob.organisation_id)
        assert key.public_base64 in page
        assert key.fingerprint in page.replace(" ", "").replace('<spanclass="code__group">', "").replace("</span>", "")
        assert bob.get("/admin/activity/public-key").text == key.pem
    head = bob.get("/admin/activity/head")
    found = reading.head_of(io.BytesIO(head.data))
    found.verify(public_key(app, bob.organisation_id))
    assert f"{found.count:,}</strong> entries" in page


def test_an_export_goes_on_from_every_head_before(app: Flask, bob: Person) -> None:
    earlier = [reading.head_of(io.BytesIO(exported(bob, format))) for format in FORMATS]
    earlier.append(reading.head_of(io.BytesIO(bob.get("/admin/activity/head").data)))
    later = exported(bob, "jsonl")
    for head in earlier:
        assert verification.verify(io.BytesIO(later), public_key(app, bob.organisation_id), head).since == head
    other = Head(**{**vars(earlier[0]), "organisation": new_id()})
    with pytest.raises(Broken):
        verification.verify(io.BytesIO(later), public_key(app, bob.organisation_id), other)


def test_an_export_that_breaks_off_is_not_whole(
    app: Flask, bob: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A row that is gone, or a server that stops: what was sent until then has no end, or one that doesn’t fit."""
    bob.client  # noqa: B018
    with app.app_context(), transaction() as session:
        session.delete(session.query(Event).filter_by(number=1).one())
    octets = exported(bob, "jsonl")
    with pytest.raises(Broken) as found:
        verification.verify(io.BytesIO(octets), public_key(app, bob.organisation_id))
    assert (found.value.fault, found.value.entry) == (Fault.DROPPED, 1)
    assert json.loads(octets.splitlines()[-1])["head"]["count"] == 3
