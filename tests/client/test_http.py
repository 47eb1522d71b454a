"""The transports: cookies, forms, redirects and codes, in process and over the network alike."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response, abort, jsonify, redirect, request, session

from tests.support.costs import real_assets
from tests.support.servers import LiveServer, free_port, listening_socket
from webapp.client.encoding import from_base64, to_base64
from webapp.client.errors import Malformed, NotReleased, ServerRefused, StaleVault, WayOff
from webapp.client.http import Answer, Browser, InProcessTransport, Signer, Transport, UrllibTransport, refusal
from webapp.client.signatures import new_seed, public_key
from webapp.crypto.framing import frame, unframe
from webapp.crypto.signatures import request_bytes, verify

SIGNER = Signer("d" * 32, new_seed())
CHALLENGE = bytes(32)


def small_site(origin: str) -> Flask:
    """Just enough to talk to."""
    app = Flask("small_site")
    app.config["PUBLIC_URL"] = origin
    app.secret_key = "made up"
    expired = [True]

    @app.post("/form")
    def form() -> Response:
        assert request.headers["Origin"] == origin
        session["name"] = request.form["name"]
        return redirect(request.form["next"], 303)  # type: ignore[return-value]

    @app.get("/page")
    def page() -> str:
        return f'<p data-name="{session["name"]}" data-where="{request.full_path}">'

    @app.post("/refused")
    def refused() -> tuple[Response, int]:
        return jsonify(error=request.get_json()["code"], counter=3), 409

    @app.get("/missing")
    def missing() -> str:
        abort(404)

    @app.post("/devices/challenge")
    def challenge() -> Response:
        return jsonify(challenge=to_base64(CHALLENGE))

    @app.post("/signed")
    def signed() -> Response | tuple[Response, int]:
        if expired.pop() if expired else False:
            return jsonify(error="challenge_expired"), 401
        message = request_bytes(origin, "POST", "/signed", SIGNER.id, CHALLENGE, request.get_data())
        signature = from_base64(request.headers["Spare-Signature"], 64)
        verify("spare-key/v1/request", message, signature, public_key(SIGNER.seed))
        header, file = unframe(request.get_data())
        return Response(frame({**header, "seen": True}, file), mimetype="application/octet-stream")

    return app


@pytest.fixture(params=["in process", "over the network"])
def browser(request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser on the small site."""
    with listening_socket() as held:
        origin = f"http://localhost:{held.getsockname()[1]}"
        app = small_site(origin)
        if request.param == "in process":
            yield Browser(InProcessTransport(app.test_client(), origin), "test")
            return
        server = LiveServer(app, held, real_assets())
        yield Browser(UrllibTransport(origin), "test")
        server.stop()


def test_a_form_leads_to_its_page_with_the_cookie(browser: Browser) -> None:
    page = browser.submit("/form", {"name": "Zoë & Co", "next": "/page?a=1"}).page
    assert (page.value("data-name"), page.value("data-where")) == ("Zoë & Co", "/page?a=1")
    answer = browser.submit("/form", {"name": "x", "next": "/page"}, follow=False)
    assert (answer.status, answer.headers["location"]) == (303, "/page")


def test_no_redirect_leads_to_another_site(browser: Browser) -> None:
    with pytest.raises(ServerRefused) as refused:
        browser.submit("/form", {"name": "x", "next": "https://elsewhere.example/page"})
    assert refused.value.code == "elsewhere"


def test_what_the_page_does_not_say_is_missed_by_name(browser: Browser) -> None:
    page = browser.submit("/form", {"name": "x", "next": "/page"}).page
    with pytest.raises(Malformed, match="data-other"):
        page.value("data-other")


@pytest.mark.parametrize(
    ("code", "kind"),
    [("stale_vault", StaleVault), ("not_released", NotReleased), ("way_off", WayOff), ("x", ServerRefused)],
)
def test_codes_become_errors(browser: Browser, code: str, kind: type[ServerRefused]) -> None:
    with pytest.raises(kind) as refused:
        browser.post_json("/refused", {"code": code})
    assert (refused.value.status, refused.value.code, refused.value.details) == (409, code, {"counter": 3})


def test_an_error_page_is_an_error_too(browser: Browser) -> None:
    with pytest.raises(ServerRefused) as refused:
        browser.visit("/missing")
    assert (refused.value.status, refused.value.code) == (404, "refused")


def test_an_error_page_can_say_which() -> None:
    error = refusal(Answer(403, {}, b'<h1>Not now</h1><p data-refusal="way_off">', "/off"))
    assert (type(error), error.status, error.code) == (WayOff, 403, "way_off")


def test_octets_are_signed_and_an_expired_challenge_is_asked_for_once_more(browser: Browser) -> None:
    answer = browser._signed(SIGNER, "/signed", frame({"n": 1}, b"file"), "application/octet-stream")
    assert unframe(answer.body) == ({"n": 1, "seen": True}, b"file")


def test_nobody_there_is_an_error() -> None:
    with pytest.raises(ServerRefused) as refused:
        UrllibTransport(f"http://localhost:{free_port()}").send("GET", "/", b"", {})
    assert refused.value.code == "offline"


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(Malformed):
        UrllibTransport("file:///etc")


def test_both_are_transports() -> None:
    transports: list[Transport] = [
        UrllibTransport("http://localhost"),
        InProcessTransport(Flask("x").test_client(), ""),
    ]
    assert len(transports) == 2
