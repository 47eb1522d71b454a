"""Events become a chain: each names the one before it. Those there are get the names that people have today."""

import hashlib
import json
from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NOTHING = "0" * 64
CHUNK = 1000
FORMER_INDEXES = ("at", "kind", "actor_id", "subject_id")
INDEXES = {
    "ix_event_by_time": ["organisation_id", "at", "number"],
    "ix_event_by_kind": ["organisation_id", "kind", "at", "number"],
    "ix_event_by_actor": ["organisation_id", "actor_id", "at", "number"],
    "ix_event_by_subject": ["organisation_id", "subject_id", "at", "number"],
}
ADDED = {"number": sa.Integer(), "previous": sa.String(length=64), "hash": sa.String(length=64)}
NAMES = ("actor_name", "subject_name")


def upgrade() -> None:
    """Change the tables, and link what is there."""
    op.create_table(
        "event_chain",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_event_chain_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_event_chain")),
    )
    op.create_table(
        "audit_key",
        sa.Column("organisation_id", sa.String(length=32), nullable=False),
        sa.Column("public", sa.LargeBinary(length=32), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.id"], name=op.f("fk_audit_key_organisation_id_organisation")
        ),
        sa.PrimaryKeyConstraint("organisation_id", name=op.f("pk_audit_key")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        for name, kind in ADDED.items():
            batch_op.add_column(sa.Column(name, kind, nullable=True))
        for name in NAMES:
            batch_op.add_column(sa.Column(name, sa.String(length=200), nullable=True))

    connection = op.get_bind()
    for organisation_id in connection.scalars(sa.text("SELECT id FROM organisation ORDER BY id")).all():
        _link(connection, organisation_id)

    with op.batch_alter_table("event", schema=None) as batch_op:
        for name, kind in ADDED.items():
            batch_op.alter_column(name, existing_type=kind, nullable=False)
        for name in NAMES:
            batch_op.alter_column(name, existing_type=sa.String(length=200), nullable=False)
        for name in FORMER_INDEXES:
            batch_op.drop_index(batch_op.f(f"ix_event_{name}"))
        batch_op.create_unique_constraint(batch_op.f("uq_event_organisation_id"), ["organisation_id", "number"])
        for name, columns in INDEXES.items():
            batch_op.create_index(name, columns, unique=False)


def downgrade() -> None:
    """Change them back."""
    with op.batch_alter_table("event", schema=None) as batch_op:
        for name in INDEXES:
            batch_op.drop_index(name)
        batch_op.drop_constraint(batch_op.f("uq_event_organisation_id"), type_="unique")
        for name in FORMER_INDEXES:
            batch_op.create_index(batch_op.f(f"ix_event_{name}"), [name], unique=False)
        for name in (*NAMES, *ADDED):
            batch_op.drop_column(name)
    op.drop_table("audit_key")
    op.drop_table("event_chain")


def _link(connection: sa.Connection, organisation_id: str) -> None:
    """Number and link the organisation’s events in the order of their ids, some at a time."""
    event = sa.table(
        "event",
        *(sa.column(name) for name in ("id", "organisation_id", "kind", "actor_id", "subject_id", "object_id")),
        sa.column("at", sa.DateTime(timezone=True)),
        sa.column("details", sa.JSON()),
        *(sa.column(name) for name in (*ADDED, *NAMES)),
    )
    user = sa.table("user_account", sa.column("id"), sa.column("name"))
    actor, subject = user.alias("actor"), user.alias("subject")
    query = (
        sa.select(event, actor.c.name.label("actor_name_now"), subject.c.name.label("subject_name_now"))
        .select_from(
            event.outerjoin(actor, actor.c.id == event.c.actor_id).outerjoin(
                subject, subject.c.id == event.c.subject_id
            )
        )
        .where(event.c.organisation_id == organisation_id)
        .order_by(event.c.id)
        .limit(CHUNK)
    )
    update = event.update().where(event.c.id == sa.bindparam("event_id"))
    update = update.values({name: sa.bindparam(f"new_{name}") for name in (*ADDED, *NAMES)})
    last, number, previous = 0, 0, NOTHING
    while rows := connection.execute(query.where(event.c.id > last)).all():
        changes = []
        for row in rows:
            number += 1
            names = {"new_actor_name": row.actor_name_now or "", "new_subject_name": row.subject_name_now or ""}
            hashed = hashlib.sha256(_exact(row, number, previous, *names.values()).encode()).hexdigest()
            changes.append({"event_id": row.id, "new_number": number, "new_previous": previous, "new_hash": hashed})
            changes[-1] |= names
            previous, last = hashed, row.id
        connection.execute(update, changes)
    chain = sa.table("event_chain", *(sa.column(name) for name in ("organisation_id", "count", "hash")))
    connection.execute(chain.insert(), {"organisation_id": organisation_id, "count": number, "hash": previous})


def _exact(row: sa.Row, number: int, previous: str, actor_name: str, subject_name: str) -> str:
    """What is hashed of an event, as webapp.audit.chain writes it."""
    at = row.at.replace(tzinfo=UTC) if row.at.tzinfo is None else row.at.astimezone(UTC)
    said = {
        "organisation": row.organisation_id,
        "number": number,
        "at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        "kind": row.kind,
        "actor": row.actor_id,
        "actor_name": actor_name,
        "subject": row.subject_id,
        "subject_name": subject_name,
        "object": row.object_id,
        "details": row.details,
        "previous": previous,
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
