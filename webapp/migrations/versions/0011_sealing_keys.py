"""A row to each sealing key, with the number of values that it seals; those there are get counted.

Their canaries are made by the first start after this, when the keys are at hand and one value has opened.
"""

from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

SEALED = {
    "device_lock": "server_share",
    "cloud_backup": "share_s",
    "tab_key": "key",
    "second_factor": "secret",
    "audit_key": "seed",
}
ID_CHARACTERS = 32


def upgrade() -> None:
    """Change the tables, and count what is there."""
    key = op.create_table(
        "sealing_key",
        sa.Column("id", sa.String(length=ID_CHARACTERS), nullable=False),
        sa.Column("canary", sa.Text(), nullable=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sealing_key")),
    )
    op.create_table(
        "sealing_change",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("key_id", sa.String(length=ID_CHARACTERS), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_sealing_change")),
    )
    counts: Counter[str] = Counter()
    for table, column in SEALED.items():
        for key_id, number in op.get_bind().execute(_counted(table, column)):
            if len(key_id) <= ID_CHARACTERS:
                counts[key_id] += number
    rows = [
        {"id": key_id, "canary": None, "count": number, "made_at": datetime.now(UTC)}
        for key_id, number in sorted(counts.items())
    ]
    if rows:
        op.bulk_insert(key, rows)


def downgrade() -> None:
    """Change them back."""
    op.drop_table("sealing_change")
    op.drop_table("sealing_key")


def _counted(table: str, column: str) -> sa.Select[tuple[str, int]]:
    value: sa.ColumnClause[str] = sa.column(column, sa.Text())
    find = sa.func.instr if op.get_bind().dialect.name == "sqlite" else sa.func.strpos
    key_id = sa.func.substr(value, 1, find(value, ":") - 1)
    return sa.select(key_id, sa.func.count()).select_from(sa.table(table)).where(find(value, ":") > 1).group_by(key_id)
