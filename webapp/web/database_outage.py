"""When the database can’t be reached or written to: an answer that says to wait, and one line in the log for away and
one for back.

Nothing here waits. The request was not carried out; if the connection broke at the commit, it may have been. So a
script gets an answer that it takes for none of ours, and repeats only what is idempotent.
"""

import logging
import sqlite3
import threading
from functools import partial
from typing import Any

import psycopg
from flask import Flask, Response, current_app, make_response, request
from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from webapp.database import db
from webapp.web.access import wants_octets
from webapp.web.errors import error_page

RETRY_AFTER = 5
"""Seconds."""
GONE = {"57P01", "57P02", "57P03", "57P05", "53300", "53400", "08000", "08001", "08003", "08004", "08006", "08007"}
"""What PostgreSQL says when it stops, starts or has no connection left; where it says nothing, the connection broke."""
NO_WRITES = {"25006", "53100", "53200", "58030"}
"""What it says where it can be read and not written: a standby, a full disk, no memory, a disk that fails."""
SQLITE_GONE = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_LOCKED}
SQLITE_NO_WRITES = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY}


class Availability:
    """Whether this process found the database at its last try."""

    def __init__(self, logger: logging.Logger) -> None:
        self._logger = logger
        self._lock = threading.Lock()
        self._here = threading.local()
        self._until_written = False
        self.is_away = False

    def lost(self, error: BaseException) -> None:
        """Says so once, until it is back: until it takes a write again where that is what failed."""
        with self._lock:
            self._until_written |= takes_no_writes(error)
            if not self.is_away:
                self.is_away = True
                self._logger.error("the database is away: %s", reason(error))

    def found(self, *, has_written: bool = False) -> None:
        """Says so once, after it was away."""
        if self.is_away and (has_written or not self._until_written):
            with self._lock:
                if self.is_away:
                    self.is_away = self._until_written = False
                    self._logger.warning("the database is back")

    def wrote(self, is_committed: bool | None = None) -> None:
        """This thread’s transaction wrote something; or, with what it wrote, it ended."""
        if not self.is_away:
            return
        if is_committed and getattr(self._here, "has_written", False):
            self.found(has_written=True)
        self._here.has_written = is_committed is None


def init_app(app: Flask) -> None:
    """Answer requests that come meanwhile, and notice when it is back."""
    state = Availability(app.logger)
    app.extensions["availability"] = state
    app.register_error_handler(SQLAlchemyError, _answer)
    app.teardown_appcontext(_let_go)  # before the session’s own, which is registered first and so comes last
    with app.app_context():
        event.listen(db.engine, "checkout", lambda *_: state.found())
        event.listen(db.engine, "after_cursor_execute", partial(_note_write, state))
        event.listen(db.engine, "rollback", lambda _: state.wrote(is_committed=False))


def availability(app: Flask | None = None) -> Availability:
    """Of the application, or the running one."""
    found: Availability = (app or current_app).extensions["availability"]
    return found


def is_away(error: BaseException) -> bool:
    """Whether the error says that the database can’t be reached or can’t write, rather than that a statement was
    wrong."""
    if isinstance(error, PoolTimeout):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if takes_no_writes(error):
        return True
    cause = error.orig
    if isinstance(cause, psycopg.OperationalError):
        return cause.sqlstate is None or cause.sqlstate in GONE
    if isinstance(cause, sqlite3.OperationalError):
        return _sqlite_code(cause) in SQLITE_GONE
    return error.connection_invalidated


def takes_no_writes(error: BaseException) -> bool:
    """Whether it says that the database is there and can’t be written to."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, psycopg.Error):
        return cause.sqlstate in NO_WRITES
    return isinstance(cause, sqlite3.OperationalError) and _sqlite_code(cause) in SQLITE_NO_WRITES


def reason(error: BaseException) -> str:
    """What the database or its driver says, in one line; it names a host and a user, never a password."""
    said = str(getattr(error, "orig", None) or error)
    return next((line.strip() for line in said.splitlines() if line.strip()), type(error).__name__)


def wait_response() -> Response:
    """503: a page that asks again by itself, and for scripts what they know as nobody’s answer."""
    if wants_octets():
        response = make_response("The database is away.\n")
        response.mimetype = "text/plain"
    else:
        response = make_response(error_page(503, waits=request.method == "GET"))
    response.status_code = 503
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def _sqlite_code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def _note_write(state: Availability, *executed: Any) -> None:
    context = executed[4]
    if state.is_away and (context.isinsert or context.isupdate or context.isdelete):
        state.wrote()


@event.listens_for(Session, "after_commit")
def _committed(_session: Session) -> None:
    if current_app:
        availability().wrote(is_committed=True)


def _answer(error: SQLAlchemyError) -> Response:
    if not is_away(error):
        raise error
    availability().lost(error)
    return wait_response()


def _let_go(_error: BaseException | None) -> None:
    """Give the connection back. The answer stands even if the connection broke after the last statement."""
    try:
        db.session.remove()
    except SQLAlchemyError as error:
        if not is_away(error):
            raise
        availability().lost(error)
        db.session().invalidate()
        db.session.remove()
