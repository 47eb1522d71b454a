"""The last try of a PIN that was counted of a lock, so that the same try again is counted once."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.add_column("device_lock", sa.Column("last_try", sa.String(length=64), nullable=True))


def downgrade() -> None:
    """Change them back."""
    op.drop_column("device_lock", "last_try")
