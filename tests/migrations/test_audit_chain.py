"""Events from before they were a chain become one."""

import importlib.util
import json
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from tests.support.journal.chains import checked, numbers
from tests.support.people.person import Person
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.event import Event

[FILE] = (Path(__file__).parents[2] / "webapp/migrations/versions").glob("*_audit_chain.py")
OLD = """INSERT INTO event (organisation_id, at, kind, actor_id, subject_id, object_id, details)
    VALUES (:organisation, :at, 'contact.changed', :actor, NULL, :object, :details)"""
TIMES = ("2026-11-22 16:10:46.123456", "2026-11-22 16:10:46", "2026-11-21 00:00:00.000001")


@pytest.mark.databases
def test_what_was_there_is_linked_in_its_order(app: Flask, alice: Person, organisation: str) -> None:
    spec = importlib.util.spec_from_file_location("audit_chain", FILE)
    assert spec
    assert spec.loader
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    with app.app_context():
        with transaction() as session:
            session.add(Organisation(id="f" * 32, name="Other Works"))
        downgrade(revision=migration.down_revision)
        zone = "" if db.engine.dialect.name == "sqlite" else "+00"
        with transaction() as session:
            for place in range(1203):
                details = json.dumps({"name": f"Zoë “{place}”", "nested": [1, 2.5, None, True]})
                row: dict[str, str | None] = {
                    "organisation": organisation if place % 3 else "f" * 32,
                    "at": TIMES[place % 3] + zone,
                }
                row |= {"actor": alice.user_id if place % 2 else None, "object": str(place), "details": details}
                session.execute(text(OLD), row)
        upgrade()
        assert checked("f" * 32).head.count == 401 + 1
        assert checked(organisation, "csv").head.count == 802 + 1
        assert numbers(organisation) == list(range(1, 804))
        objects = db.session.scalars(
            select(Event.object_id).where(Event.organisation_id == organisation).order_by(Event.number)
        ).all()
        assert objects[:4] == ["1", "2", "4", "5"]
        names = set(db.session.scalars(select(Event.actor_name).where(Event.kind == "contact.changed")))
        assert names == {"", "Alice"}
