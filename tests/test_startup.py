"""What production refuses to start with."""

import base64
import secrets
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.support.applications import make_app
from tests.support.factors import with_second_factor
from tests.support.people import Person, enrolled
from webapp import create_app
from webapp.config import ConfigurationError
from webapp.database import db, transaction
from webapp.models import DeviceLock, Organisation, SecondFactor
from webapp.resealing import reseal


def _key(name: str) -> str:
    return f"{name}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


FIRST, SECOND = _key("first"), _key("second")


@pytest.fixture
def settings() -> dict[str, str]:
    return {"SEALING_KEYS": FIRST}


def _as_production(app: Flask, sealing_keys: list[str]) -> Flask:
    return create_app({**app.config, "MODE": "production", "SEALING_KEYS": sealing_keys})


def test_production_refuses_a_demo_database(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add(Organisation(name="Demo", is_demo=True))
    with pytest.raises(ConfigurationError, match="demo database"):
        _as_production(app, [FIRST])


def test_production_refuses_to_start_without_a_key_that_stored_values_need(app: Flask, alice: Person) -> None:
    enrolled(alice)
    with pytest.raises(ConfigurationError, match="“first”"):
        _as_production(app, [SECOND])


def test_after_reseal_the_old_key_can_go_and_shares_still_open(
    app: Flask, alice: Person, database_url: str, tmp_path: Path
) -> None:
    device = enrolled(alice)
    rotated = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": f"{SECOND},{FIRST}"}, tmp_path)
    with rotated.app_context():
        assert reseal() >= 1
        assert reseal() == 0
        assert db.session.get_one(DeviceLock, (device.id, 1)).server_share.startswith("second:")
    _as_production(app, [SECOND])


def test_the_key_of_a_second_factor_is_sealed_anew_too(
    app: Flask, alice: Person, database_url: str, tmp_path: Path
) -> None:
    factor = with_second_factor(alice)
    with pytest.raises(ConfigurationError, match="“first”"):
        _as_production(app, [SECOND])
    rotated = make_app({"DATABASE_URL": database_url, "SEALING_KEYS": f"{SECOND},{FIRST}"}, tmp_path)
    with rotated.app_context():
        assert reseal() == 1
        assert db.session.get_one(SecondFactor, alice.user_id).key == factor.key
    _as_production(app, [SECOND])


def test_production_starts_before_a_migration_that_makes_a_sealed_table(app: Flask) -> None:
    """Or it could never be run there: the command that upgrades starts the application first."""
    with app.app_context(), transaction() as session:
        session.execute(text("DROP TABLE second_factor"))
    _as_production(app, [FIRST])


def test_production_starts_before_the_first_migration(app: Flask, tmp_path: Path) -> None:
    create_app(
        {**app.config, "MODE": "production", "SQLALCHEMY_DATABASE_URI": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
    )
