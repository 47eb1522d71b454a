"""What `flask --app webapp check` finds out by trying: folders, the mail server, the database and what is in it."""

import os
import smtplib
import stat
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import make_url, text
from sqlalchemy.exc import SQLAlchemyError

from webapp.config import ConfigurationError, Finding, MailServer
from webapp.database import db
from webapp.models.directory.user import User
from webapp.ops import health, room, startup_checks
from webapp.ops.mail_server import ASKED, Conversation, NoConversation

CLOCKS_APART = timedelta(seconds=10)
OTHERS = stat.S_IROTH | stat.S_IWOTH


def folders(values: Mapping[str, Any]) -> Iterator[Finding]:
    """Whether the server may write where it has to, and others may not read there."""
    instance = Path(values.get("INSTANCE_PATH", ""))
    if values.get("INSTANCE_PATH"):
        parent = next(each for each in (instance, *instance.parents) if each.exists())
        yield _instance(instance, parent)
    url = make_url(values.get("SQLALCHEMY_DATABASE_URI", "sqlite://"))
    if url.drivername == "sqlite" and url.database:
        yield _database_file(Path(url.database))


def _instance(instance: Path, parent: Path) -> Finding:
    if not os.access(parent, os.W_OK | os.X_OK):
        return Finding("folder", shown=f"{instance}: read only, so static files go out uncompressed")
    return Finding("folder", problem=room.problem(parent), shown=f"{instance}: writable")


def is_missing_file(uri: str) -> bool:
    """Whether it names a file of SQLite’s in a folder, and only the folder is there."""
    url = make_url(uri)
    file = Path(url.database or "")
    return url.drivername == "sqlite" and bool(url.database) and file.parent.is_dir() and not file.exists()


def _database_file(file: Path) -> Finding:
    folder = file.parent
    if not folder.is_dir():
        return Finding(
            "folder", problem=f"DATABASE_URL names a file in {folder}, which is no folder: make it, mode 700."
        )
    if not os.access(folder, os.W_OK | os.X_OK) or (file.exists() and not os.access(file, os.W_OK)):
        problem = f"Spare Key may not write to {folder}, where SQLite keeps its files: give the folder to its user."
        return Finding("folder", problem=problem)
    is_open = folder.stat().st_mode & (stat.S_IXOTH | stat.S_IROTH) and file.exists() and file.stat().st_mode & OTHERS
    if is_open:
        return Finding("folder", problem=f"Others on this machine may read {file}: `chmod 700 {folder}`.")
    return Finding("folder", shown=f"{folder}: writable, and closed to others")


def mail_server(server: MailServer | None) -> Finding:
    """Whether it answers in time, speaks TLS where it has to, and takes the password. Sends nothing."""
    if server is None:
        return Finding("mail server", shown="none: notices appear on people’s other devices only")
    try:
        with Conversation(server, ASKED, name="localhost"):
            return Finding("mail server", shown=f"{server.host} answers")
    except NoConversation as error:
        is_about_password = isinstance(error.__cause__, smtplib.SMTPAuthenticationError)
        why = "does not take the user and the password" if is_about_password else f"can’t be used ({error})"
    return Finding(
        "mail server", problem=f"The mail server {server.host}, port {server.port}, {why}: mend SMTP_URL, or it."
    )


def database(*, has_sealing_keys: bool, is_production: bool) -> Iterator[Finding]:
    """In the application’s context. Raises SQLAlchemyError where it fails."""
    refused = "" if health.takes_writes() else startup_checks.read_only("it is a standby, or read-only")
    yield Finding("database", problem=refused, shown=database_name())
    yield _clock()
    migration = _migration()
    yield migration
    if migration.problem:
        return
    yield _addresses()
    if is_production:
        yield from _refusals()
    if has_sealing_keys:
        problem = health.sealing_problem()
        yield Finding("sealing keys", problem=str(problem) if problem else "", shown="they open what they sealed")


def database_name() -> str:
    """ "PostgreSQL 15.3", as the server says itself."""
    query = "SELECT 'SQLite ' || sqlite_version()" if db.engine.dialect.name == "sqlite" else "SHOW server_version"
    said = str(db.session.scalar(text(query)))
    return said if said.startswith("SQLite") else f"PostgreSQL {said.split()[0]}"


def database_problem(error: SQLAlchemyError) -> str:
    """The sentence with which a start would end."""
    return str(startup_checks.in_a_sentence(error))


def _clock() -> Finding:
    ahead = health.clock_difference()
    if ahead is None or abs(ahead) <= CLOCKS_APART:
        return Finding("clock", shown="as the database’s")
    seconds = round(abs(ahead.total_seconds()))
    words = "ahead of" if ahead > timedelta(0) else "behind"
    problem = f"This machine’s clock is {seconds} seconds {words} the database’s: let both follow a time server."
    return Finding("clock", problem=problem)


def _migration() -> Finding:
    return Finding("migrations", problem=health.migration_problem(), shown=health.newest_migration())


def _addresses() -> Finding:
    """Whether each address is one account: two from before spellings were one may both be in use."""
    twins = [(one, other) for one, other in User.twins() if one.is_enabled and other.is_enabled]
    names = "; ".join(f"{one.email} and {other.email}" for one, other in twins)
    problem = f"One address, and two accounts, each found by its own spelling ({names}): disable the one nobody uses."
    return Finding("addresses", problem=problem if twins else "", shown="each is one account")


def _refusals() -> Iterator[Finding]:
    try:
        startup_checks.refuse_demo()
    except ConfigurationError as error:
        yield Finding("demo", problem=str(error))
