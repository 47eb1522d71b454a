"""Sealing keys: fresh ones, an application whose keys turn wrong under it, and what the database holds of them."""

import base64
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import insert, select

from webapp.crypto.sealing import Sealer, key_id_of
from webapp.database import db, transaction
from webapp.models.devices.lock import DeviceLock
from webapp.models.server.sealing_key import SealingChange, SealingKey, sealed_columns


def fresh_key(key_id: str) -> str:
    """As SEALING_KEYS has it; another one each time."""
    return f"{key_id}:{base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()}"


@contextmanager
def turned_wrong(app: Flask, *keys: str) -> Iterator[None]:
    """The running application has these keys in the place of its own; without any, others under the same ids."""
    right: Sealer = app.extensions["sealer"]
    entries = [entry.partition(":") for entry in keys or map(fresh_key, right.ids)]
    app.extensions["sealer"] = Sealer([(key_id, key) for key_id, _, key in entries])
    try:
        yield
    finally:
        app.extensions["sealer"] = right


def seal_locks(app: Flask, device_id: str, versions: range) -> None:
    """So many locks of one device more, counted and summed up; no PIN opens them."""
    with app.app_context():
        with transaction() as session:
            share = SealingKey.seal(b"s" * 32, "no lock of anybody")
            lock = {"device_id": device_id, "keyslot": b"k" * 120, "server_share": share, "proof_sha256": "0" * 64}
            session.execute(insert(DeviceLock), [{**lock, "version": version} for version in versions])
            session.execute(insert(SealingChange), [{"key_id": key_id_of(share), "change": len(versions)}])
        SealingKey.sum_up()


def counted(app: Flask) -> dict[str, int]:
    """How many values each key seals, as the application says."""
    with app.app_context():
        found = {key_id: number for key_id, number in SealingKey.counts().items() if number}
        db.session.remove()
    return found


def recounted(app: Flask) -> dict[str, int]:
    """The same by reading every value."""
    with app.app_context():
        values = [value for column, _ in sealed_columns() for value in db.session.scalars(select(column))]
        db.session.remove()
    return dict(Counter(key_id for key_id in map(key_id_of, values) if key_id))
