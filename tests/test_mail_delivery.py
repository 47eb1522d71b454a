"""Where mail doesn’t go: to a server that can’t prove its name, and to people for whom it is no news any more."""

import datetime
import ssl
from collections.abc import Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from flask import Flask
from sqlalchemy import select

from tests.support.clock import MovableClock
from tests.support.mail_server import Postbox
from tests.support.people import Person
from tests.views.test_notices import give
from webapp import limits, mail
from webapp.database import db
from webapp.models import Notice, User


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1 that nobody signed but itself, with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    began = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(began)
        .not_valid_after(began + datetime.timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path = tmp_path / "certificate.pem"
    path.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return path


@pytest.fixture
def tls_postbox(app: Flask, certificate: Path) -> Iterator[Postbox]:
    """A mail server that speaks TLS with that certificate, and the application set up to use it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    postbox = Postbox(context)
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.stop()


def deliver(app: Flask) -> int:
    with app.app_context():
        return mail.deliver_due()


def last_error(app: Flask) -> str:
    with app.app_context():
        return db.session.scalars(select(Notice.last_error)).one()


def test_a_server_whose_certificate_nobody_vouches_for_gets_nothing(
    app: Flask, alice: Person, tls_postbox: Postbox
) -> None:
    give(alice)
    assert deliver(app) == 0
    assert tls_postbox.taken == []
    assert last_error(app) == "SSLCertVerificationError"


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
        assert list(Notice.due()) == [old, recent]
        clock.advance(seconds=2)
        assert list(Notice.due()) == [recent]
        assert len(Notice.shown_to(db.session.get_one(User, alice.user_id))) == 2, "on their pages it stays"
        db.session.remove()
