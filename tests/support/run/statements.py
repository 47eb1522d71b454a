"""Counts the statements that the application sends to its database, and says which function sent each."""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Connection, event

from webapp.config import ROOT
from webapp.database import db

BORDERS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA")
"""What only opens and closes a transaction asks for no row."""
DEPTH = 4
"""How many functions of the application are named for each statement, the innermost first."""


@dataclass(frozen=True)
class Statement:
    """One statement, its parameters, and the functions of the application it came from."""

    text: str
    parameters: Any
    places: tuple[str, ...]

    @property
    def short(self) -> str:
        """What it does to which table: "SELECT user_account"."""
        text = self.text
        while text != (text := re.sub(r"\([^()]*\)", "", text)):
            pass  # what stands in parentheses is a part of it, and may name other tables
        words = text.split()
        verb = words[0].upper()
        after = {"SELECT": "FROM", "INSERT": "INTO", "DELETE": "FROM", "UPDATE": "UPDATE"}.get(verb, verb)
        upper = [word.upper() for word in words]
        return f"{verb} {words[upper.index(after) + 1]}" if after in upper[:-1] else verb


@dataclass
class Statements:
    """All that was sent while somebody listened."""

    sent: list[Statement] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.sent)

    def repeats(self) -> list[tuple[int, Statement]]:
        """What was sent more than once with the same parameters: how often, and the last of them."""
        keys = Counter((each.text, repr(each.parameters)) for each in self.sent)
        last = {(each.text, repr(each.parameters)): each for each in self.sent}
        return [(number, last[key]) for key, number in keys.most_common() if number > 1]

    def table(self) -> str:
        """One line a statement, for the message of a test that failed."""
        return "\n".join(f"{each.short}  <  {' < '.join(each.places)}" for each in self.sent)


def _places() -> tuple[str, ...]:
    """The functions of the application on the stack, the innermost first."""
    found: list[str] = []
    frame = sys._getframe(2)
    while frame and len(found) < DEPTH:
        path = Path(frame.f_code.co_filename)
        home = ROOT / ("templates" if "templates" in path.parts else "webapp")
        if path.is_relative_to(home) and "client" not in path.parts:
            found.append(f"{path.relative_to(home)}:{frame.f_lineno}:{frame.f_code.co_name}")
        frame = frame.f_back  # type: ignore[assignment]
    return tuple(found)


@contextmanager
def statements(app: Flask) -> Iterator[Statements]:
    """What is sent meanwhile."""
    found = Statements()

    def note(_: Connection, __: object, text: str, parameters: Any, *___: object) -> None:
        if not text.lstrip().upper().startswith(BORDERS):
            found.sent.append(Statement(text, parameters, _places()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
