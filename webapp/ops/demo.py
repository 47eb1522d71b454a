"""The demo organisation of a development server: people with vaults, made by the headless client through the pages and
endpoints that browsers use.

Its passwords are printed, so production refuses such a database. Beside it stand the files that people would have
saved: the organisation’s key file and the Recovery Kits. The keys of the devices it is made with are forgotten.
"""

import fcntl
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import click
from flask import Flask, current_app, render_template
from sqlalchemy import select

from webapp import clock
from webapp.client.admin import Admin
from webapp.client.formats.document_shapes import Item
from webapp.client.formats.encoding import moment, new_id
from webapp.client.formats.recovery_keys import read_key
from webapp.client.formats.recovery_kits import write_kit
from webapp.client.member import Member
from webapp.client.transport.http import InProcessTransport
from webapp.config import Mode
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role
from webapp.models.journal.event import Event
from webapp.ops.demo_items import DANA, MIA, MIA_LATER, SAM, DemoItem
from webapp.ops.organisation_setup import make_organisation

NAME = "Harbour Street Demo"
PASSWORD = "spare key demo"  # noqa: S105
PIN = "294617"
MADE = "demo.made"
"""The event that ends the making: a demo without it was interrupted."""


@dataclass(frozen=True)
class Account:
    """Somebody of the demo."""

    name: str
    email: str
    role: Role
    items: list[DemoItem]


OWNER = Account("Sam Okafor", "sam@example.org", Role.OWNER, SAM)
ADMIN = Account("Dana Reyes", "dana@example.org", Role.ADMIN, DANA)
MEMBER = Account("Mia Lindqvist", "mia@example.org", Role.MEMBER, MIA)


def run() -> None:
    """Make the demo where the database is empty, and print how to try it; where it is somebody’s, the address only.

    Harmless to repeat. Raises ClickException where there must be no demo.
    """
    _refuse()
    folder = Path(current_app.config["INSTANCE_PATH"]) / "demo"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _alone(folder):
        organisation = Organisation.the()
        if organisation is None:
            _make(folder)
        elif organisation.is_demo and not _is_made():
            _say("The demo was interrupted while it was made; it is made anew.")
            _remove_everything()
            _make(folder)
        organisation = Organisation.the()
    click.echo(_words(folder, organisation is not None and organisation.is_demo))


def _refuse() -> None:
    if current_app.config["MODE"] != Mode.DEVELOPMENT:
        raise click.ClickException("The demo has printed passwords: it runs with SPAREKEY_MODE=development only.")


def _words(folder: Path, is_demo: bool) -> str:
    key_file = folder / "organisation-key.txt"
    site = current_app.config["PUBLIC_URL"]
    if not is_demo:
        return render_template("ops/demo_address.txt", site=site)
    if not key_file.exists():
        _say(f"The demo’s key file is no longer at {key_file}; without it, nothing can be approved.")
        _say("For a fresh demo stop the server, delete the database and run this again.")
    return render_template(
        "ops/demo_welcome.txt",
        site=site,
        has_mailbox=current_app.config["SMTP"] is None,
        key_file=key_file,
        member=MEMBER,
        admin=ADMIN,
        owner=OWNER,
        password=PASSWORD,
        pin=PIN,
        count=len(MIA) + len(MIA_LATER),
        later=len(MIA_LATER),
    )


def _is_made() -> bool:
    return db.session.scalar(select(Event.id).where(Event.kind == MADE).limit(1)) is not None


def _remove_everything() -> None:
    with transaction() as session:
        for table in reversed(db.metadata.sorted_tables):
            session.execute(table.delete())


def _make(folder: Path) -> None:
    """In a context of its own: requests made inside this command’s would share `g` with each other."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    _say("Making the demo organisation, a few seconds …")
    Context().run(_make_organisation, app, folder)
    db.session.rollback()


def _make_organisation(app: Flask, folder: Path) -> None:
    """Twelve days of an organisation’s life; it ends in yesterday’s vault, which is newer than its backup."""
    with _days_ago(12):
        with app.app_context():
            link = make_organisation(NAME, OWNER.email, OWNER.name, is_demo=True)
        sam = _join(app, OWNER, link, folder)
        admin = Admin(sam.browser.transport, shows=lambda: PASSWORD)
        key_file = admin.make_key("Office safe")
        _save(folder / "organisation-key.txt", key_file)
        _back_up(sam, read_key(key_file).public.fingerprint)
    with _days_ago(11):
        dana = _join(app, ADMIN, admin.invite(ADMIN.email, ADMIN.name, key_file, ADMIN.role), folder)
        _back_up(dana)
        mia = _join(app, MEMBER, admin.invite(MEMBER.email, MEMBER.name, key_file), folder)
    with _days_ago(3):
        mia.unlock(PIN)
        _back_up(mia)
    with _days_ago(1):
        mia.unlock(PIN)
        mia.vault.save([*mia.vault.items, *_written(MIA_LATER)])
    for person in (sam, dana, mia):
        person.sign_out()
    with app.app_context(), transaction():
        organisation = Organisation.the()
        assert organisation
        Event.append(MADE, organisation.id)


def _join(app: Flask, account: Account, link: str, folder: Path) -> Member:
    """From the link to a vault with the account’s items; the Recovery Kit is saved and confirmed."""
    _say(f"  {account.name}, {account.role}")
    member = Member(InProcessTransport(app.test_client(), app.config["PUBLIC_URL"]))
    vault = member.join(link, account.name, PASSWORD, PIN)
    kit = vault.kit()
    _save(folder / f"recovery-kit-{account.email.partition('@')[0]}.txt", write_kit(kit).encode())
    assert vault.confirm_kit(kit.identity[-4:])
    vault.save(list(_written(account.items)))
    return member


def _back_up(member: Member, fingerprint: str = "") -> None:
    member.vault.switch_on_cloud_backups(fingerprint)
    member.vault.back_up()


def _written(items: Iterable[DemoItem]) -> Iterator[Item]:
    """As a vault has them, a few hours apart."""
    empty = {"username": "", "password": "", "url": "", "notes": ""}
    for number, item in enumerate(items):
        written = moment(-timedelta(hours=2 + 5 * number))
        times = {"created_at": written, "updated_at": written}
        kind = "login" if "password" in item else "note"
        yield {"id": new_id(), "kind": kind, **empty, **item, **times}  # type: ignore[typeddict-item]


@contextmanager
def _days_ago(days: int) -> Iterator[None]:
    clock.offset = -timedelta(days=days)
    try:
        yield
    finally:
        clock.offset = timedelta(0)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """One at a time: the second of two waits, and finds the demo made."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _save(path: Path, octets: bytes) -> None:
    """All of it or nothing, and for this user of the computer only."""
    unfinished = path.with_name(f".{path.name}")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(octets)
    unfinished.replace(path)


def _say(sentence: str) -> None:
    click.echo(sentence, err=True)
