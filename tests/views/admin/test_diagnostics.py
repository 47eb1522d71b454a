"""Diagnostics: what each part says when it is well, and what to do when it isn’t; a test mail goes as all mail goes."""

import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask

from tests.support.people.people import Person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.servers.mail_server import Postbox
from tests.support.servers.sealing_keys import fresh_key, turned_wrong
from webapp import limits
from webapp.crypto.sealing import Sealer
from webapp.models.server.heartbeat import Heartbeat
from webapp.ops import health, mail_delivery
from webapp.version import VERSION
from webapp.views.admin import diagnostics
from webapp.web.rate_limits import MAIL_CODES

PATH = "/admin/diagnostics"
Facts = Callable[[], dict[str, str]]


@pytest.fixture
def facts(olga: Person) -> Facts:
    """What the page says, by its terms, as plain text."""

    def read() -> dict[str, str]:
        page = olga.get(PATH)
        assert page.status_code == 200
        rows = re.findall(r"<dt[^>]*>(.*?)</dt><dd>(.*?)</dd>", page.text, re.S)
        return {term: re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", value)).strip() for term, value in rows}

    return read


@pytest.fixture
def postbox(app: Flask) -> Iterator[Postbox]:
    postbox = Postbox()
    app.config["SMTP"] = postbox.address
    yield postbox
    postbox.close()


def deliver(app: Flask) -> None:
    with app.app_context():
        mail_delivery.deliver_due()


@pytest.mark.databases
def test_it_tells_what_runs(facts: Facts, database_kind: str) -> None:
    said = facts()
    assert said["Spare Key"] == VERSION
    assert said["Database"].lower().startswith(database_kind)
    assert said["Web server"].startswith("granian ")
    assert re.fullmatch(r"\d{4} Up to date", said["Tables"])
    assert said["Clock"].startswith("The database has none" if database_kind == "sqlite" else "As the database’s")


def test_tables_of_another_version_are_told(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "newest_migration", lambda: "9999")
    assert "Wrong This version needs 9999: run flask --app webapp upgrade-db" in facts()["Tables"]


def test_each_sealing_key_says_how_much_it_seals(app: Flask, facts: Facts, alice: Person) -> None:
    enrolled(alice)
    former: Sealer = app.extensions["sealer"]
    assert re.fullmatch(r"[1-9]\d* values? Current", facts()["testing"])
    keys = [fresh_key("2027"), *app.config["SEALING_KEYS"]]
    app.extensions["sealer"] = Sealer([(key_id, key) for key_id, _, key in (each.partition(":") for each in keys)])
    said = facts()
    app.extensions["sealer"] = former
    assert said["2027"] == "0 values Current"
    assert said["testing"].endswith("Still needed")


def test_a_sealing_key_that_is_wrong_is_told_by_a_sentence(app: Flask, olga: Person, alice: Person) -> None:
    enrolled(alice)
    olga.get(PATH)
    with turned_wrong(app):
        page = olga.get(PATH)
    assert "is not the one that seals the database" in page.text


def test_it_tells_whether_a_worker_is_at_work(app: Flask, facts: Facts, clock: MovableClock) -> None:
    assert facts()["Worker"].startswith("Not running None was ever at work")
    with app.app_context():
        Heartbeat.beat()
    assert facts()["Worker"] == "At work just now Running"
    clock.advance(seconds=limits.HEARTBEAT_LATE.total_seconds() + 1)
    assert facts()["Worker"].startswith("At work 2 minutes ago Stopped")


def test_without_a_mail_server_it_says_so_and_sends_nothing(olga: Person, facts: Facts) -> None:
    assert facts()["Mail server"].startswith("None")
    assert "Send Me a Test Mail" not in olga.get(PATH).text
    assert "nothing was sent" in olga.client.post(f"{PATH}/mail", follow_redirects=True).text


def test_a_test_mail_goes_to_whoever_asks_and_its_fate_is_told(
    app: Flask, olga: Person, facts: Facts, postbox: Postbox
) -> None:
    deliver(app)
    postbox.taken.clear()
    assert facts()["Last test"] == "None"
    assert olga.post(f"{PATH}/mail").status_code == 303
    assert facts()["Last test"].startswith("Waiting for the worker")
    deliver(app)
    (sent,) = postbox.taken
    assert (sent["To"], sent["Subject"]) == ("olga@example.org", "Test mail of Spare Key")
    assert facts()["Last test"].startswith("Accepted by the mail server")
    assert "Test mail" not in olga.get("/admin/").text, "no page shows it"


@pytest.mark.parametrize(
    ("answer", "said"), [("451 not now", "Failed 451 not now"), ("550 never", "Refused 550 never")]
)
def test_a_mail_that_fails_is_told_with_why(
    app: Flask, olga: Person, facts: Facts, postbox: Postbox, answer: str, said: str
) -> None:
    postbox.refuses = answer
    olga.post(f"{PATH}/mail")
    deliver(app)
    assert facts()["Last test"].startswith(said)


def test_mail_that_waits_for_long_is_told(olga: Person, facts: Facts, postbox: Postbox, clock: MovableClock) -> None:
    olga.post(f"{PATH}/mail")
    clock.advance(seconds=limits.OUTBOX_LATE.total_seconds() + 1)
    assert facts()["Waiting"].endswith("Late")


def test_nobody_is_mailed_without_end(olga: Person, postbox: Postbox) -> None:
    statuses = [olga.post(f"{PATH}/mail").status_code for _ in range(MAIL_CODES.burst + 1)]
    assert (statuses[0], statuses[-1]) == (303, 429)


@pytest.mark.parametrize(
    ("ahead", "said"), [(40, "40 seconds ahead of the database’s"), (-90, "90 seconds behind the database’s")]
)
def test_a_clock_that_is_wrong_is_told(facts: Facts, monkeypatch: pytest.MonkeyPatch, ahead: int, said: str) -> None:
    monkeypatch.setattr(health, "clock_difference", lambda: timedelta(seconds=ahead))
    assert facts()["Clock"].startswith(f"Wrong {said}")


def test_a_disk_that_is_nearly_full_is_told(facts: Facts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "LITTLE", 1.1)
    assert facts()["The database"].endswith("free Little")


@pytest.mark.parametrize(
    ("trusted", "through", "said"),
    [
        (0, "", None),
        (1, "8.8.8.8", None),
        (2, "8.8.8.8, 10.0.0.2", None),
        (1, "", "One proxy too many is trusted"),
        (2, "8.8.8.8", "One proxy too many is trusted"),
        (0, "8.8.8.8", "One proxy too few is trusted"),
        (1, "8.8.8.8, 10.0.0.2", "One proxy too few is trusted"),
        (1, "10.0.0.9, 8.8.8.8", "More proxies wrote into your request"),
    ],
)
def test_a_proxy_too_few_or_too_many_is_noticed(
    app: Flask, olga: Person, trusted: int, through: str, said: str | None
) -> None:
    app.config["TRUSTED_PROXIES"] = trusted
    page = olga.client.get(PATH, headers={"X-Forwarded-For": through} if through else {}).text
    notes = ("One proxy too few", "One proxy too many", "More proxies wrote")
    assert [note for note in notes if note in page] == (
        [note for note in notes if said.startswith(note)] if said else []
    )


class TestBehindAProxy:
    @pytest.fixture
    def settings(self) -> dict[str, str]:
        return {"TRUSTED_PROXIES": "1"}

    def test_it_tells_the_address_that_limits_go_by(self, olga: Person) -> None:
        page = olga.client.get(PATH, headers={"X-Forwarded-For": "198.51.100.7"}).text
        assert "198.51.100.7, through 1 trusted proxy" in page


def test_settings_lead_owners_there_and_no_admin(bob: Person, olga: Person) -> None:
    assert f'href="{PATH}"' in olga.get("/admin/settings").text
    assert f'href="{PATH}"' not in bob.get("/admin/settings").text
