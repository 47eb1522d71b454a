"""Pairings, and the count of their codes."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "pairing",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=False),
        sa.Column("sign_public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("announcement", sa.Text(), nullable=False),
        sa.Column("announcement_signature", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("other_device_id", sa.String(length=32), nullable=True),
        sa.Column("offer", sa.Text(), nullable=False),
        sa.Column("offer_signature", sa.LargeBinary(), nullable=False),
        sa.Column("code_expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("confirmation", sa.Text(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_pairing_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_pairing_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing")),
    )
    with op.batch_alter_table("pairing", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pairing_device_id"), ["device_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pairing_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_pairing_open",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("state in ('answered', 'confirmed', 'offered', 'opened')"),
            postgresql_where=sa.text("state in ('answered', 'confirmed', 'offered', 'opened')"),
        )

    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pairing_codes", sa.Integer(), nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("pairing_codes_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("pairing_locked_until", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("pairing_locked_until")
        batch_op.drop_column("pairing_codes_at")
        batch_op.drop_column("pairing_codes")

    with op.batch_alter_table("pairing", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_pairing_open",
            sqlite_where=sa.text("state in ('answered', 'confirmed', 'offered', 'opened')"),
            postgresql_where=sa.text("state in ('answered', 'confirmed', 'offered', 'opened')"),
        )
        batch_op.drop_index(batch_op.f("ix_pairing_user_id"))
        batch_op.drop_index(batch_op.f("ix_pairing_device_id"))

    op.drop_table("pairing")
