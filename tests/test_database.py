"""One way to write, and what happens to code that tries another."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from flask.ctx import AppContext
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from tests.support.servers.races import race
from webapp.database import (
    NestedTransaction,
    UtcDateTime,
    WriteOutsideTransaction,
    at_the_end,
    db,
    in_transaction,
    insert_missing,
    read_once,
    transaction,
)
from webapp.models.directory.organisation import Organisation
from webapp.models.signin.rate_bucket import RateBucket

WRITERS = 8
ROUNDS = 10


def test_a_write_outside_a_transaction_is_refused(app_context: AppContext) -> None:
    db.session.add(Organisation(name="Acme"))
    with pytest.raises(WriteOutsideTransaction):
        db.session.flush()


def test_a_transaction_inside_a_transaction_is_refused(app_context: AppContext) -> None:
    with transaction(), pytest.raises(NestedTransaction), transaction():
        pass


def test_an_error_inside_undoes_everything(app_context: AppContext) -> None:
    def fail() -> None:
        with transaction() as session:
            session.add(Organisation(name="Acme"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert not in_transaction()
    assert Organisation.the() is None


def test_what_comes_last_comes_once_after_everything_else_and_not_after_an_error(app_context: AppContext) -> None:
    seen: list[list[str]] = []

    def note(rows: list[str]) -> None:
        seen.append([*rows, *db.session.scalars(select(Organisation.name))])

    def fail() -> None:
        with transaction():
            at_the_end(note, "never")
            raise RuntimeError

    with transaction() as session:
        at_the_end(note, "first")
        session.add(Organisation(name="Acme"))
        at_the_end(note, "second")
    assert seen == [["first", "second", "Acme"]]
    with pytest.raises(RuntimeError):
        fail()
    with transaction():
        pass
    assert len(seen) == 1


@pytest.fixture
def readings() -> list[str]:
    return []


@pytest.fixture
def read(readings: list[str]) -> Callable[..., int]:
    """A function that reads, and notes that it did."""

    @read_once
    def number_of(name: str, *, more: int = 0) -> int:
        readings.append(name)
        db.session.execute(select(Organisation.id)).all()
        return len(readings) + more

    return number_of


def test_what_was_read_is_answered_again_for_the_same_arguments(
    app_context: AppContext, read: Callable[..., int], readings: list[str]
) -> None:
    assert [read("a"), read("a"), read("b"), read("a", more=10), read("b")] == [1, 1, 2, 13, 2]
    assert readings == ["a", "b", "a"]


def test_what_was_read_is_read_anew_after_a_transaction_and_each_time_inside(
    app_context: AppContext, read: Callable[..., int], readings: list[str]
) -> None:
    read("before")
    with transaction():
        assert [read("before"), read("before")] == [2, 3]
    assert [read("before"), read("before")] == [4, 4]
    with pytest.raises(ZeroDivisionError), transaction():
        raise ZeroDivisionError
    assert read("before") == 5


def test_what_one_request_has_read_is_nothing_to_the_next(app: Flask, read: Callable[..., int]) -> None:
    for number in (1, 2):
        with app.app_context():
            assert [read("a"), read("a")] == [number, number]


def test_a_read_that_ends_a_transaction_takes_what_was_known_with_it(
    app_context: AppContext, read: Callable[..., int], readings: list[str]
) -> None:
    @read_once
    def move() -> int:
        with transaction():
            return read("inside")

    read("before")
    assert [move(), move()] == [2, 2]
    assert read("before") == 3


@pytest.mark.databases
def test_no_reader_that_turns_writer_is_refused_by_a_lock(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add(Organisation(name="Acme", requests_version=0))

    def read_then_write() -> None:
        for _ in range(ROUNDS):
            assert Organisation.the()
            with transaction() as session:
                row = session.scalars(select(Organisation).with_for_update()).one()
                row.requests_version += 1
            db.session.remove()

    assert race(app, *[read_then_write] * WRITERS) == [None] * WRITERS
    with app.app_context():
        assert db.session.scalar(select(Organisation.requests_version)) == WRITERS * ROUNDS


@pytest.mark.databases
def test_of_many_compare_and_sets_exactly_one_wins(app: Flask) -> None:
    with app.app_context(), transaction() as session:
        session.add(Organisation(name="Acme", requests_version=0))

    def try_once() -> bool:
        with transaction() as session:
            query = update(Organisation).where(Organisation.requests_version == 0).values(requests_version=1)
            return session.execute(query.returning(Organisation.id)).scalar() is not None

    assert sorted(race(app, *[try_once] * WRITERS)) == [False] * (WRITERS - 1) + [True]


@pytest.mark.databases
def test_inserting_what_is_missing_never_fails_in_a_race(app: Flask) -> None:
    moment = datetime(2026, 11, 22, tzinfo=UTC)

    def insert() -> None:
        with transaction():
            insert_missing(RateBucket, key="k", tokens=1.0, filled_at=moment)

    assert race(app, *[insert] * WRITERS) == [None] * WRITERS
    with app.app_context():
        assert db.session.scalars(select(RateBucket.filled_at)).all() == [moment]


@pytest.mark.databases
@pytest.mark.databases
def test_an_error_tells_no_log_what_was_to_be_written(app: Flask) -> None:
    twice = insert(Organisation).values([{"id": "1" * 32, "name": "a secret"}] * 2)
    with app.app_context(), transaction() as session, pytest.raises(IntegrityError) as error:
        session.execute(twice)
    assert "organisation" in str(error.value)
    assert "a secret" not in str(error.value)


def test_a_moment_comes_back_as_it_went_in_whatever_its_zone(app: Flask) -> None:
    moment = datetime(2026, 11, 22, 16, 10, 46, 123456, tzinfo=timezone(timedelta(hours=5)))
    with app.app_context():
        with transaction() as session:
            session.add(Organisation(name="Acme", created_at=moment))
        found = db.session.scalar(select(Organisation.created_at).where(Organisation.created_at <= moment))
    assert found == moment
    assert found.tzinfo is not None


def test_a_naive_moment_is_refused() -> None:
    with pytest.raises(ValueError, match="naive"):
        UtcDateTime().process_bind_param(datetime(2026, 11, 22), None)  # type: ignore[arg-type]  # noqa: DTZ001
