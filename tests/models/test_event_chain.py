"""The chain of events: one after the other whoever writes at the same moment, and whole when it is exported."""

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.support.clock import MovableClock
from tests.support.person import Person
from tests.support.racing import race
from webapp.audit import verification, writing
from webapp.audit.verification import Broken, Fault, Proof
from webapp.clock import now
from webapp.crypto.sealing import sealer
from webapp.database import db, transaction
from webapp.models import AuditKey, Event, EventChain, Organisation, User, event_chain
from webapp.models.columns import new_id

WRITERS = 8
ROUNDS = 6


def checked(organisation_id: str, format: str = "jsonl", since: object = None) -> Proof:
    """What an export of the organisation proves. Raises Broken. Needs an application context."""
    head = EventChain.head(organisation_id)
    lines = writing.export(format, EventChain.entries(organisation_id, head.count), head)
    return verification.verify(io.BytesIO("".join(lines).encode()), head.public, since)  # type: ignore[arg-type]


def record(organisation_id: str, kind: str = "contact.changed", **details: Any) -> None:
    with transaction():
        Event.append(kind, organisation_id, **details)


def numbers(organisation_id: str) -> list[int]:
    query = select(Event.number).where(Event.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(Event.number)))


@pytest.fixture
def other(app: Flask) -> str:
    """The id of another organisation in the same database."""
    with app.app_context(), transaction() as session:
        made = Organisation(name="Other Works")
        session.add(made)
        session.flush()
        return made.id


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
        lines = writing.export("jsonl", EventChain.entries(other, 4), EventChain.head(organisation))
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


@pytest.mark.databases
def test_many_who_write_at_once_write_one_chain(
    app: Flask, alice: Person, bob: Person, charlie: Person, olga: Person
) -> None:
    """With whatever else they hold: somebody’s row, the organisation’s; and each is named by the others’ events."""
    organisation = alice.organisation_id

    def writes(first: Person, second: Person, *holding: str) -> Callable[[], None]:
        def work() -> None:
            for _ in range(ROUNDS):
                with transaction() as session:
                    if "organisation" in holding:
                        Organisation.locked(organisation).contact_name = first.name
                    user = User.locked(first.user_id)
                    user.kit_number += 1
                    named = session.get_one(User, second.user_id)
                    Event.append("contact.changed", organisation, actor=user, subject=named)
                    session.flush()
                    if "requests" in holding:
                        Organisation.touch_requests(organisation)
                    Event.append("contact.changed", organisation, actor=named, subject=user)
                db.session.remove()

        return work

    pairs = [(alice, bob), (bob, alice), (charlie, olga), (olga, charlie)]
    for holding in ("organisation", "requests"):
        works = [writes(*pair) for pair in pairs] + [writes(*pair, holding) for pair in pairs]
        assert race(app, *works) == [None] * WRITERS
    with app.app_context():
        proof = checked(organisation)
        assert proof.head.count == 4 * WRITERS * ROUNDS + 1
        assert numbers(organisation) == list(range(1, proof.head.count + 1))


@pytest.mark.databases
def test_whoever_changes_a_key_that_events_name_waits_for_nobody_who_waits_for_them(
    app: Flask, alice: Person, bob: Person
) -> None:
    """An address is such a key to PostgreSQL: until it is committed, no row can name its person."""
    organisation = alice.organisation_id

    def rename() -> None:
        for number in range(ROUNDS):
            with transaction() as session:
                user = User.locked(alice.user_id)
                user.email = f"alice{number}@example.org"
                session.flush()
                Event.append("contact.changed", organisation, actor=user)
            db.session.remove()

    def name() -> None:
        for _ in range(ROUNDS):
            with transaction() as session:
                named = session.get_one(User, alice.user_id)
                Event.append("contact.changed", organisation, actor=User.locked(bob.user_id), subject=named)
            db.session.remove()

    assert race(app, *[rename, name] * 3) == [None] * 6
    with app.app_context():
        checked(organisation)


@pytest.mark.databases
def test_the_first_events_of_all_begin_one_chain(app: Flask, organisation: str) -> None:
    assert race(app, *[lambda: record(organisation)] * WRITERS) == [None] * WRITERS
    with app.app_context():
        assert numbers(organisation) == list(range(1, WRITERS + 1))


@pytest.mark.databases
def test_one_key_is_made_however_many_ask_first(app: Flask, organisation: str) -> None:
    keys = race(app, *[lambda: AuditKey.of(organisation).public] * WRITERS)
    assert len(set(keys)) == 1
    with app.app_context():
        assert db.session.scalars(select(Event.kind)).all() == ["audit_key.made"]


@pytest.mark.databases
def test_an_export_is_of_one_moment_while_others_write(
    app: Flask, organisation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_chain, "CHUNK", 3)
    with app.app_context():
        for _ in range(10):
            record(organisation)

    def export() -> Proof:
        return checked(organisation)

    def write() -> None:
        for _ in range(20):
            record(organisation)

    outcomes = race(app, export, write, export, write)
    assert [type(outcome) for outcome in outcomes] == [Proof, type(None), Proof, type(None)]


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


def test_the_private_half_is_sealed(app: Flask, organisation: str, other: str) -> None:
    with app.app_context():
        key, foreign = AuditKey.of(organisation), AuditKey.of(other)
        assert key.public != foreign.public
        assert key.seed.startswith(f"{sealer().current}:")
        with transaction() as session:
            session.get_one(AuditKey, other).seed = AuditKey.of(organisation).seed
        with pytest.raises(Exception, match="audit key of"):
            EventChain.head(other)


def test_details_that_no_json_has_are_refused(app: Flask, organisation: str) -> None:
    with app.app_context():
        for value in (float("nan"), object(), new_id):
            with pytest.raises((ValueError, TypeError)):
                record(organisation, value=value)
        assert numbers(organisation) == []
