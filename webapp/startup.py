"""What production looks at in the database before it serves: a wrong one stops the start with a sentence."""

from flask import Flask
from sqlalchemy import and_, inspect, select

from webapp.config import ConfigurationError, Mode
from webapp.crypto.sealing import sealer
from webapp.database import db
from webapp.models import Organisation
from webapp.resealing import SEALED


def check(app: Flask) -> None:
    """Raises ConfigurationError for a demo database, or for sealed values whose key is not among SEALING_KEYS.

    Does nothing outside production, and nothing while the tables are not there yet.
    """
    if app.config["MODE"] != Mode.PRODUCTION:
        return
    with app.app_context():
        if not inspect(db.engine).has_table(Organisation.__tablename__):
            return
        organisation = Organisation.the()
        if organisation and organisation.is_demo:
            raise ConfigurationError(
                "This is a demo database, whose passwords are printed: set DATABASE_URL to another."
            )
        _refuse_missing_keys()
        db.session.rollback()


def _refuse_missing_keys() -> None:
    known = [f"{key_id}:%" for key_id in sealer().ids]
    tables = set(inspect(db.engine).get_table_names())
    for column, _ in SEALED:
        if column.class_.__tablename__ not in tables:
            continue  # `upgrade-db` starts here, too, and is about to make it
        stray = db.session.scalar(select(column).where(and_(*(column.not_like(prefix) for prefix in known))).limit(1))
        if stray:
            missing = stray.partition(":")[0]
            raise ConfigurationError(
                f"The database holds values sealed with the key “{missing}”: add that key to SEALING_KEYS, at the end."
            )
