"""Makes a database as a release leaves it, for the upgrade tests of later ones. Run once, by the release’s own code:

    git worktree add /tmp/former 1407c38 && cp tests/migrations/made_by/make.py /tmp/former/tests/ && cd /tmp/former
    python -m tests.make 0.1.0 FOLDER postgresql://…

writes FOLDER/0.1.0.sqlite.sql, FOLDER/0.1.0.postgresql.sql (from the empty database named) and FOLDER/0.1.0.json: what
people of such an organisation hold. All keys are made for this, protect nothing, and are worth nothing.
"""

import base64
import json
import os
import re
import secrets
import sqlite3
import subprocess
import sys
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyotp
from flask import Flask
from flask.testing import FlaskClient

from webapp import config, create_app
from webapp.client.admin import Admin
from webapp.client.member import Member
from webapp.client.transport.http import InProcessTransport
from webapp.clock import now
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.audit_key import AuditKey
from webapp.ops.organisation_setup import make_organisation

os.environ["SPAREKEY_MODE"] = "testing"
ABOUT = "Made by tests/migrations/made_by/make.py. These passwords and keys are worthless: they were made for a test."
ORIGIN = "http://localhost"
PASSWORD, PIN, PHONE_PIN = "copper lantern under the bridge", "274913", "638205"


class Browser(FlaskClient):
    """Says, as browsers do, that its posts are same-origin."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """As Flask’s."""
        self.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        return super().open(*args, **kwargs)


def make(database_url: str) -> dict[str, Any]:
    """Fill an empty database; what its people hold then."""
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()
    held: dict[str, Any] = {"sealing_keys": f"worthless-2026:{key}", "password": PASSWORD, "pin": PIN}
    with tempfile.TemporaryDirectory() as folder:
        environ = {"SPAREKEY_MODE": "testing", "SPAREKEY_INSTANCE": folder, "SEALING_KEYS": held["sealing_keys"]}
        app = create_app(config.load({**environ, "DATABASE_URL": database_url, "PUBLIC_URL": ORIGIN}))
        app.test_client_class = Browser
        done = app.test_cli_runner().invoke(args=["upgrade-db"])
        assert done.exit_code == 0, done.output
        live(app, held)
        with app.app_context():
            organisation = Organisation.the()
            assert organisation
            held["head"] = AuditKey.head(organisation.id).line
    return held


def live(app: Flask, held: dict[str, Any]) -> None:
    """Some weeks of an organisation, with a row in nearly every table."""

    def browser() -> InProcessTransport:
        return InProcessTransport(app.test_client(), ORIGIN)

    with app.app_context():
        link = make_organisation("Lighthouse Works", "olga@example.org", "Olga")
    olga = Member(browser())
    olga.join(link, "Olga", PASSWORD, PIN)
    owner = Admin(olga.browser.transport, shows=lambda: PASSWORD)
    former = owner.make_key("Key of 2025")
    Member(browser()).join(owner.invite("bob@example.org", "Bob", former, "admin"), "Bob", PASSWORD, PIN)
    zoe, mia = Member(browser()), Member(browser())
    for member, name, email in (zoe, "Zoë", "zoe@example.org"), (mia, "Mia", "mia@example.org"):
        vault = member.join(owner.invite(email, name, former), name, PASSWORD, PIN)
        kit = vault.kit().identity
        held.setdefault("kit", kit)
        vault.confirm_kit(kit[-4:])
        vault.add("Mail", username=name, password="secret")
        vault.switch_on_cloud_backups()
        vault.back_up()
        vault.add("Bank, after the backup")
    held["key_file"] = owner.regenerate_key("Key of 2026", former).decode()
    owner.rewrap(former, held["key_file"].encode())
    pair(zoe, browser())
    restore(mia, browser(), owner, held["key_file"].encode())
    held["second_factor"] = second_factor(app, "bob@example.org")
    owner.invite("later@example.org", "Later", held["key_file"].encode())
    zoe.lock()
    held["device"] = asdict(zoe.device)


def pair(member: Member, browser: InProcessTransport) -> None:
    """A second device."""
    phone = Member(browser, name="Safari on iPhone")
    phone.sign_in("zoe@example.org", PASSWORD)
    new, other = phone.pair_new(), member.other_device(PIN)
    assert new.type_code(other.show_code())
    assert new.take_key() is None
    assert other.let_in()
    assert new.take_key()
    phone.finish_pairing(PHONE_PIN)


def restore(member: Member, browser: InProcessTransport, admin: Admin, key_file: bytes) -> None:
    """A recovery from the cloud, finished; it can be undone still."""
    again = Member(browser, name="Chrome on Windows")
    again.sign_in("mia@example.org", PASSWORD)
    recovery = again.request_restore()
    admin.approve(admin.pending()[0], recovery.request.fingerprint, key_file)
    recovery.wait(0)
    again.finish(PIN)
    again.vault.back_up()


def second_factor(app: Flask, email: str) -> str:
    """Turn one on; its key."""
    client = app.test_client()
    client.post("/sign-in", data={"email": email, "password": PASSWORD}, base_url=ORIGIN)
    page = client.post("/settings/second-factor/key", data={"password": PASSWORD}, base_url=ORIGIN)
    found = re.search(r"[?&;]secret=([A-Z2-7]{32})", page.text)
    assert found, page.text
    code = pyotp.TOTP(found[1]).at(now())
    done = client.post("/settings/second-factor", data={"code": code}, base_url=ORIGIN)
    assert done.status_code == 200, done.text
    return found[1]


def main(release: str, folder: Path, postgresql_url: str) -> None:
    """Write the three files."""
    with tempfile.TemporaryDirectory() as scratch:
        file = f"{scratch}/made.sqlite3"
        held = {"about": ABOUT, "sqlite": make(f"sqlite:///{file}"), "postgresql": make(postgresql_url)}
        with sqlite3.connect(file) as connection:
            (folder / f"{release}.sqlite.sql").write_text("\n".join(connection.iterdump()) + "\n")
    dump = ["pg_dump", "--no-owner", "--no-privileges", "--inserts", "--dbname", postgresql_url]
    lines = subprocess.run(dump, capture_output=True, text=True, check=True).stdout.splitlines()
    statements = [line for line in lines if line and not line.startswith(("--", "\\"))]
    (folder / f"{release}.postgresql.sql").write_text("\n".join(statements) + "\n")
    (folder / f"{release}.json").write_text(json.dumps(held, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), sys.argv[3])
