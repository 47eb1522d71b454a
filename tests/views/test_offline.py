"""The service worker of the installed app."""

import base64
import hashlib
import json
import re

from flask.testing import FlaskClient

from tests.support.people.people import Person


def test_the_worker_is_the_same_for_everybody(client: FlaskClient, alice: Person) -> None:
    answer = client.get("/service-worker.js")
    assert answer.status_code == 200
    assert answer.content_type == "text/javascript; charset=utf-8"
    assert answer.headers["Cache-Control"] == "max-age=3600"
    assert alice.get("/service-worker.js").data == answer.data
    assert "Set-Cookie" not in answer.headers


def test_the_offline_page_is_whole_in_itself(client: FlaskClient) -> None:
    script = client.get("/service-worker.js").text
    (said,) = re.findall(r"const PAGE = (\".*\");", script)
    page = json.loads(said)
    assert "You are offline" in page
    assert re.findall(r"(?:src|href)=\"([^\"]*)\"", page) == [""]
    (style,) = re.findall(r"<style>(.*?)</style>", page, re.S)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    (policy,) = re.findall(r"'Content-Security-Policy': (\".*?[^\\]\")", script)
    assert json.loads(policy).startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
