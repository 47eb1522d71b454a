"""The database and the one way to write to it.

SQLite's ordinary BEGIN takes no lock, so a transaction that reads and then writes fails at once with "database is
locked" when another writer came between. `transaction()` therefore begins with BEGIN IMMEDIATE there, and every write
of the application goes through it: a flush outside raises `WriteOutsideTransaction`.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import wraps
from typing import Any, ParamSpec, TypeVar

from flask import Flask
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, DateTime, Dialect, Engine, MetaData, event, make_url
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import DeclarativeBase, Session, registry, scoped_session
from sqlalchemy.types import TypeDecorator

Row = TypeVar("Row")
Asked = ParamSpec("Asked")
Answer = TypeVar("Answer")
_LastSteps = dict[Callable[[list[Any]], None], list[Any]]

CONNECT_SECONDS = 5

_READ = "read_once"
"""Under this name a session keeps what `read_once` has answered."""
_LOADED = "loaded"
"""Under this name, the rows that the open `transaction()` has loaded."""

_writing: ContextVar[_LastSteps | None] = ContextVar("writing", default=None)
"""The last steps of the transaction that is open."""


class WriteOutsideTransaction(RuntimeError):
    """A programming error: something was written without `transaction()`."""


class NestedTransaction(RuntimeError):
    """A programming error: `transaction()` inside `transaction()`. One verb, one transaction."""


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC on every database (SQLite keeps no zone)."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime would be guessed at later")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


_METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(column_0_label)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Base(DeclarativeBase):
    """What every table derives from."""

    metadata = _METADATA
    registry = registry(metadata=_METADATA, type_annotation_map={datetime: UtcDateTime})


db = SQLAlchemy(model_class=Base, engine_options={"hide_parameters": True, "pool_pre_ping": True})
"""What a statement was to write stays out of its errors, and so out of the log: hashes of passwords, sealed keys. A
connection that broke while nobody used it, as all do when the database starts anew, is replaced before it is used."""
migrate = Migrate()


def init_app(app: Flask) -> None:
    """Bind the database to the application and make its connections follow this module's rules."""
    if app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _of_a_server(app)
    db.init_app(app)
    migrate.init_app(app, db, directory=str(app.config["MIGRATIONS"]), render_as_batch=True)
    with app.app_context():
        _listen(db.engine)


def _of_a_server(app: Flask) -> dict[str, Any]:
    """A connection for each thread, and no long wait for a server that doesn’t answer."""
    given = make_url(app.config["SQLALCHEMY_DATABASE_URI"]).query
    patience = {} if "connect_timeout" in given else {"connect_timeout": CONNECT_SECONDS}
    return {"pool_size": app.config["THREADS"], "connect_args": patience}


@contextmanager
def transaction() -> Iterator[scoped_session[FlaskSession]]:
    """One write, all or nothing. Ends the read that may be open, so what was loaded before is loaded afresh inside.

    Keep slow work (Argon2, rendering, mail) outside: on SQLite this holds the only write lock.
    """
    if in_transaction():
        raise NestedTransaction
    db.session.rollback()
    last_steps: _LastSteps = {}
    token = _writing.set(last_steps)
    try:
        yield db.session
        db.session.flush()  # what is written here may call for a last step, too
        for step, rows in last_steps.items():
            step(rows)
        db.session.commit()
    except BaseException:
        db.session.rollback()
        raise
    finally:
        _writing.reset(token)


def in_transaction() -> bool:
    """Whether the caller runs inside `transaction()`; verbs that must share one assert it."""
    return _writing.get() is not None


def read_once(read: Callable[Asked, Answer]) -> Callable[Asked, Answer]:
    """What this function read for these arguments is answered again until the session’s transaction ends, so that the
    parts of a page share one read. Inside `transaction()` it is read every time: what is decided there is read under
    its locks. The answer is shared, too: nobody changes the list they get."""

    @wraps(read)
    def answered(*args: Asked.args, **kwargs: Asked.kwargs) -> Answer:
        if in_transaction():
            return read(*args, **kwargs)
        question = (read, args, *sorted(kwargs.items()))
        known = db.session().info.get(_READ, {})
        if question not in known:
            answer = read(*args, **kwargs)
            # Only now: a read that let the clock make its move has ended a transaction, and what was known before it.
            known = db.session().info.setdefault(_READ, {})
            known[question] = answer
        return known[question]  # type: ignore[no-any-return]

    return answered


def at_the_end(step: Callable[[list[Row]], None], row: Row) -> None:
    """Call `step`, once and with every such row, when all else of this transaction is written and its locks are taken.

    For a lock that everybody needs: taken last it is held shortly, and never waited for by whom its holder waits for.
    """
    steps = _writing.get()
    assert steps is not None
    steps.setdefault(step, []).append(row)


def insert_missing(table: type[Base], **values: Any) -> None:
    """Insert a row unless one with its key is there; two at once make one row, and neither fails."""
    assert in_transaction()
    insert = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    db.session.execute(insert(table).values(**values).on_conflict_do_nothing())


def _listen(engine: Engine) -> None:
    if engine.dialect.name == "sqlite" and not event.contains(engine, "connect", _set_up_sqlite):
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "begin", _begin_sqlite)


def _set_up_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN is the deferred one
    # A writer waits for the one before it, for as long as a disk that is busy elsewhere may stall.
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=20000", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if in_transaction() else "BEGIN")


@event.listens_for(Session, "after_transaction_end")
def _forget_what_was_read(session: Session, _transaction: object) -> None:
    session.info.pop(_READ, None)
    session.info.pop(_LOADED, None)


@event.listens_for(Session, "loaded_as_persistent")
def _keep_what_was_loaded(session: Session, row: object) -> None:
    """SQLAlchemy lets go of a row that nobody holds, and would read the member anew whom `User.locked` gave a moment
    ago. To the end of a transaction they stay."""
    if in_transaction():
        session.info.setdefault(_LOADED, []).append(row)


@event.listens_for(Session, "before_flush")
def _refuse_stray_writes(session: Session, _context: object, _instances: object) -> None:
    if not in_transaction() and (session.new or session.dirty or session.deleted):
        raise WriteOutsideTransaction
