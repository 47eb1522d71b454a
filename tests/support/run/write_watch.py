"""Watches a database for what changes it, and says which functions of the application did that."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

from flask import Flask
from sqlalchemy import Connection, event

from webapp.config import ROOT
from webapp.database import db

CHANGES = ("INSERT", "UPDATE", "DELETE", "REPLACE", "BEGIN IMMEDIATE")
"""How a statement begins that changes rows, or takes the lock to do so. (`transaction()` takes it before anything.)"""


@dataclass(frozen=True)
class Write:
    """One statement, and the functions of the application that it came from, the innermost first."""

    statement: str
    places: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.statement[:60]}  <  {' < '.join(self.places)}"


def _places() -> tuple[str, ...]:
    found: list[str] = []
    frame: FrameType | None = sys._getframe(2)
    while frame:
        path = Path(frame.f_code.co_filename)
        if path.is_relative_to(ROOT / "webapp"):
            module = path.relative_to(ROOT / "webapp").with_suffix("").as_posix().replace("/", ".")
            found.append(f"{module}.{frame.f_code.co_name}")
        frame = frame.f_back
    return tuple(found)


@contextmanager
def writes(app: Flask) -> Iterator[list[Write]]:
    """What is written meanwhile."""
    found: list[Write] = []

    def note(_: Connection, __: object, statement: str, *___: Any) -> None:
        text = " ".join(statement.split())
        if text.upper().startswith(CHANGES) or text.upper().endswith("FOR UPDATE"):
            found.append(Write(text, _places()))

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(engine, "before_cursor_execute", note)
