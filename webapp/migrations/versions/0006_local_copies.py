"""Copies outside of the browser, and trials of cloud backups."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("local_copy_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("local_copy_epoch", sa.Integer(), nullable=True))

    with op.batch_alter_table("cloud_backup", schema=None) as batch_op:
        batch_op.add_column(sa.Column("tried_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("cloud_backup", schema=None) as batch_op:
        batch_op.drop_column("tried_at")

    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("local_copy_epoch")
        batch_op.drop_column("local_copy_at")
