"""Notices rendered as text, for pages and for the mails that the worker hands over (`webapp.ops.mail_delivery`)."""

from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, render_template
from jinja2 import TemplateError

from webapp.clock import clock_time
from webapp.config import Mode
from webapp.crypto.links import make_code
from webapp.database import db
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.directory.organisation import Organisation
from webapp.models.notices.link import Link
from webapp.models.notices.notice import MAIL_ONLY, Notice

NOUNS = ("account", "backups", "devices", "recovery", "settings", "sign_in")
"""What a notice is about: a folder of `templates/mail` each."""


@dataclass(frozen=True)
class Text:
    """A notice in words. `path`: where on this site the text leads, or ""."""

    subject: str
    body: str
    path: str


def init_app(app: Flask) -> None:
    """Make notices, and whom a reader turns to, readable in templates."""
    app.jinja_env.globals["contact_of"] = contact_of
    app.jinja_env.globals["notice_text"] = rendered
    app.jinja_env.globals["notice_subject"] = subject_of
    app.jinja_env.globals["mail_text"] = partial(rendered, for_mailbox=True)


def rendered(notice: Notice, *, for_mailbox: bool = False) -> Text:
    """`templates/mail/<noun>/<kind>.txt` filled: first line the subject, a line that is an address of ours the path.

    Links and codes that only a mailbox may show are in it `for_mailbox` alone.
    """
    site = current_app.config["PUBLIC_URL"]
    secrets = _secrets(notice, site) if for_mailbox else {}
    text = render_template(
        [f"mail/{noun}/{notice.kind}.txt" for noun in NOUNS],
        user=notice.user,
        organisation=notice.user.organisation,
        at=clock_time(notice.made_at),
        site=site,
        host=urlsplit(site).netloc,
        **{**notice.details, **secrets},
    )
    subject, _, body = text.partition("\n")
    paths = (line.removeprefix(site) for line in body.splitlines() if line.startswith(f"{site}/"))
    return Text(subject.removeprefix("Subject: ").strip(), body.strip() + "\n", next(paths, ""))


def subject_of(notice: Notice) -> str:
    """What a mail is called in a list: its subject; of one that carries a secret, or can’t be written, its kind."""
    try:
        return notice.kind.replace("_", " ") if notice.kind in MAIL_ONLY else rendered(notice).subject
    except TemplateError:
        return notice.kind.replace("_", " ")


def _secrets(notice: Notice, site: str) -> dict[str, str]:
    """What a mail carries and the outbox doesn’t: addresses with a token, and codes, derived from the ids it names."""
    found = {}
    for name, path in (("veto", "veto"), ("link", "password")):
        link = db.session.get(Link, notice.details.get(name) or "")
        found[name] = f"{site}/{path}/{link.token}" if link else ""
    found["code"] = make_code(notice.details["code"]) if "code" in notice.details else ""
    return found


def is_read() -> bool:
    """Whether mail reaches anybody: through a mail server or, in development, on the mailbox page."""
    return Notice.goes_by_mail() or current_app.config["MODE"] == Mode.DEVELOPMENT


def contact_link(organisation: Organisation, subject: str, body: str) -> str:
    """A `mailto:` address for the organisation’s contact with subject and body filled in, or ""."""
    email = contact_of(organisation)["email"]
    return f"mailto:{quote(email, safe='@+')}?subject={quote(subject)}&body={quote(body)}" if email else ""
