"""A key for each email address, the same for every spelling; and what became of each mail.

No address is changed: backups name them as they are. Two accounts whose addresses were different and are one by the new
rule stay two, each with its own spelling: the older gets the key of that address, the other keeps what it was found by.
The log names them; so does `flask --app webapp check`. Invites may share a key: the newest open one counts.
"""

import logging
import unicodedata

import email_validator
import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

LENGTH = 254
KEYED = {"user_account": "created_at", "invite": "made_at"}
"""The tables with addresses, and by which column the older row is told."""


def upgrade() -> None:
    """Change the tables, and find the key of each address."""
    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
    for table in KEYED:
        op.add_column(table, sa.Column("email_key", sa.String(length=LENGTH), nullable=False, server_default=""))
        _fill(table)
    op.create_index("ix_user_account_email_key", "user_account", ["email_key"], unique=True)
    op.create_index("ix_invite_email_key", "invite", ["email_key"])
    op.add_column("notice", sa.Column("claim", sa.String(length=32), nullable=True))
    op.add_column("notice", sa.Column("failed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_notice_failed", "notice", ["failed_at"])


def downgrade() -> None:
    """Change them back."""
    op.drop_index("ix_notice_failed", table_name="notice")
    op.drop_column("notice", "failed_at")
    op.drop_column("notice", "claim")
    for table in KEYED:
        op.drop_index(f"ix_{table}_email_key", table_name=table)
        op.drop_column(table, "email_key")


def _fill(name: str) -> None:
    columns = [sa.column(column) for column in ("id", "email", "email_key", KEYED[name])]
    table, bind = sa.table(name, *columns), op.get_bind()
    rows = bind.execute(sa.select(table.c.id, table.c.email).order_by(table.c[KEYED[name]], table.c.id)).all()
    found: dict[str, str] = {}
    values = []
    spellings = {email for _, email in rows}
    for row_id, email in rows:
        key = _key(email)
        # An address that is spelled as its key is found by that: it has it, whoever is older.
        is_taken = key in found or (key != email and key in spellings)
        if name == "user_account" and is_taken:
            logging.getLogger("alembic").warning(
                "two accounts have one address: %s, and %s", email, found.get(key, key)
            )
            key = email
        found.setdefault(key, email)
        values.append({"row": row_id, "key": key})
    if values:
        bind.execute(
            table.update().where(table.c.id == sa.bindparam("row")).values(email_key=sa.bindparam("key")), values
        )


def _key(email: str) -> str:
    """As `webapp.email_addresses` had it when this was written; what is no address by its rules keeps its spelling."""
    composed = unicodedata.normalize("NFC", email)
    try:
        found = email_validator.validate_email(composed, check_deliverability=False, globally_deliverable=False)
    except (email_validator.EmailNotValidError, UnicodeError):
        return email
    key = unicodedata.normalize("NFC", composed.rpartition("@")[0].lower()) + "@" + found.ascii_domain
    return key if len(key.encode()) <= LENGTH else email
