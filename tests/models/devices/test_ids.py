"""Where ids of devices are sought: in every table that a device, or one that asks to be, writes its keys into."""

import pytest
from flask import Flask

from tests.support.pairing.rows import pairing_row
from tests.support.people.person import Person
from tests.support.recovery.runs import request_row
from webapp.database import Base, db
from webapp.models.devices.ids import PLACES, is_taken
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest


def test_every_table_with_the_keys_of_devices_is_asked(app: Flask) -> None:
    keys = {"sign_public", "recipient"}
    tables = {name for name, table in Base.metadata.tables.items() if keys <= set(table.columns.keys())}
    assert set(PLACES) == tables - {"organisation_key"}
    assert all(column in Base.metadata.tables[name].columns for name, column in PLACES.items())


@pytest.mark.databases
def test_an_id_that_somebody_asked_by_is_taken_and_another_is_not(app_context: object, alice: Person) -> None:
    request_id = request_row(alice)
    pairing_id = pairing_row(alice)
    assert is_taken(db.session.get_one(RestoreRequest, request_id).device_id)
    assert is_taken(db.session.get_one(Pairing, pairing_id).device_id)
    assert not is_taken("0" * 32)
