"""Which requests may be made at all, and what every answer tells the browser."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.people import Person, add_person, enrolled
from tests.support.run.clock import MovableClock
from tests.support.servers.applications import dispose, make_app
from webapp.database import db, transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.signin.session import SignIn
from webapp.models.signin.tab_key import TabKey

SAFE = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


@pytest.mark.parametrize("path", ["/sign-in", "/join/unknown", "/no-such-page", "/settings"])
def test_every_answer_carries_the_policy(client: FlaskClient, organisation: str, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["style-src"] == policy["connect-src"] == "'self'"
    assert policy["script-src"] == f"'self' '{client.application.config['IMPORT_MAP_HASH']}'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == "htmx kdf-worker"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Cache-Control"] == "no-store"


def test_no_answer_names_the_server_software(client: FlaskClient) -> None:
    assert "Server" not in client.get("/sign-in").headers


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (SAFE, 422),
        ({"Sec-Fetch-Site": "same-origin"}, 422),
        ({"Origin": "http://localhost"}, 422),
        ({}, 422),  # no browser: nobody’s cookies are at risk
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://localhost:8000"}, 403),
        ({"Origin": "https://localhost"}, 403),
        ({**SAFE, "Sec-Fetch-Site": "cross-site"}, 403),
        ({**SAFE, "Origin": "http://evil.example"}, 403),
    ],
)
def test_only_our_own_pages_may_post(app: Flask, organisation: str, headers: dict[str, str], status: int) -> None:
    client = app.test_client()
    client.environ_base.pop("HTTP_SEC_FETCH_SITE")
    assert client.post("/sign-in", headers=headers).status_code == status


def test_a_foreign_post_changes_nothing(alice: Person) -> None:
    answer = alice.post("/sign-out", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403
    assert alice.get("/settings").status_code == 200


def test_a_link_from_elsewhere_may_be_followed(alice: Person) -> None:
    assert alice.get("/settings", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("host", ["evil.example", "localhost:8000", "localhost.evil.example", "127.0.0.1"])
def test_requests_for_another_host_are_not_ours(client: FlaskClient, host: str) -> None:
    answer = client.get("/sign-in", base_url=f"http://{host}")
    assert answer.status_code == 421
    assert host not in answer.text


def test_the_log_says_once_what_a_proxy_does_wrong_where_every_host_is_another(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    for host in ("127.0.0.1:8000", "evil.example", "127.0.0.1:8000"):
        client.get("/sign-in", base_url=f"http://{host}")
    [told] = [record.getMessage() for record in caplog.records]
    assert "'127.0.0.1:8000'" in told
    assert "proxy_set_header Host" in told


def production(tmp_path: Any, database_url: str, **environ: str) -> Flask:
    return make_app({"DATABASE_URL": database_url, "PUBLIC_URL": "https://keys.example.org", **environ}, tmp_path)


def test_over_https_the_browser_is_told_to_stay_there(tmp_path: Any, database_url: str) -> None:
    app = production(tmp_path, database_url)
    assert app.test_client().get("/sign-in").headers["Strict-Transport-Security"] == "max-age=63072000"
    dispose(app)


def test_over_http_it_is_not(client: FlaskClient) -> None:
    assert "Strict-Transport-Security" not in client.get("/sign-in").headers


@pytest.mark.parametrize(("trusted", "seen"), [("0", "127.0.0.1"), ("1", "203.0.113.9"), ("2", "198.51.100.4")])
def test_what_a_proxy_says_is_believed_as_far_as_it_is_trusted(
    tmp_path: Any, database_url: str, trusted: str, seen: str
) -> None:
    app = production(tmp_path, database_url, TRUSTED_PROXIES=trusted)
    with app.app_context(), transaction() as session:
        session.add(made := Organisation(name="Example Works"))
        session.flush()
        organisation_id = made.id
    person = add_person(app, organisation_id, "Alice")
    data = {"email": person.email, "password": person.password}
    forwarded = {"X-Forwarded-For": "198.51.100.4, 203.0.113.9"}
    assert app.test_client().post("/sign-in", data=data, headers=forwarded).status_code == 303
    with app.app_context():
        assert db.session.query(SignIn.address).scalar() == seen
    dispose(app)


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: FlaskClient, alice: Person) -> None:
    answer = client.post("/sign-in", data={"email": alice.email, "password": alice.password})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Path=/" in cookie
    assert "Domain" not in cookie


def test_the_cookie_is_set_once_and_not_by_every_answer(bob: Person) -> None:
    bob.get("/admin/")
    for path in ("/admin/", "/admin/requests/count"):
        assert "Set-Cookie" not in bob.get(path).headers


def test_a_session_that_was_there_before_signing_in_is_not_kept(client: FlaskClient, alice: Person) -> None:
    with client.session_transaction() as cookie:
        cookie["_user_id"], cookie["planted"] = "a token somebody knows", "something"
    client.post("/sign-in", data={"email": alice.email, "password": alice.password})
    with client.session_transaction() as cookie:
        assert cookie["_user_id"] != "a token somebody knows"
        assert "planted" not in cookie


def last_active(app: Flask) -> Any:
    with app.app_context():
        return db.session.query(SignIn.last_active_at).scalar()


def test_activity_is_noted_and_polls_are_none(app: Flask, bob: Person, clock: MovableClock) -> None:
    bob.get("/settings")
    before = last_active(app)
    clock.advance(minutes=5)
    assert bob.get("/admin/requests/count").status_code in (200, 204)
    assert last_active(app) == before
    bob.get("/settings")
    assert last_active(app) > before


def test_after_fifteen_idle_minutes_the_tabs_are_locked_for_good(
    app: Flask, alice: Person, clock: MovableClock
) -> None:
    device = enrolled(alice)
    with app.app_context(), transaction() as session:
        found = session.query(SignIn).one()
        TabKey.store("ab" * 16, found, device.id, bytes(32))
    clock.advance(minutes=15, seconds=1)
    alice.get("/settings")
    answer = alice.signed_post("/devices/tab-keys/open", {"tab": "ab" * 16})
    assert (answer.status_code, answer.get_json()) == (410, {"error": "tab_key_gone"})
