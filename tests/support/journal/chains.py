"""Chains of events in the database: adding to them, and checking what an export of them proves."""

import io
from typing import Any

from sqlalchemy import select

from webapp.audit import verification, writing
from webapp.audit.chain import Head
from webapp.audit.verification import Proof
from webapp.database import db, transaction
from webapp.models.journal.audit_key import AuditKey
from webapp.models.journal.event import Event
from webapp.models.journal.listing import entries


def checked(organisation_id: str, format: str = "jsonl", since: Head | None = None) -> Proof:
    """What an export of the organisation proves. Raises Broken. Needs an application context, as all of these."""
    head = AuditKey.head(organisation_id)
    lines = writing.export(format, entries(organisation_id, head.count), head)
    return verification.verify(io.BytesIO("".join(lines).encode()), head.public, since)


def record(organisation_id: str, kind: str = "contact.changed", **details: Any) -> None:
    """One event, in a transaction of its own."""
    with transaction():
        Event.append(kind, organisation_id, **details)


def numbers(organisation_id: str) -> list[int]:
    """Of all its events, in order."""
    query = select(Event.number).where(Event.organisation_id == organisation_id)
    return list(db.session.scalars(query.order_by(Event.number)))
