"""A process that dies in the middle of a transaction: after any of its statements, or instead of its commit."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event

from tests.support.recovery.finish import everything
from webapp.database import db


class Crash(Exception):
    """The process ends here."""


@contextmanager
def crash_after(statements: int) -> Iterator[list[str]]:
    """Raise once that many statements have been executed; they are in the list."""
    seen: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith("BEGIN"):
            seen.append(statement)
        if len(seen) == statements:
            raise Crash

    event.listen(db.engine, "after_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(db.engine, "after_cursor_execute", count)


@contextmanager
def crash_instead_of_commit() -> Iterator[None]:
    """Raise where the transaction would be committed."""

    def crash(_connection: object) -> None:
        raise Crash

    event.listen(db.engine, "commit", crash)
    try:
        yield
    finally:
        event.remove(db.engine, "commit", crash)


def crash_everywhere(work: Callable[[], Any]) -> int:
    """Run `work` with a crash after its first statement, after its second, and so on, and instead of its commit: each
    leaves every row as it was. Then run it to its end; how many statements it has. Needs an application context."""
    before, statements = everything(), 0
    with pytest.raises(Crash), crash_instead_of_commit():
        work()
    db.session.remove()
    assert everything() == before
    while True:
        statements += 1
        try:
            with crash_after(statements) as seen:
                work()
        except Crash:
            db.session.remove()
            assert everything() == before, f"after {seen[-1]}"
            continue
        break
    assert everything() != before
    return statements
