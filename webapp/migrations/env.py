"""Alembic’s entry: the application’s own engine and metadata (Flask-Migrate calls this inside the app’s context)."""

from typing import Literal

from alembic import context

from webapp.database import UtcDateTime, db
from webapp.models import tables  # noqa: F401  every table must be known before comparing


def render_item(kind: str, item: object, _context: object) -> str | Literal[False]:
    """Write our column type as what it is in the database, so that a migration never imports the application."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def run() -> None:
    """Run the migrations on a connection of the application’s engine."""
    with db.engine.connect() as connection:
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_as_batch=True,
            compare_type=True,
            render_item=render_item,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
