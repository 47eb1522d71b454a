"""Which pages are compressed: every page has a kind, and only kinds in which no secret is reflected are."""

import gzip
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from flask import Flask, Response
from flask.testing import FlaskClient

from tests.support.people.invitations import invite
from tests.support.people.people import Person, enrolled
from webapp.config import ROOT
from webapp.web import compression
from webapp.web.compression import COMPRESSED, KINDS, NO_PAGE

EVERYTHING = "gzip, deflate, br, zstd"
DOCUMENT = ROOT / ".github/docs/compression.md"


def plain(answer: Any) -> str:
    """The page as a browser has it."""
    unpacked: dict[str | None, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress}
    return unpacked.get(answer.headers.get("Content-Encoding"), bytes)(answer.data).decode()


def test_every_view_that_shows_something_has_exactly_one_kind(app: Flask) -> None:
    shown = {rule.endpoint for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    classified = [endpoint for kind in KINDS for endpoint in kind.endpoints] + [*NO_PAGE]
    assert sorted(classified) == sorted(shown)


def test_no_compressed_page_has_a_secret_in_its_address(app: Flask) -> None:
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint in COMPRESSED and "GET" in (rule.methods or ())]
    assert rules
    assert [rule.rule for rule in rules if rule.arguments] == []


def test_the_document_has_a_section_for_every_kind() -> None:
    document = DOCUMENT.read_text()
    for kind in KINDS:
        assert (
            f"\n## {kind.name[0].upper()}{kind.name[1:]}: {'compressed' if kind.compressed else 'as it is'}\n"
            in document
        )


@pytest.mark.parametrize(("accepted", "encoding"), [(EVERYTHING, "br"), ("gzip", "gzip"), ("br;q=0, gzip", "gzip")])
def test_the_sign_in_page_is_compressed(client: FlaskClient, organisation: str, accepted: str, encoding: str) -> None:
    answer = client.get("/sign-in", headers={"Accept-Encoding": accepted})
    assert answer.headers["Content-Encoding"] == encoding
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert int(answer.headers["Content-Length"]) == len(answer.data) < len(plain(answer)) / 2
    assert plain(answer) == client.get("/sign-in").text


@pytest.mark.parametrize("accepted", ["", "identity", "zstd", "br;q=0", "gzip;q=0"])
def test_who_asks_for_nothing_else_gets_it_as_it_is(client: FlaskClient, organisation: str, accepted: str) -> None:
    answer = client.get("/sign-in", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.headers["Vary"]


def test_an_answer_to_a_post_is_not_compressed(client: FlaskClient, organisation: str) -> None:
    """It shows what was typed."""
    answer = client.post("/sign-in", data={"email": "a@b.example"}, headers={"Accept-Encoding": EVERYTHING})
    assert answer.status_code == 422
    assert "a@b.example" in answer.text
    assert "Content-Encoding" not in answer.headers


def test_a_page_behind_a_link_is_not_compressed(client: FlaskClient, bob: Person) -> None:
    answer = client.get(invite(bob.app, bob.organisation_id), headers={"Accept-Encoding": EVERYTHING})
    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers


@pytest.mark.parametrize(("path", "compressed"), [("/vault", True), ("/settings", True), ("/devices", False)])
def test_a_member_s_rooms_are_compressed_and_lists_are_not(alice: Person, path: str, compressed: bool) -> None:
    enrolled(alice)
    answer = alice.client.get(path, headers={"Accept-Encoding": EVERYTHING})
    assert answer.status_code == 200
    assert answer.headers.get("Content-Encoding") == ("br" if compressed else None)


def test_no_page_of_the_admin_portal_is_compressed(bob: Person) -> None:
    for path in ("/admin/", "/admin/users?words=a", "/admin/requests", "/admin/settings", "/admin/activity"):
        answer = bob.client.get(path, headers={"Accept-Encoding": EVERYTHING})
        assert (answer.status_code, answer.headers.get("Content-Encoding")) == (200, None), path


def bare(answer: Callable[[], Any]) -> FlaskClient:
    app = Flask("bare")
    compression.init_app(app)
    app.add_url_rule("/", next(iter(COMPRESSED)), answer)
    return app.test_client()


@pytest.mark.parametrize(
    "answer",
    [
        lambda: Response(iter(["x" * 5000]), mimetype="text/html"),
        lambda: Response("x" * 5000, mimetype="application/octet-stream"),
        lambda: Response("x" * 5000, mimetype="text/html", status=422),
        lambda: Response("x" * 50, mimetype="text/html"),
        lambda: Response("x" * 5000, mimetype="text/html", headers={"Content-Encoding": "zstd"}),
    ],
    ids=["a stream", "no page", "a refusal", "a short page", "compressed already"],
)
def test_what_is_no_whole_page_goes_out_as_it_is(answer: Callable[[], Any]) -> None:
    given = answer()
    got = bare(answer).get("/", headers={"Accept-Encoding": EVERYTHING})
    assert got.headers.get("Content-Encoding") == given.headers.get("Content-Encoding")
    assert got.data == given.get_data()


def test_a_whole_page_is_compressed_wherever_its_kind_is() -> None:
    got = bare(lambda: Response("x" * 5000, mimetype="text/html")).get("/", headers={"Accept-Encoding": EVERYTHING})
    assert brotli.decompress(got.data) == b"x" * 5000


def test_no_page_is_longer_for_being_indented_and_a_mail_is_as_it_was_written(app: Flask) -> None:
    environment = app.jinja_env
    source = "<ul>\n  <li>one\n\tand two</li>\n</ul>"
    extension = compression.Unindented(environment)
    assert extension.preprocess(source, "vault/page.html") == "<ul>\n<li>one\nand two</li>\n</ul>"
    assert extension.preprocess(source, "mail/page.txt") == source
    assert len(plain(app.test_client().get("/sign-in")).split("\n   ")) == 1


@pytest.mark.parametrize(
    "source",
    [
        "<p>one{% if true %}\n  two{% endif %}\n  three</p>",
        "<input id=a{% if true %}\n  required{% endif %}\n  disabled>",
        "<p>one{# why #}\n  two</p>",
        "<p>{{ 'one' }}\n  two</p>",
    ],
)
def test_nothing_is_joined_that_indentation_kept_apart(app: Flask, source: str) -> None:
    environment = app.jinja_env
    indented = environment.overlay(extensions=[]).from_string(source).render()
    unindented = compression.Unindented(environment).preprocess(source, "page.html")
    assert environment.from_string(unindented).render().split() == indented.split()
