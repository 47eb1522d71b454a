"""The keys that seal what the server keeps of members’ keys: a canary of each, and how many values it seals.

Every transaction that writes or removes sealed values also adds a row that says by how many their number changed; the
worker sums these rows up. Nobody waits for anybody by that, as everybody would at one row that all writers count in.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Connection,
    Result,
    String,
    Text,
    delete,
    event,
    func,
    insert,
    inspect,
    select,
    union_all,
    update,
)
from sqlalchemy.orm import InstrumentedAttribute, Mapped, Mapper, ORMExecuteState, Session, mapped_column

from webapp.clock import now
from webapp.crypto.sealing import (
    SealingFailed,
    UnknownSealingKey,
    WrongSealingKey,
    key_id_of,
    sealer,
)
from webapp.database import Base, at_the_end, db, in_transaction, insert_missing, read_once, transaction
from webapp.models.columns import BigNumber

Column = InstrumentedAttribute[str]
Context = Callable[[Any], str]

ID_CHARACTERS = 32
SAMPLES = 20
"""How many values of a column are tried before a key counts as another one: a single one may be damaged."""

_columns: dict[Any, tuple[Column, Context]] = {}
"""By the class of the row."""


class SealingKey(Base):
    """One row to an id that seals, or once sealed, something."""

    __tablename__ = "sealing_key"

    id: Mapped[str] = mapped_column(String(ID_CHARACTERS), primary_key=True)
    canary: Mapped[str | None] = mapped_column(Text)
    """Nothing, sealed under the key. None: values were there before the canary, and the first start proves on them."""
    count: Mapped[int] = mapped_column(BigInteger, default=0)
    """How many values it seals, without the changes that were not summed up yet."""
    made_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def seal(data: bytes, context: str) -> str:
        """`data` sealed under the current key, in the caller’s transaction. Raises WrongSealingKey where the database
        knows another key under its id: what is sealed now has to open after the next start."""
        assert in_transaction()
        found = sealer()
        if db.session.scalar(select(SealingKey.canary).where(SealingKey.id == found.current)) is None:
            SealingKey._settle(found.current)
        SealingKey._require_same(found.current)
        return found.seal(data, context)

    @staticmethod
    def require() -> None:
        """Raises WrongSealingKey where `seal` would: for whoever counts a try before it comes to that."""
        found = sealer()
        canary = db.session.scalar(select(SealingKey.canary).where(SealingKey.id == found.current))
        if canary is not None and not found.opens_canary(found.current, canary):
            raise WrongSealingKey(found.current)

    @staticmethod
    def prove_all() -> None:
        """Hold every key against its canary, and note the current one. It reads these two small tables and nothing
        else, but for a key that has no canary yet. Raises UnknownSealingKey, WrongSealingKey."""
        found = sealer()
        counts = SealingKey.counts()
        canaries = dict(db.session.execute(select(SealingKey.id, SealingKey.canary)).all())
        for key_id in sorted({*counts, *canaries}):
            if key_id not in found.ids:
                if counts.get(key_id, 0) > 0:
                    raise UnknownSealingKey(key_id)
            elif not found.opens_canary(key_id, canaries.get(key_id)):
                if canaries.get(key_id) is not None and counts.get(key_id, 0) > 0:
                    raise WrongSealingKey(key_id)
                with transaction():
                    SealingKey._settle(key_id)
        if found.current not in canaries:
            SealingKey.note_current()

    @staticmethod
    def note_current() -> None:
        """Note the current key, which seals nothing yet, in a transaction of its own: whoever does it on the way, while
        holding other rows, lets others wait for these. Again changes nothing. Raises WrongSealingKey."""
        found = sealer()
        with transaction():
            insert_missing(SealingKey, id=found.current, canary=found.canary(found.current), count=0, made_at=now())
            SealingKey.require()

    @staticmethod
    @read_once
    def counts() -> dict[str, int]:
        """How many values each key seals, by id. In one statement: a change, or the sum it went into."""
        parts = select(SealingKey.id.label("key_id"), SealingKey.count.label("number")), _changes()
        every = union_all(*parts).subquery()
        found = db.session.execute(select(every.c.key_id, func.sum(every.c.number)).group_by(every.c.key_id))
        return {key_id: int(number) for key_id, number in found}

    @staticmethod
    def drift() -> dict[str, int]:
        """By how much the numbers differ from what is there, by id; empty, unless somebody wrote past the application.
        One statement, so it is right whatever is written meanwhile; it reads every sealed value."""
        parts = [_counted(column) for column, _ in _columns.values()]
        parts.append(select(SealingKey.id.label("key_id"), (-SealingKey.count).label("number")))
        parts.append(_changes(-1))
        every = union_all(*parts).subquery()
        found = db.session.execute(select(every.c.key_id, func.sum(every.c.number)).group_by(every.c.key_id))
        return {key_id: int(number) for key_id, number in found if number and key_id_of(f"{key_id}:")}

    @staticmethod
    def correct() -> None:
        """Count again, and correct the numbers where they drifted: after a database was written to by a version that
        didn’t count."""
        if not SealingKey.drift():
            return
        with transaction():
            SealingKey._hold_all()
            for key_id, number in SealingKey.drift().items():
                book([key_id], number)
        SealingKey.sum_up()

    @staticmethod
    def sum_up() -> None:
        """Add the changes so far to the numbers, in a transaction of its own. Several at once count nothing twice."""
        if db.session.scalar(select(SealingChange.number).limit(1)) is None:
            return
        with transaction() as session:
            for key_id in sorted(set(session.scalars(select(SealingChange.key_id).distinct()))):
                insert_missing(SealingKey, id=key_id, canary=None, count=0, made_at=now())
            SealingKey._hold_all()
            known = set(session.scalars(select(SealingKey.id)))
            gone = delete(SealingChange).where(SealingChange.key_id.in_(known))
            gone = gone.execution_options(synchronize_session=False)
            sums: Counter[str] = Counter()
            for key_id, change in session.execute(gone.returning(SealingChange.key_id, SealingChange.change)):
                sums[key_id] += change
            for key_id, change in sorted(sums.items()):
                session.execute(
                    update(SealingKey).where(SealingKey.id == key_id).values(count=SealingKey.count + change)
                )

    @staticmethod
    def _hold_all() -> None:
        """Let nobody else sum up until the commit; writers don’t wait."""
        db.session.execute(select(SealingKey.id).order_by(SealingKey.id).with_for_update(key_share=True)).all()

    @staticmethod
    def _require_same(key_id: str) -> None:
        """Raises WrongSealingKey unless the key opens its canary, which stays as it is until the commit: whoever seals
        doesn’t wait for that, only `_settle` does. (On SQLite nobody else writes meanwhile.)"""
        query = select(SealingKey.canary).where(SealingKey.id == key_id).with_for_update(read=True, key_share=True)
        if not sealer().opens_canary(key_id, db.session.scalar(query)):
            raise WrongSealingKey(key_id)

    @staticmethod
    def _settle(key_id: str) -> None:
        """Give a key its canary: the first key under an id that seals nothing, or the one that opens what is sealed
        under it. Alone with the row: whoever seals meanwhile comes before or after. Raises WrongSealingKey."""
        found = sealer()
        query = select(SealingKey).where(SealingKey.id == key_id)
        insert_missing(SealingKey, id=key_id, canary=None, count=0, made_at=now())
        row = db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
        if found.opens_canary(key_id, row.canary):
            return
        is_used = False
        for column, context in _columns.values():
            for value in db.session.scalars(select(column.class_).where(under(column, key_id)).limit(SAMPLES)):
                is_used = True
                if _opens(getattr(value, column.key), context(value)):
                    row.canary = found.canary(key_id)
                    return
        if is_used:
            raise WrongSealingKey(key_id)
        row.canary = found.canary(key_id)


class SealingChange(Base):
    """By how much one transaction changed the number of values that a key seals, until it is summed up."""

    __tablename__ = "sealing_change"

    number: Mapped[BigNumber] = mapped_column(primary_key=True)
    key_id: Mapped[str] = mapped_column(String(ID_CHARACTERS))
    change: Mapped[int] = mapped_column(BigInteger)


def seals(column: Column, context: Context) -> None:
    """Count the values of this column from now on; `context`: what the value of a row is sealed for."""
    _columns[column.class_] = (column, context)
    event.listen(column.class_, "after_insert", _inserted)
    event.listen(column.class_, "before_update", _updated)
    event.listen(column.class_, "before_delete", _deleted)


def sealed_columns() -> Sequence[tuple[Column, Context]]:
    """Every column that holds a sealed value, and what its row is sealed for."""
    return list(_columns.values())


def under(column: Column, key_id: str) -> Any:
    """The condition that a value names this key."""
    return func.substr(column, 1, len(key_id) + 1) == f"{key_id}:"


def book(key_ids: Iterable[str | None], change: int) -> None:
    """Note that for each of these one value more (or less) is sealed, in the caller’s transaction."""
    for key_id, number in Counter(key_id for key_id in key_ids if key_id).items():
        at_the_end(_write, (key_id, number * change))


def _write(booked: list[tuple[str, int]]) -> None:
    sums: Counter[str] = Counter()
    for key_id, change in booked:
        sums[key_id] += change
    rows = [{"key_id": key_id, "change": change} for key_id, change in sorted(sums.items()) if change]
    if rows:
        db.session.execute(insert(SealingChange), rows)


def _inserted(_mapper: "Mapper[Any]", _connection: Connection, row: Base) -> None:
    column, _ = _columns[type(row)]
    book([key_id_of(getattr(row, column.key))], 1)


def _updated(_mapper: "Mapper[Any]", connection: Connection, row: Base) -> None:
    column, _ = _columns[type(row)]
    if inspect(row).attrs[column.key].history.has_changes():
        book([_stored(connection, row)], -1)
        book([key_id_of(getattr(row, column.key))], 1)


def _deleted(_mapper: "Mapper[Any]", connection: Connection, row: Base) -> None:
    book([_stored(connection, row)], -1)


def _stored(connection: Connection, row: Base) -> str | None:
    """Which key the row names in the database, where `reseal` may have moved it since it was read. It stays locked."""
    column, _ = _columns[type(row)]
    table = type(row).__table__
    identity = inspect(row).identity
    where = [key == value for key, value in zip(table.primary_key, identity or (), strict=True)]
    return key_id_of(connection.scalar(select(column).where(*where).with_for_update()))


@event.listens_for(Session, "do_orm_execute")
def _many_deleted(state: ORMExecuteState) -> "Result[Any] | None":
    """Rows that a statement deletes are counted by what it says that it deleted."""
    found = _columns.get(state.bind_mapper.class_) if state.is_delete and state.bind_mapper else None
    if found is None:
        return None
    beginning = func.substr(found[0], 1, ID_CHARACTERS + 1)
    gone: Result[Any] = state.invoke_statement(state.statement.returning(beginning))  # type: ignore[attr-defined]
    book([key_id_of(each) for each in gone.scalars()], -1)
    return gone


def _opens(sealed: str, context: str) -> bool:
    try:
        sealer().unseal(sealed, context)
    except SealingFailed:
        return False
    return True


def _changes(sign: int = 1) -> Any:
    return select(SealingChange.key_id.label("key_id"), (sign * SealingChange.change).label("number"))


def _counted(column: Column) -> Any:
    find = func.instr if db.engine.dialect.name == "sqlite" else func.strpos
    key_id = func.substr(column, 1, find(column, ":") - 1).label("key_id")
    return select(key_id, func.count().label("number")).where(find(column, ":") > 1).group_by(key_id)
