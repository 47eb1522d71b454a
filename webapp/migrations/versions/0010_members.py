"""Which ways back are allowed, and what lists of ten thousand members are read by."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

INDEXES = {
    "ix_user_account_by_name": ("user_account", ["organisation_id", sa.text("lower(name)"), "id"]),
    "ix_restore_request_made_at": ("restore_request", ["made_at"]),
    "ix_own_recovery_by_time": ("own_recovery", ["organisation_id", "made_at"]),
    "ix_pairing_made_at": ("pairing", ["made_at"]),
    "ix_cloud_backup_by_time": ("cloud_backup", ["user_id", "epoch", "made_at"]),
    "ix_invite_by_time": ("invite", ["organisation_id", "made_at", "id"]),
    "ix_sign_in_by_time": ("sign_in", ["user_id", "created_at"]),
}


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("ways_off", sa.String(length=100), nullable=False, server_default=""))
    for name, (table, columns) in INDEXES.items():
        op.create_index(name, table, columns)


def downgrade() -> None:
    """Change them back."""
    for name, (table, _) in INDEXES.items():
        op.drop_index(name, table_name=table)
    op.drop_column("organisation", "ways_off")
