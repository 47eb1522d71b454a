"""Recoveries that need nobody’s help: what began them, kits that prove themselves, the password typed again."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "own_recovery",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("sign_in_id", sa.String(length=64), nullable=False),
        sa.Column("way", sa.String(length=30), nullable=False),
        sa.Column("sign_public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("recipient", sa.String(length=200), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_sha256", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_own_recovery_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_own_recovery_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_own_recovery")),
    )
    with op.batch_alter_table("own_recovery", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_own_recovery_sign_in_id"), ["sign_in_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_own_recovery_user_id"), ["user_id"], unique=False)
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(sa.Column("password_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("undo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("former_kit_verify_key", sa.LargeBinary(length=32), nullable=True))
        batch_op.add_column(sa.Column("own_recovery_id", sa.String(length=32), nullable=True))
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("kit_verify_key", sa.LargeBinary(length=32), nullable=True))


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("kit_verify_key")
    with op.batch_alter_table("undo", schema=None) as batch_op:
        batch_op.drop_column("own_recovery_id")
        batch_op.drop_column("former_kit_verify_key")
    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_column("password_at")
    with op.batch_alter_table("own_recovery", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_own_recovery_user_id"))
        batch_op.drop_index(batch_op.f("ix_own_recovery_sign_in_id"))
    op.drop_table("own_recovery")
