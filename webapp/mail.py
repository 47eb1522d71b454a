"""Mail from the outbox: notices rendered as text and handed to the mail server by the worker, never by a request."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from urllib.parse import quote, urlsplit

from flask import Flask, current_app, render_template

from webapp.clock import now
from webapp.config import MailServer, Mode
from webapp.crypto.links import make_code
from webapp.database import db, transaction
from webapp.models import Link, Notice, Organisation, RestoreRequest
from webapp.moments import clock_time

RETRY = (timedelta(seconds=30), timedelta(minutes=5), timedelta(hours=1))
CLAIM = timedelta(minutes=2)
"""How long a worker may take over one mail before another may try it."""
SERVER_PATIENCE = 20
"""Seconds that a mail server may take over one answer."""


@dataclass(frozen=True)
class Text:
    """A notice in words. `path`: where on this site the text leads, or ""."""

    subject: str
    body: str
    path: str


def init_app(app: Flask) -> None:
    """Make notices readable in templates."""
    app.jinja_env.globals["notice_text"] = rendered
    app.jinja_env.globals["mail_text"] = partial(rendered, for_mailbox=True)


def rendered(notice: Notice, *, for_mailbox: bool = False) -> Text:
    """`templates/mail/<kind>.txt` filled: its first line is the subject, a line that is an address of ours the path.

    Links and codes that only a mailbox may show are in it `for_mailbox` alone.
    """
    site = current_app.config["PUBLIC_URL"]
    secrets = _secrets(notice, site) if for_mailbox else {}
    text = render_template(
        f"mail/{notice.kind}.txt",
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


def deliver_due() -> int:
    """Try every mail that is due; how many were accepted. Each is claimed first, so two workers never send it twice."""
    server: MailServer | None = current_app.config["SMTP"]
    if server is None:
        return 0
    return sum(_deliver(server, notice_id) for notice_id in list(Notice.due()))


def _deliver(server: MailServer, notice_id: str) -> bool:
    with transaction() as session:
        notice = session.get(Notice, notice_id, with_for_update=True)
        if notice is None or notice.mailed_at or notice.next_try_at > now():
            return False
        notice.next_try_at = now() + CLAIM
        notice.tries += 1
        tries = notice.tries
    try:
        _send(server, db.session.get_one(Notice, notice_id))
    except Exception as error:  # one mail that can’t be sent, or not even written, holds up no other
        if not isinstance(error, OSError | smtplib.SMTPException):
            current_app.logger.exception("a mail could not be written")
        with transaction() as session:
            notice = session.get_one(Notice, notice_id)
            notice.last_error = type(error).__name__
            notice.next_try_at = now() + RETRY[min(tries, len(RETRY)) - 1]
        return False
    with transaction() as session:
        notice = session.get_one(Notice, notice_id)
        notice.mailed_at = now()
        if "link" in notice.details:
            session.get_one(Link, notice.details["link"]).mail_accepted()
        RestoreRequest.notice_arrived(notice_id)
    return True


def _send(server: MailServer, notice: Notice) -> None:
    text = rendered(notice, for_mailbox=True)
    message = EmailMessage()
    message["Subject"] = text.subject
    message["From"] = current_app.config["MAIL_FROM"]
    message["To"] = notice.user.email
    # The same in every try: who gets a mail twice because a worker died in between sees it once.
    message["Message-ID"] = f"<{notice.id}@{urlsplit(current_app.config['PUBLIC_URL']).hostname}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(text.body)
    with _connected(server) as connection:
        if server.encryption == "starttls":
            connection.starttls(context=ssl.create_default_context())
        if server.username:
            connection.login(server.username, server.password)
        connection.send_message(message)


def _connected(server: MailServer) -> smtplib.SMTP:
    """With TLS only to a server that proves its name: smtplib’s own default believes any certificate."""
    if server.encryption == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(server.host, server.port, timeout=SERVER_PATIENCE, context=context)
    return smtplib.SMTP(server.host, server.port, timeout=SERVER_PATIENCE)


def contact_link(organisation: Organisation, subject: str, body: str) -> str:
    """A `mailto:` address for the organisation’s contact with subject and body filled in, or ""."""
    email = organisation.contact()["email"]
    return f"mailto:{quote(email, safe='@+')}?subject={quote(subject)}&body={quote(body)}" if email else ""
