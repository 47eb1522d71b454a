"""All that a server keeps of its members, as somebody finds it who has the database, the outbox and a key file."""

from collections.abc import Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import inspect, text

from webapp.client.formats.cloud_backups import open_share_a
from webapp.client.formats.recovery_keys import OrganisationKey
from webapp.database import db
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.ops.mail import rendered


def everything_stored(app: Flask, database_file: Path) -> Iterator[tuple[str, bytes]]:
    """Each value of each row, the raw file, and each mail as it would go out."""
    with app.app_context():
        for table in inspect(db.engine).get_table_names():
            for number, row in enumerate(db.session.execute(text(f'select * from "{table}"'))):
                for name, value in row._mapping.items():
                    octets = value if isinstance(value, bytes) else str(value).encode()
                    yield f"{table}.{name} #{number}", octets
        with app.test_request_context():
            for notice in db.session.query(Notice):
                yield f"mail {notice.kind}", f"{rendered(notice)}".encode()
    for path in database_file.parent.glob(f"{database_file.name}*"):
        yield path.name, path.read_bytes()


def shares_a(app: Flask, email: str, key: OrganisationKey) -> dict[str, bytes]:
    """Share A of every backup, which only the key file shows."""
    with app.app_context():
        user = User.by_email(email)
        assert user
        opened = {backup.id: open_share_a(backup.share_a, key) for backup in CloudBackup.of(user.id)}
    return {f"share A of {backup}": share.share for backup, share in opened.items()}
