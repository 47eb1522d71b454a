"""Resets, links, marks, holds, undo, waits."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Change the tables."""
    op.create_table(
        "reset_ask",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=45), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reset_ask")),
    )
    with op.batch_alter_table("reset_ask", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_reset_ask_made_at"), ["made_at"], unique=False)

    op.create_table(
        "hold",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("said_with", sa.String(length=200), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lifted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lifted_by", sa.String(length=32), nullable=True),
        sa.ForeignKeyConstraint(["lifted_by"], ["user_account.id"], name=op.f("fk_hold_lifted_by_user_account")),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_hold_organisation_id_organisation")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_hold_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_user_id"), ["user_id"], unique=False)
        batch_op.create_index(
            "uq_hold_open",
            ["user_id"],
            unique=True,
            sqlite_where=sa.text("lifted_at IS NULL"),
            postgresql_where=sa.text("lifted_at IS NULL"),
        )

    op.create_table(
        "link",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("purpose", sa.String(length=10), nullable=False),
        sa.Column("token_sha256", sa.String(length=64), nullable=False),
        sa.Column("by_reset", sa.String(length=60), nullable=False),
        sa.Column("device_id", sa.String(length=32), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_link_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_link_token_sha256")),
    )
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_link_user_id"), ["user_id"], unique=False)

    op.create_table(
        "mark",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("admin_id", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["admin_id"], ["user_account.id"], name=op.f("fk_mark_admin_id_user_account")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_mark_user_id_user_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
    )
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_mark_admin_id"), ["admin_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_mark_user_id"), ["user_id"], unique=False)

    op.create_table(
        "mail_code",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("sign_in_id", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sign_in_id"], ["sign_in.id"], name=op.f("fk_mail_code_sign_in_id_sign_in")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_code")),
        sa.UniqueConstraint("sign_in_id", name=op.f("uq_mail_code_sign_in_id")),
    )
    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.alter_column("sign_in_id", existing_type=sa.VARCHAR(length=64), nullable=True)

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unpaired_from", sa.String(length=10), nullable=True))
        batch_op.add_column(sa.Column("share_until", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approval_wait_hours", sa.Integer(), nullable=False, server_default="24"))

    with op.batch_alter_table("restore_request", schema=None) as batch_op:
        batch_op.add_column(sa.Column("mail_confirmed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("wait_hours", sa.Integer(), nullable=False, server_default="24"))
        batch_op.add_column(sa.Column("usable_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("waits_for", sa.String(length=32), nullable=True))
        batch_op.add_column(sa.Column("stop_reason", sa.String(length=20), nullable=False, server_default=""))
        batch_op.create_index(batch_op.f("ix_restore_request_waits_for"), ["waits_for"], unique=False)

    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.add_column(sa.Column("browser_id", sa.String(length=64), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("mail_confirmed_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("undo", schema=None) as batch_op:
        batch_op.add_column(sa.Column("former_kit_confirmed_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.add_column(sa.Column("reset_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("reset_reason", sa.String(length=60), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("reset_by", sa.String(length=200), nullable=False, server_default=""))

    # What stood before goes on: approvals count at once, unpaired devices keep their share for their week.
    op.execute("UPDATE restore_request SET usable_at = decided_at WHERE state IN ('approved', 'released')")
    op.execute(
        "UPDATE device SET unpaired_from = 'active', share_until = ("
        "SELECT until FROM undo WHERE undo.user_id = device.user_id AND undo.epoch = device.unpaired_epoch"
        ") WHERE state = 'unpaired'"
    )


def downgrade() -> None:
    """Change them back."""
    op.execute("DELETE FROM challenge WHERE sign_in_id IS NULL")
    with op.batch_alter_table("user_account", schema=None) as batch_op:
        batch_op.drop_column("reset_by")
        batch_op.drop_column("reset_reason")
        batch_op.drop_column("reset_at")

    with op.batch_alter_table("undo", schema=None) as batch_op:
        batch_op.drop_column("former_kit_confirmed_at")

    with op.batch_alter_table("sign_in", schema=None) as batch_op:
        batch_op.drop_column("mail_confirmed_at")
        batch_op.drop_column("browser_id")

    with op.batch_alter_table("restore_request", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_restore_request_waits_for"))
        batch_op.drop_column("stop_reason")
        batch_op.drop_column("waits_for")
        batch_op.drop_column("usable_at")
        batch_op.drop_column("wait_hours")
        batch_op.drop_column("mail_confirmed_at")

    with op.batch_alter_table("organisation", schema=None) as batch_op:
        batch_op.drop_column("approval_wait_hours")

    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_column("seen_at")

    with op.batch_alter_table("device", schema=None) as batch_op:
        batch_op.drop_column("share_until")
        batch_op.drop_column("unpaired_from")

    with op.batch_alter_table("challenge", schema=None) as batch_op:
        batch_op.alter_column("sign_in_id", existing_type=sa.VARCHAR(length=64), nullable=False)

    op.drop_table("mail_code")
    with op.batch_alter_table("mark", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_mark_user_id"))
        batch_op.drop_index(batch_op.f("ix_mark_admin_id"))

    op.drop_table("mark")
    with op.batch_alter_table("link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_link_user_id"))

    op.drop_table("link")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_hold_open", sqlite_where=sa.text("lifted_at IS NULL"), postgresql_where=sa.text("lifted_at IS NULL")
        )
        batch_op.drop_index(batch_op.f("ix_hold_user_id"))

    op.drop_table("hold")
    with op.batch_alter_table("reset_ask", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_reset_ask_made_at"))

    op.drop_table("reset_ask")
