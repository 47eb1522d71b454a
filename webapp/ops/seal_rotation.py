"""Moves sealed values to the current sealing key, so that an old one can be retired."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select, tuple_, update
from sqlalchemy.orm import InstrumentedAttribute

from webapp.crypto.sealing import SealingFailed, key_id_of, sealer
from webapp.database import db, transaction
from webapp.models.server.sealing_key import SealingKey, book, sealed_columns, under

SEALED = tuple(sealed_columns())
"""Every column that holds a sealed value, and what its row is sealed for."""
BATCH = 200


@dataclass(frozen=True)
class Standing:
    """How many values a key seals, after they were counted again."""

    key_id: str
    values: int
    is_current: bool
    is_listed: bool


def reseal() -> int:
    """Seal everything anew that is not under the current key; how many values moved. Safe to stop and repeat: each
    batch is a transaction of its own. What does not open stays as it is, and `standing` tells how many those
    are."""
    SealingKey.note_current()
    moved = 0
    while now_moved := sum(_reseal_column(column, context) for column, context in SEALED):
        moved += now_moved  # again, for rows that somebody was at
    SealingKey.correct()
    SealingKey.sum_up()
    return moved


def standing() -> list[Standing]:
    """Every key that the database or SEALING_KEYS knows, the current one first."""
    counts = SealingKey.counts()
    found = sealer()
    ids = [*found.ids, *sorted(set(counts) - set(found.ids))]
    return [Standing(each, counts.get(each, 0), each == found.current, each in found.ids) for each in ids]


def _reseal_column(column: InstrumentedAttribute[str], context: Callable[[Any], str]) -> int:
    moved = 0
    last = None
    while True:
        with transaction():
            rows, done = _reseal_batch(column, context, last)
        if not rows:
            return moved
        moved = moved + done
        last = rows[-1]


def _reseal_batch(
    column: InstrumentedAttribute[str], context: Callable[[Any], str], last: Any
) -> tuple[list[tuple[Any, ...]], int]:
    """Move the next values after the row `last`; which rows were read, and how many moved. Rows that somebody else is
    at are left to the next round: waiting for them while holding others is how two wait for each other."""
    table = column.class_.__table__
    key = list(table.primary_key)
    query = select(column.class_).where(~under(column, sealer().current), column != "")
    query = query.where(tuple_(*key) > tuple_(*last)) if last else query
    rows = db.session.scalars(query.order_by(*key).limit(BATCH).with_for_update(skip_locked=True)).all()
    changes = []
    former = []
    for row in rows:
        place = {f"key_{number}": getattr(row, part.name) for number, part in enumerate(key)}
        sealed = getattr(row, column.key)
        try:
            data = sealer().unseal(sealed, context(row))
        except SealingFailed:
            continue
        changes.append({**place, "fresh": SealingKey.seal(data, context(row))})
        former.append(key_id_of(sealed))
    if changes:
        here = [part == bindparam(f"key_{number}") for number, part in enumerate(key)]
        db.session.execute(update(table).where(*here).values({column.name: bindparam("fresh")}), changes)
        book(former, -1)
        book([sealer().current] * len(changes), 1)
    return [tuple(getattr(row, part.name) for part in key) for row in rows], len(changes)
