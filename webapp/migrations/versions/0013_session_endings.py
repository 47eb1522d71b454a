"""Why a session ended and who ended it, and why its tabs were locked: told where it was open."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

COLUMNS = {"ended_why": 30, "ended_by": 200, "locked_why": 30}


def upgrade() -> None:
    """Change the tables."""
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        for name, length in COLUMNS.items():
            batch_op.add_column(sa.Column(name, sa.String(length=length), nullable=False, server_default=""))


def downgrade() -> None:
    """Change them back."""
    for name in COLUMNS:
        op.drop_column("sign_in", name)
