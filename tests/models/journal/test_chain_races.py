"""Events that are written at the same moment: one chain, and nobody waits for somebody who waits for them."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.journal.chains import checked, numbers, record
from tests.support.people.person import Person
from tests.support.servers.races import race
from webapp.audit.verification import Proof
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.journal import listing
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.event import Event

WRITERS = 8
ROUNDS = 6


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
    monkeypatch.setattr(listing, "CHUNK", 3)
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
