"""The chain of events: each names the one before it, and what was changed or removed is found in the next export."""

import base64
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, insert, select, update

from tests.support.journal.chains import checked, numbers, record
from tests.support.people.others import another_organisation
from tests.support.run.clock import MovableClock
from tests.support.servers.applications import dispose, make_app
from webapp.audit import verification, writing
from webapp.audit.verification import Broken, Fault
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import db, transaction
from webapp.models.columns import new_id
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.chain import EventChain
from webapp.models.journal.event import Event
from webapp.models.journal.listing import entries
from webapp.ops.seal_rotation import reseal


@pytest.fixture
def other(app: Flask) -> str:
    """The id of another organisation in the same database."""
    return another_organisation(app)


@pytest.mark.databases
def test_an_event_names_the_one_before_it(app: Flask, organisation: str, clock: MovableClock) -> None:
    with app.app_context():
        for number in range(3):
            record(organisation, name=f"“{number}”", nested={"b": [1, None, 2.5], "a": True})
            clock.advance(minutes=1, microseconds=1)
        first, second, third = db.session.scalars(select(Event).order_by(Event.number)).all()
        assert [first.number, second.number, third.number] == [1, 2, 3]
        assert (second.previous, third.previous) == (first.hash, second.hash)
        assert [event.entry.hash for event in (first, second, third)] == [first.hash, second.hash, third.hash]
        assert checked(organisation).head.count == 4, "the key that signs was made meanwhile, which is an event"


@pytest.mark.databases
def test_each_organisation_has_a_chain_of_its_own(app: Flask, organisation: str, other: str) -> None:
    with app.app_context():
        with transaction():
            for _ in range(3):
                Event.append("contact.changed", organisation)
                Event.append("contact.changed", other)
        assert numbers(organisation) == numbers(other) == [1, 2, 3]
        assert checked(organisation).head.organisation == organisation
        assert checked(other, "csv").head.organisation == other
        lines = writing.export("jsonl", entries(other, 4), AuditKey.head(organisation))
        file, public = io.BytesIO("".join(lines).encode()), AuditKey.of(organisation).public
        with pytest.raises(Broken) as found:
            verification.verify(file, public)
        assert found.value.fault == Fault.FOREIGN


def test_what_is_undone_leaves_no_gap(app: Flask, organisation: str) -> None:
    class Undone(Exception):
        pass

    def undo() -> None:
        with transaction():
            Event.append("contact.changed", organisation)
            raise Undone

    with app.app_context():
        record(organisation)
        with pytest.raises(Undone):
            undo()
        record(organisation)
        assert numbers(organisation) == [1, 2]
        checked(organisation)


def test_what_is_changed_in_the_database_is_found_in_the_next_export(app: Flask, organisation: str) -> None:
    with app.app_context():
        for number in range(4):
            record(organisation, number=number)
        checked(organisation)
        changes: list[dict[str, Any]] = [
            {"kind": "hold.lifted"},
            {"at": now() - timedelta(days=1)},
            {"object_id": "x"},
            {"details": {"number": 9}},
            {"actor_name": "Bob"},
            {"hash": "0" * 64},
        ]
        for values in changes:
            with transaction() as session:
                before = session.execute(select(Event.__table__).where(Event.number == 2)).one()._asdict()
                session.execute(update(Event).where(Event.number == 2).values(**values))
            with pytest.raises(Broken) as found:
                checked(organisation)
            assert (found.value.fault, found.value.entry) == (Fault.ALTERED, 2)
            with transaction() as session:
                session.execute(update(Event).where(Event.number == 2).values(**before))
        checked(organisation)


def test_what_is_removed_from_the_database_is_found_in_the_next_export(app: Flask, organisation: str) -> None:
    with app.app_context():
        for _ in range(5):
            record(organisation)
        AuditKey.of(organisation)
        for number, fault in ((6, Fault.TRUNCATED), (3, Fault.DROPPED)):
            with transaction() as session:
                session.delete(session.scalars(select(Event).where(Event.number == number)).one())
            with pytest.raises(Broken) as found:
                checked(organisation)
            assert (found.value.fault, found.value.entry) == (fault, number)


@pytest.mark.databases
@pytest.mark.parametrize("number", [-7, 0, 6, 9])
def test_what_is_put_beside_the_chain_is_found_in_the_next_export(app: Flask, organisation: str, number: int) -> None:
    """It would be shown under Activity. Nothing of the chain was touched, nor its end."""
    with app.app_context():
        for _ in range(4):
            record(organisation)
        checked(organisation)
        with transaction() as session:
            columns = [column.name for column in Event.__table__.columns if column.name != "id"]
            fourth = session.scalars(select(Event).where(Event.number == 4)).one()
            row = {name: getattr(fourth, name) for name in columns}
            session.execute(insert(Event), {**row, "number": number, "previous": row["hash"], "kind": "hold.lifted"})
            forged = session.scalars(select(Event).where(Event.number == number)).one()
            session.execute(update(Event).where(Event.number == number).values(hash=forged.entry.hash))
        for format in ("jsonl", "csv"):
            with pytest.raises(Broken) as found:
                checked(organisation, format)
            assert found.value.fault in (Fault.ADDED, Fault.REWRITTEN)


def test_a_chain_that_lost_its_end_is_none_of_nothing(app: Flask, organisation: str) -> None:
    with app.app_context():
        for _ in range(4):
            record(organisation)
        checked(organisation)
        with transaction() as session:
            session.execute(delete(EventChain))
        with pytest.raises(Broken) as found:
            checked(organisation)
        assert found.value.fault == Fault.ADDED


def test_the_private_half_is_sealed(app: Flask, organisation: str, other: str) -> None:
    with app.app_context():
        key, foreign = AuditKey.of(organisation), AuditKey.of(other)
        assert key.public != foreign.public
        assert key.seed.startswith(f"{sealer().current}:")
        with transaction() as session:
            session.get_one(AuditKey, other).seed = AuditKey.of(organisation).seed
        with pytest.raises(Exception, match="audit key of"):
            AuditKey.head(other)


def test_the_private_half_is_moved_to_a_new_sealing_key(
    app: Flask, organisation: str, database_url: str, tmp_path: Path
) -> None:
    with app.app_context():
        public = AuditKey.of(organisation).public
        head = AuditKey.head(organisation)
    keys = ",".join(["later:" + base64.urlsafe_b64encode(b"k" * 32).decode(), *app.config["SEALING_KEYS"]])
    rotated = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": keys}, tmp_path)
    with rotated.app_context():
        assert reseal() == 1
        assert db.session.get_one(AuditKey, organisation).seed.startswith("later:")
        assert checked(organisation, since=head).head.public == public
    dispose(rotated)


def test_details_that_no_json_has_are_refused(app: Flask, organisation: str) -> None:
    with app.app_context():
        for value in (float("nan"), object(), new_id):
            with pytest.raises((ValueError, TypeError)):
                record(organisation, value=value)
        assert numbers(organisation) == []
