"""`reseal`: batches that may be interrupted and repeated, and what it says of each key."""

import itertools
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from tests.support.people.people import ActiveKey, Person, backed_up, enrolled
from tests.support.servers.sealing_keys import counted, fresh_key, recounted
from webapp.crypto.sealing import Sealer
from webapp.database import db, transaction
from webapp.models.server.sealing_key import SealingKey
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.ops import seal_rotation

BACKUPS = 5


@pytest.fixture
def rotated(app: Flask, alice: Person, organisation_key: ActiveKey, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """Six values under the key `testing`, and another key in front of it."""
    enrolled(alice)
    for _ in range(BACKUPS):
        backed_up(alice, organisation_key)
    app.config["SEALING_KEYS"] = [fresh_key("2026-11-29"), *app.config["SEALING_KEYS"]]
    entries = [entry.partition(":") for entry in app.config["SEALING_KEYS"]]
    app.extensions["sealer"] = Sealer([(key_id, key) for key_id, _, key in entries])
    monkeypatch.setattr(seal_rotation, "BATCH", 2)
    return app


def said(app: Flask) -> str:
    result = app.test_cli_runner().invoke(args=["reseal"])
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.databases
def test_interrupted_after_any_batch_it_goes_on_where_it_was(rotated: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    original, batches = SealingKey.seal, itertools.count(1)

    def dies(data: bytes, context: str) -> str:
        if next(batches) == 4:
            raise KeyboardInterrupt
        return original(data, context)

    monkeypatch.setattr(SealingKey, "seal", staticmethod(dies))
    with rotated.app_context(), pytest.raises(KeyboardInterrupt):
        seal_rotation.reseal()
    assert counted(rotated) == recounted(rotated)
    left = recounted(rotated)["testing"]
    assert 0 < left < BACKUPS + 1
    with rotated.app_context():
        assert seal_rotation.reseal() == left
        assert seal_rotation.reseal() == 0
        db.session.remove()
    assert counted(rotated) == recounted(rotated) == {"2026-11-29": BACKUPS + 1}


def test_it_says_what_each_key_seals_and_when_one_may_go(rotated: Flask) -> None:
    output = said(rotated)
    assert "6 values were sealed anew." in output
    assert "“2026-11-29”  6" in output
    assert "“testing”  0" in output
    assert "“testing” may be taken out of SEALING_KEYS" in output
    assert "as long as there is any backup of the database from before" in output
    assert "as long as there is any backup of the database from before" in output


def test_what_does_not_open_stays_and_keeps_its_key(rotated: Flask) -> None:
    with rotated.app_context():
        ids = db.session.scalars(select(CloudBackup.id).order_by(CloudBackup.id)).all()
        for broken in ids[:3]:
            _execute("UPDATE cloud_backup SET share_s = 'testing:AAAA' WHERE id = :id", id=broken)
        db.session.remove()
    output = said(rotated)
    assert "3 values were sealed anew." in output
    assert "“testing”  3" in output
    assert "“testing” is still needed" in output
    assert "may be taken out" not in output


def test_values_that_nobody_counted_are_found_before_a_key_may_go(rotated: Flask) -> None:
    """Written by a version that didn’t count yet, which still ran while the database was upgraded."""
    with rotated.app_context():
        _execute("DELETE FROM sealing_change")
        _execute("DELETE FROM sealing_key")
        _execute("UPDATE cloud_backup SET share_s = 'testing:AAAA'")
        db.session.remove()
    assert "“testing”  5" in said(rotated)
    assert counted(rotated) == recounted(rotated)


def _execute(statement: str, **values: Any) -> None:
    with transaction() as session:
        session.execute(text(statement), values)
