"""A Finish as the models get it, and what a database holds, to see whether anything changed."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import select

from tests.support.recovery.runs import Restoring
from webapp.client.formats.encoding import from_base64, unframe
from webapp.database import Base, db, transaction
from webapp.models.directory.user import User
from webapp.models.recovery.finish import Finish, finish_restore
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.signin.session import SignIn

PASSING = {"challenge", "throttle_bucket", "alembic_version"}
"""Tables of which nobody would notice a change."""
BASE64 = ("verify_key", "ended_signature", "keyslot", "server_share", "proof", "kit_verify_key")


def released(made: Restoring) -> bytes:
    """Release it; the body of a Finish that the server would take."""
    return made.finish_body(made.release())


def finish_of(body: bytes, **changed: Any) -> Finish:
    """The Finish in an octet body."""
    header, file = unframe(body)
    octets = {name: from_base64(header.get(name, "")) for name in BASE64}
    return Finish(**{**header, **octets, "file": file, **changed})


def finishing(made: Restoring, sent: Finish) -> Callable[[], str]:
    """What the view does with it; returns the device's id. Needs an application context."""
    person, request_id = made.person, made.id

    def work() -> str:
        with transaction() as session:
            user = User.locked(person.user_id)
            request = session.get_one(RestoreRequest, request_id, populate_existing=True)
            sign_in = session.scalars(select(SignIn).where(SignIn.device_id == request.device_id)).one()
            return finish_restore(request, user, sign_in.id, made.device.origin, sent).id

    return work


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All rows of all tables, with every octet. Needs an application context."""
    tables = {table.name: table for table in Base.metadata.sorted_tables if table.name not in PASSING}
    rows = {
        name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
        for name, table in tables.items()
    }
    db.session.rollback()
    return rows
