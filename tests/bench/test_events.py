"""What a link in the chain of events costs the transaction that it is part of, and how fast an export is checked."""

import io

import pytest
from flask import Flask
from sqlalchemy import insert, update

from tests.bench.conftest import Results
from tests.bench.measuring import Ratio, turn_by_turn
from tests.support.person import Person
from webapp.audit import verification, writing
from webapp.audit.chain import sha256_of
from webapp.database import transaction
from webapp.models import Event, EventChain, User

ROUNDS = 200
ENTRIES = 20_000
PART = "Recording what happened"


@pytest.mark.databases
def test_a_transaction_with_an_event(results: Results, app: Flask, alice: Person, database_kind: str) -> None:
    def change(with_event: bool) -> None:
        with transaction() as session:
            user = User.locked(alice.user_id)
            session.execute(update(User).where(User.id == user.id).values(kit_number=User.kit_number + 1))
            if with_event:
                Event.append("kit.changed", user.organisation_id, actor=user, subject=user, number=1)

    with app.app_context():
        taken = turn_by_turn({"with": lambda: change(True), "without": lambda: change(False)}, ROUNDS)
    name = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}[database_kind]
    what, against = f"change a row and record it, {name}", "change it only"
    results.add(PART, Ratio(what, against, taken["with"], taken["without"], "ms"), note="Locked, changed, committed.")


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
        head = EventChain.head(organisation)
        lines = list(writing.export("jsonl", EventChain.entries(organisation, head.count), head))
        works = {
            "export": lambda: list(writing.export("jsonl", EventChain.entries(organisation, head.count), head)),
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
