"""How a browser knows our server: the mark on pages and fragments, the type of what a script reads."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.support.people.people import Person, enrolled
from webapp.web.headers import ANSWER, COMMENT

OCTETS = "application/octet-stream"


@pytest.mark.parametrize("path", ["/sign-in", "/no-such-page", "/join/unknown"])
def test_every_page_has_the_mark_in_its_header_and_at_its_end(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert answer.headers["Spare-Key"] == "1"
    assert answer.data.endswith(COMMENT)
    assert answer.data.count(COMMENT) == 1


def test_what_has_no_body_has_the_header(alice: Person) -> None:
    enrolled(alice)
    answer = alice.post("/join/completion", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.data, answer.headers["Spare-Key"]) == (204, b"", "1")
    assert alice.get("/").headers["Spare-Key"] == "1"


def test_what_a_script_reads_has_a_type_of_our_own(alice: Person, client: FlaskClient) -> None:
    assert alice.get("/organisation/key").content_type == ANSWER
    refused = client.get("/organisation/key", headers={"Accept": OCTETS})
    assert (refused.status_code, refused.content_type, refused.get_json()) == (401, ANSWER, {"error": "signed_out"})


def test_what_is_too_large_is_refused_with_the_limit(app: Flask, alice: Person) -> None:
    device = enrolled(alice)
    headers = {"Spare-Device": device.id, "Accept": OCTETS}
    answer = alice.post("/devices/unlock", data=b"x" * 20_000, headers=headers)
    assert (answer.status_code, answer.content_type) == (413, ANSWER)
    assert answer.get_json() == {"error": "too_large", "limit": 16 * 1024}


def test_a_file_goes_out_with_its_digest_and_a_frame_with_its_size(alice: Person) -> None:
    enrolled(alice)
    answer = alice.get("/vault/file")
    assert answer.content_type == OCTETS
    assert b'"size"' in answer.data[:400]
