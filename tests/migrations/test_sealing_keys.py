"""Sealed values from before there were canaries: counted by the migration, proved by the first start after it."""

import importlib.util
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade

from tests.support.people.factors import with_second_factor
from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.servers.sealing_keys import counted, recounted, turned_wrong
from webapp.crypto.sealing import WrongSealingKey
from webapp.database import db
from webapp.models.server.sealing_key import SealingKey

[FILE] = (Path(__file__).parents[2] / "webapp/migrations/versions").glob("*_sealing_keys.py")


@pytest.mark.databases
def test_what_is_there_is_counted_and_its_key_has_to_open_it(
    app: Flask, alice: Person, organisation_key: ActiveKey
) -> None:
    enrolled(alice)
    backed_up(alice, organisation_key)
    with_second_factor(alice)
    spec = importlib.util.spec_from_file_location("sealing_keys", FILE)
    assert spec
    assert spec.loader
    migration = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(migration)
    with app.app_context():
        downgrade(revision=migration.down_revision)
        upgrade()
        row = db.session.get_one(SealingKey, "testing")
        assert (row.canary, row.count) == (None, 3)
        with turned_wrong(app), pytest.raises(WrongSealingKey, match="“testing”"):
            SealingKey.prove_all()
        SealingKey.prove_all()
        db.session.remove()
    assert counted(app) == recounted(app) == {"testing": 3}
