"""Where mail doesn’t go: to a server that can’t prove its name, and to people for whom it is no news any more."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from tests.support.people.people import Person
from tests.support.run.clock import MovableClock
from tests.support.servers.certificates import make_certificate
from tests.support.servers.mail_server import Postbox, due
from tests.views.account.test_notices import give
from webapp import limits
from webapp.database import db
from webapp.models.directory.user import User
from webapp.models.notices.notice import Notice
from webapp.ops import mail_delivery


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody signed but itself, with its key."""
    return make_certificate(tmp_path)


@pytest.fixture
def tls_postbox(app: Flask, certificate: Path) -> Iterator[Postbox]:
    """A mail server that speaks TLS with that certificate, and the application set up to use it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    postbox = Postbox(context)
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.close()


def deliver(app: Flask) -> int:
    with app.app_context():
        return mail_delivery.deliver_due()


def last_error(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Notice.last_error)).one()


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    app: Flask, alice: Person, tls_postbox: Postbox
) -> None:
    give(alice)
    assert deliver(app) == 0
    assert tls_postbox.taken == []
    assert last_error(app).startswith("certificate is not trusted: self")


def test_one_that_is_vouched_for_gets_it(
    app: Flask, alice: Person, tls_postbox: Postbox, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    give(alice)
    assert deliver(app) == 1
    assert len(tls_postbox.taken) == 1


def test_what_is_old_is_no_longer_mailed(app: Flask, alice: Person, clock: MovableClock) -> None:
    old = give(alice)
    clock.advance(seconds=limits.MAIL_LIFE.total_seconds() - 1)
    recent = give(alice, "restore_cancelled", request="cd" * 16)
    with app.app_context():
        assert due() == [old, recent]
        clock.advance(seconds=2)
        assert due() == [recent]
        assert len(Notice.shown_to(db.session.get_one(User, alice.user_id))) == 2, "on their pages it stays"
        db.session.remove()
