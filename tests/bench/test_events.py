"""What a link in the chain of events costs the transaction that it is part of, and how fast an export is checked."""

import io
from collections.abc import Callable
from functools import partial
from itertools import count

import pytest
from flask import Flask
from sqlalchemy import insert, update

from tests.bench.conftest import Results
from tests.bench.measuring import Ratio, turn_by_turn
from tests.support.people.person import Person
from webapp.audit import verification, writing
from webapp.audit.chain import sha256_of
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.directory.user import User
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.chain import EventChain
from webapp.models.journal.event import Event
from webapp.models.journal.listing import entries

ROUNDS = 200
ENTRIES = 20_000
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
PART = "Recording what happened"


@pytest.mark.databases
def test_a_transaction_with_an_event(results: Results, app: Flask, alice: Person, database_kind: str) -> None:
    outside = count(1_000_000_000)

    def change(record: Callable[[User], object] | None) -> None:
        with transaction() as session:
            user = User.locked(alice.user_id)
            session.execute(update(User).where(User.id == user.id).values(kit_number=User.kit_number + 1))
            if record:
                record(user)

    def linked(user: User) -> None:
        Event.append("kit.changed", user.organisation_id, actor=user, subject=user, number=1)

    def loose(user: User) -> None:
        """The row alone, as if there were no chain."""
        row = {"organisation_id": user.organisation_id, "actor_id": user.id, "subject_id": user.id, "at": now()}
        row |= {"number": next(outside), "kind": "kit.changed", "details": {"number": 1}, "previous": "", "hash": ""}
        db.session.add(Event(**row))

    with app.app_context():
        works = {"linked": linked, "loose": loose, "not": None}
        taken = turn_by_turn({name: partial(change, record) for name, record in works.items()}, ROUNDS)
    what, against = (
        f"change a row and record it, {NAMES[database_kind]}",
        "change it, and insert an event without a chain",
    )
    results.add(
        PART,
        Ratio(what, against, taken["linked"], taken["loose"], "ms"),
        Ratio(what, "change it only", taken["linked"], taken["not"], "ms"),
        note="Locked, changed, committed.",
    )


def test_checking_an_export(results: Results, app: Flask, organisation: str) -> None:
    columns = [column.name for column in Event.__table__.columns if column.name != "id"]
    with app.app_context():
        with transaction():
            first = Event.append("contact.changed", organisation, name="Somebody", phone="+1 555 0100")
        rows, previous = [], first.hash
        for number in range(2, ENTRIES + 1):
            first.number, first.previous = number, previous
            first.hash = previous = first.entry.hash
            rows.append({name: getattr(first, name) for name in columns})
        with transaction() as session:
            session.execute(insert(Event), rows)
            session.execute(update(EventChain).values(count=ENTRIES, hash=previous))
        head = AuditKey.head(organisation)
        lines = list(writing.export("jsonl", entries(organisation, head.count), head))
        works = {
            "export": lambda: list(writing.export("jsonl", entries(organisation, head.count), head)),
            "check": lambda: verification.verify(io.BytesIO("".join(lines).encode()), head.public),
            "hash": lambda: [sha256_of(line) for line in lines],
        }
        taken = turn_by_turn(works, 3)
    against = "SHA-256 of each line"
    results.add(
        PART,
        Ratio("export", against, taken["export"], taken["hash"], "ms"),
        Ratio("check an export", against, taken["check"], taken["hash"], "ms"),
        note=f"{ENTRIES:,} entries as JSON Lines, SQLite.",
    )
