"""Codes of a pairing that were typed are counted apart from those that ran out; and the time of a code is extended once."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables. Who has shown codes before may have typed all of them: so they count."""
    op.add_column("user_account", sa.Column("pairing_answers", sa.Integer(), nullable=False, server_default="0"))
    op.execute("UPDATE user_account SET pairing_answers = pairing_codes")
    op.add_column("pairing", sa.Column("code_extended_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Change them back."""
    op.drop_column("pairing", "code_extended_at")
    op.drop_column("user_account", "pairing_answers")
