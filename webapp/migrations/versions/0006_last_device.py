"""Which device a session last was of, so that unpairing the device ends it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(sa.Column("last_device_id", sa.String(length=32), nullable=True))


def downgrade() -> None:
    """Change them back. A mark has no key, which the version before could not open."""
    op.execute(sa.text("DELETE FROM tab_key WHERE key = ''"))
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_column("last_device_id")
