"""What a start costs, however many values are sealed: the keys are proved on two small tables."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from flask import Flask

from tests.bench.conftest import Results
from tests.bench.measuring import Ratio, turn_by_turn
from tests.support.people.people import add_person, enrolled
from tests.support.servers.applications import make_app
from tests.support.servers.databases import SqliteDatabases
from tests.support.servers.sealing_keys import fresh_key, seal_locks
from webapp import create_app
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role
from webapp.models.server.sealing_key import SealingKey

FEW, MANY, AT_ONCE, ROUNDS = 20, 900_000, 50_000, 15
PART = "Starting"


def site(folder: Path, databases: SqliteDatabases, number: int) -> Flask:
    """An organisation with so many sealed values."""
    folder.mkdir()
    app = make_app({"DATABASE_URL": databases.make(folder), "SEALING_KEYS": fresh_key("first")}, folder)
    with app.app_context(), transaction() as session:
        found = Organisation(name="Example Works")
        session.add(found)
        session.flush()
        organisation = found.id
    device = enrolled(add_person(app, organisation, "Alice", Role.MEMBER))
    for start in range(2, number + 1, AT_ONCE):
        seal_locks(app, device.id, range(start, min(start + AT_ONCE, number + 1)))
    return app


def proving(app: Flask) -> Callable[[], None]:
    """What a start does about keys, alone."""

    def work() -> None:
        with app.app_context():
            SealingKey.prove_all()
            db.session.remove()

    return work


def test_a_start_with_many_sealed_values(results: Results, sqlite_databases: SqliteDatabases, tmp_path: Path) -> None:
    few, many = (site(tmp_path / str(number), sqlite_databases, number) for number in (FEW, MANY))
    starts = {app: partial(create_app, {**app.config, "MODE": "production"}) for app in (few, many)}
    works: dict[str, Callable[[], object]] = {
        "few": starts[few],
        "many": starts[many],
        "few, keys": proving(few),
        "many, keys": proving(many),
    }
    taken = turn_by_turn(works, ROUNDS)
    what, against = f"with {MANY:,} sealed values", f"with {FEW}"
    results.add(
        PART,
        Ratio(f"the application starts {what}", against, taken["many"], taken["few"], "ms"),
        Ratio(f"its keys are proved {what}", against, taken["many, keys"], taken["few, keys"], "ms"),
        note="In one process, on SQLite.",
    )
