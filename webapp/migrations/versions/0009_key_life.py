"""The life of recovery keys: signed successions, removals that wait, shares from before a re-wrap, retention."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Change the tables."""
    op.add_column("organisation_key", sa.Column("follows_id", sa.String(length=32), nullable=True))
    op.add_column("organisation_key", sa.Column("deleted_at", MOMENT, nullable=True))

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("backups_kept", sa.Integer(), nullable=False, server_default="10"))
        batch_op.add_column(sa.Column("backup_days_kept", sa.Integer(), nullable=False, server_default="14"))
        batch_op.add_column(sa.Column("backup_weeks_kept", sa.Integer(), nullable=False, server_default="8"))

    op.create_table(
        "key_succession",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("former", sa.String(length=52), nullable=False),
        sa.Column("next", sa.String(length=52), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("signature", sa.LargeBinary(length=64), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_key_succession_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_succession")),
        sa.UniqueConstraint("former", "next", name=op.f("uq_key_succession_former")),
    )

    op.create_table(
        "key_removal",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("key_id", sa.String(length=32), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("asked_by", sa.String(length=32), nullable=False),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("ended_at", MOMENT, nullable=True),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_key_removal_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(
            ["key_id"], ["organisation_key.id"], name=op.f("fk_key_removal_key_id_organisation_key")
        ),
        sa.ForeignKeyConstraint(["asked_by"], ["user_account.id"], name=op.f("fk_key_removal_asked_by_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_removal")),
    )
    with op.batch_alter_table("key_removal", schema=None) as batch_op:
        batch_op.create_index("ix_key_removal_state", ["state", "due_at"], unique=False)

    op.create_table(
        "former_share",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("backup_id", sa.String(length=32), nullable=False),
        sa.Column("organisation_key_id", sa.String(length=32), nullable=False),
        sa.Column("share_a", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(
            ["backup_id"],
            ["cloud_backup.id"],
            name=op.f("fk_former_share_backup_id_cloud_backup"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["organisation_key_id"],
            ["organisation_key.id"],
            name=op.f("fk_former_share_organisation_key_id_organisation_key"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_former_share")),
    )
    with op.batch_alter_table("former_share", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_former_share_backup_id"), ["backup_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_former_share_organisation_key_id"), ["organisation_key_id"], unique=False)


def downgrade() -> None:
    """Change them back. A key that was deleted opens nothing: the version before knows it as disabled."""
    op.drop_table("former_share")
    op.drop_table("key_removal")
    op.drop_table("key_succession")
    op.execute(sa.text("UPDATE organisation_key SET state = 'disabled' WHERE state = 'deleted'"))

    for name in ("backup_weeks_kept", "backup_days_kept", "backups_kept"):
        op.drop_column("organisation", name)

    for name in ("deleted_at", "follows_id"):
        op.drop_column("organisation_key", name)
