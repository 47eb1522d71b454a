"""Many invites at once: what each row comes to, in batches whose answer may get lost."""

import hashlib
import secrets

import pytest
from flask import Flask
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from tests.support.people.person import Person
from tests.support.run.clock import MovableClock
from tests.support.servers.races import race
from webapp import limits
from webapp.database import db
from webapp.models.accounts.invite import Invite
from webapp.models.journal.event import Event

OCTETS = {"Accept": "application/octet-stream"}
Rows = list[dict[str, str]]


def row(email: str, name: str = "Dora", role: str = "member", token: str = "") -> dict[str, str]:
    return {"email": email, "name": name, "role": role} | ({"token_sha256": token} if token else {})


def new_token() -> str:
    return hashlib.sha256(secrets.token_bytes(24)).hexdigest()


def send(person: Person, what: str, rows: object) -> TestResponse:
    return person.post(f"/admin/invites/{what}", json={"rows": rows}, headers=OCTETS)


def codes(person: Person, what: str, rows: Rows) -> list[str]:
    answer = send(person, what, rows)
    assert answer.status_code == 200, answer.text
    return list(answer.get_json()["codes"])


def number(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Invite)) or 0


@pytest.mark.databases
def test_each_row_has_its_reason(app: Flask, alice: Person, bob: Person) -> None:
    bob.post("/admin/invites", data=row("invited@example.org"))
    rows = [
        *[row("dora@example.org"), row("DORA@example.org"), row("ALICE@example.org"), row("invited@example.org")],
        *[row("dora"), row(""), row("x@example.org", "x" * 101), row("y@example.org", "a\nb")],
        *[row("z@example.org", role="admin"), row("w@example.org", role="emperor"), row("v@example.org", "")],
    ]
    expected = ["", "duplicate", "already_user", "already_invited", "no_address", "no_address"]
    expected += ["name_long", "name_long", "no_role", "no_role", ""]
    assert codes(bob, "check", rows) == expected
    assert number(app) == 1
    rows = [{**each, "token_sha256": new_token()} for each in rows]
    assert codes(bob, "rows", rows) == expected
    assert number(app) == 3


def test_only_owners_invite_admins_and_owners(bob: Person, olga: Person) -> None:
    rows = [row("a@example.org", role="admin"), row("o@example.org", role="owner")]
    assert codes(bob, "check", rows) == ["no_role", "no_role"]
    assert codes(olga, "check", rows) == ["", ""]


@pytest.mark.databases
def test_a_batch_that_is_sent_again_changes_nothing(app: Flask, bob: Person) -> None:
    rows = [row(f"p{index}@example.org", token=new_token()) for index in range(3)]
    assert codes(bob, "rows", rows) == ["", "", ""]
    assert codes(bob, "rows", rows) == ["", "", ""]
    assert number(app) == 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).where(Event.kind == "invite.made")) == 3
        found = Invite.open_to("p0@example.org")
        assert found
        assert (found.token_sha256, found.made_by, found.name) == (rows[0]["token_sha256"], bob.user_id, "Dora")
    assert codes(bob, "rows", [row("p0@example.org", token=new_token())]) == ["already_invited"]
    assert codes(bob, "rows", [row("q@example.org", token=rows[0]["token_sha256"])]) == ["no_token"]
    token = new_token()
    assert codes(bob, "rows", [row("r@example.org", token=token), row("s@example.org", token=token)]) == [
        "",
        "no_token",
    ]


def test_a_link_made_so_is_joined_by(app: Flask, bob: Person) -> None:
    token = secrets.token_urlsafe(24)
    hashed = hashlib.sha256(token.encode()).hexdigest()
    assert codes(bob, "rows", [row("dora@example.org", token=hashed)]) == [""]
    assert "dora@example.org" in app.test_client().get(f"/join/{token}").text


@pytest.mark.databases
def test_two_admins_with_the_same_file_invite_each_person_once(app: Flask, bob: Person, olga: Person) -> None:
    files = [[row(f"p{index}@example.org", token=new_token()) for index in range(20)] for _ in range(2)]
    clients = [bob.another_browser(), olga.another_browser()]

    def inviting(place: int) -> list[str]:
        answer = clients[place].post("/admin/invites/rows", json={"rows": files[place]}, headers=OCTETS)
        return list(answer.get_json()["codes"])

    first, second = race(app, lambda: inviting(0), lambda: inviting(1))
    assert {tuple(set(first)), tuple(set(second))} == {("",), ("already_invited",)}
    assert number(app) == 20


@pytest.mark.parametrize("token", ["", "x" * 64, "ab" * 31, "AB" * 32])
def test_without_a_hash_no_link_is_made(app: Flask, bob: Person, token: str) -> None:
    assert codes(bob, "rows", [row("dora@example.org", token=token)]) == ["no_token"]
    assert number(app) == 0


@pytest.mark.parametrize(
    "rows",
    [None, [], {}, "x", [1], [["email"]], [{"email": 1}], [{"email": "a@b.c", "admin": "yes"}], [{"email": "a\0@b.c"}]],
)
def test_what_no_page_of_ours_sends_is_refused(app: Flask, bob: Person, rows: object) -> None:
    for what in ("check", "rows"):
        assert send(bob, what, rows).status_code == 400
    assert number(app) == 0


def test_a_batch_has_a_bound(bob: Person) -> None:
    rows = [row(f"p{index}@example.org") for index in range(limits.INVITE_ROWS_AT_ONCE + 1)]
    assert send(bob, "check", rows).status_code == 400
    assert send(bob, "check", rows[:-1]).status_code == 200
    assert send(bob, "check", [row("a@example.org", "x" * 600_000)]).status_code == 413


def test_after_ten_minutes_it_is_asked_again_and_the_same_batch_goes_on(
    app: Flask, bob: Person, clock: MovableClock
) -> None:
    rows = [row("dora@example.org", token=new_token())]
    assert codes(bob, "check", rows) == [""]
    clock.advance(minutes=11)
    answer = send(bob, "rows", rows)
    assert (answer.status_code, answer.get_json()) == (403, {"error": "asks_again"})
    assert number(app) == 0
    page = bob.get("/admin/invites/file").text
    assert '<template data-code="asks_again">' in page
    assert 'href="/admin/again"' in page
    bob.show_again()
    assert (codes(bob, "rows", rows), number(app)) == ([""], 1)


def test_members_invite_nobody(app: Flask, alice: Person, charlie: Person) -> None:
    for person in (alice, charlie):
        for what in ("check", "rows"):
            assert send(person, what, [row("dora@example.org", token=new_token())]).status_code == 404
    assert number(app) == 0


def test_open_invites_are_listed_page_by_page(app: Flask, bob: Person) -> None:
    rows = [row(f"p{index:03}@example.org", token=new_token()) for index in range(60)]
    assert set(codes(bob, "rows", rows)) == {""}
    assert "All 60 open invites" in bob.get("/admin/users").text
    assert "All 60 open invites" in bob.get("/admin/").text
    first = bob.get("/admin/invites").text
    assert first.count("Withdraw<") == 50
    address = first.partition('rel="next"')[0].rpartition('href="')[2].rstrip('" ')
    second = bob.get(address).text
    assert second.count("Withdraw<") == 10
    assert 'rel="next"' not in second
