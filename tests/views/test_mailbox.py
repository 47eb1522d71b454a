"""The mailbox of a development server."""

import pytest
from flask import Flask

from tests.support.people.people import Person
from tests.views.account.test_notices import give
from webapp.config import MailServer, Mode


def test_in_development_everybody_reads_what_would_have_been_sent(app: Flask, alice: Person, bob: Person) -> None:
    app.config["MODE"] = Mode.DEVELOPMENT
    assert "No mail yet" in app.test_client().get("/mailbox").text
    give(alice)
    give(bob, "restore_requested")
    page = app.test_client().get("/mailbox").text
    assert "To Alice &lt;alice@example.org&gt;" in page
    assert "To Bob" in page
    assert 'href="http://localhost/admin/requests/' in page
    assert "Alice <b>" not in page


@pytest.mark.parametrize("mode", [Mode.TESTING, Mode.PRODUCTION])
def test_elsewhere_it_does_not_exist(app: Flask, alice: Person, bob: Person, mode: Mode) -> None:
    app.config["MODE"] = mode
    for person in (alice, bob):
        assert person.get("/mailbox").status_code == 404


def test_where_mail_is_sent_it_does_not_exist(app: Flask, organisation: str) -> None:
    app.config["MODE"] = Mode.DEVELOPMENT
    app.config["SMTP"] = MailServer("localhost", 25, "none")
    assert app.test_client().get("/mailbox").status_code == 404
