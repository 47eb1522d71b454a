"""Requests that name the recovery key: who was warned of another, and whose vault has none on record since when."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

INDEX = "ix_user_account_unconfirmed"
FEW = sa.text("key_unconfirmed_at is not null")
COLUMNS = {
    "restore_request": "key_warned_at",
    "undo": "former_key_unconfirmed_at",
    "user_account": "key_unconfirmed_at",
}


def upgrade() -> None:
    """Change the tables."""
    for table, column in COLUMNS.items():
        op.add_column(table, sa.Column(column, sa.DateTime(timezone=True), nullable=True))
    columns = ["organisation_id", "key_unconfirmed_at"]
    op.create_index(INDEX, "user_account", columns, sqlite_where=FEW, postgresql_where=FEW)


def downgrade() -> None:
    """Change them back."""
    op.drop_index(INDEX, table_name="user_account")
    for table, column in COLUMNS.items():
        op.drop_column(table, column)
