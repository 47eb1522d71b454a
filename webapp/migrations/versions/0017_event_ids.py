"""Events are counted in 64 bits. SQLite counts so already, under the name that its columns have."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

COLUMNS = [("event", "id"), ("event", "number"), ("event_chain", "count")]


def upgrade() -> None:
    """Change the tables."""
    _change(sa.Integer(), sa.BigInteger(), "bigint")


def downgrade() -> None:
    """Change them back."""
    _change(sa.BigInteger(), sa.Integer(), "integer")


def _change(before: sa.types.TypeEngine[int], after: sa.types.TypeEngine[int], sequence: str) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, column in COLUMNS:
        op.alter_column(table, column, existing_type=before, type_=after, existing_nullable=False)
    op.execute(f"ALTER SEQUENCE event_id_seq AS {sequence}")
