"""What is looked at in the database before anything is served: a wrong one stops the start with a sentence."""

from flask import Flask, current_app, has_request_context
from sqlalchemy import inspect, select
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response as BaseResponse

from webapp.config import ConfigurationError, Mode
from webapp.crypto.sealing import UnknownSealingKey, WrongSealingKey
from webapp.database import db
from webapp.models.directory.organisation import Organisation
from webapp.models.server.sealing_key import SealingKey
from webapp.ops import health
from webapp.web.access import is_probe
from webapp.web.database_outage import availability, is_away, reason, takes_no_writes, wait_response
from webapp.web.errors import error_page


class DatabaseAway(ConfigurationError):
    """The database can’t be reached, so nothing was proved. Waiting may mend it."""


class OldTables(ConfigurationError):
    """The database has no tables, or those of a former version. `upgrade-db` mends it."""


def init_app(app: Flask) -> None:
    """Answer nothing until `check` has passed."""
    app.extensions["is_proved"] = app.config["MODE"] == Mode.TESTING
    app.before_request(_prove_first)


def _prove_first() -> BaseResponse | tuple[str, int] | None:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    if is_probe():
        return None
    try:
        ensure(app)
    except DatabaseAway:
        return wait_response()
    except OldTables as error:
        app.logger.critical("%s", error)
        return wait_response()
    except ConfigurationError as error:
        app.logger.critical("%s", error)
        return error_page("sealing_key"), 503
    return None


def ensure(app: Flask) -> None:
    """`check`, unless it has passed. Raises as it does; that the database is away is logged once."""
    if not app.extensions["is_proved"]:
        try:
            check(app)
        except DatabaseAway as error:
            availability(app).lost(error)
            raise


def check(app: Flask, *, needs_tables: bool = True) -> None:
    """Raises OldTables where no tables are there, or those of a former version, unless nobody `needs_tables`; those
    of a newer one are a line in the log, since two versions may run beside each other.

    Raises ConfigurationError for a demo database in production, and for SEALING_KEYS that lack a key which seals
    something, or have another one under its id; DatabaseAway where nobody answers. Writes one row: that the current key
    seals from now on.

    Does nothing in tests: their applications make keys of their own.
    """
    mode = app.config["MODE"]
    if mode == Mode.TESTING:
        return
    with app.app_context():
        try:
            if needs_tables:
                require_tables()
                if health.is_of_newer_version():
                    app.logger.warning("%s", health.migration_problem())
            if mode == Mode.PRODUCTION:
                refuse_demo()
            _prove_keys()
        except SQLAlchemyError as error:
            raise in_a_sentence(error) from None
        else:
            app.extensions["is_proved"] = True
        finally:
            db.session.remove()
            # Nobody goes on with it, or it is away; but what a request holds goes back to the pool that it came from.
            if not app.extensions["is_proved"] and not has_request_context():
                db.engine.dispose()


def in_a_sentence(error: SQLAlchemyError) -> ConfigurationError:
    """What to do about a database that fails before, or in the middle of, a command."""
    if takes_no_writes(error):
        return DatabaseAway(read_only(reason(error)))
    if is_away(error):
        return DatabaseAway(
            f"The database that DATABASE_URL names does not answer ({reason(error)}): start it, or set DATABASE_URL to"
            " another."
        )
    return ConfigurationError(
        f"The database that DATABASE_URL names is none of Spare Key’s ({reason(error)}): set it to another, or run"
        " `flask --app webapp upgrade-db`."
    )


def read_only(why: str) -> str:
    """What to do about a database that can’t be written to."""
    return (
        f"The database that DATABASE_URL names takes no writes ({why}): make it writable, with room on its disk, or set"
        " DATABASE_URL to another."
    )


def require_tables() -> None:
    """Raises OldTables unless the tables are those of this version, or of a newer one."""
    problem = health.migration_problem()
    if problem and not health.is_of_newer_version():
        raise OldTables(problem)


def refuse_demo() -> None:
    """Raises ConfigurationError where the database is the one of the demo, whose passwords everybody knows."""
    if not inspect(db.engine).has_table(Organisation.__tablename__):
        return
    # No other column: `upgrade-db` starts with the tables of a former version.
    if db.session.scalar(select(Organisation.is_demo)):
        raise ConfigurationError("This is a demo database, whose passwords are printed: set DATABASE_URL to another.")


def _prove_keys() -> None:
    if not inspect(db.engine).has_table(SealingKey.__tablename__):
        return  # `upgrade-db` starts here, too, and is about to make it
    try:
        SealingKey.prove_all()
    except (UnknownSealingKey, WrongSealingKey) as error:
        raise ConfigurationError(str(error)) from None
