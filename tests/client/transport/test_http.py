"""The transports: cookies, forms, redirects and codes, in process and over the network alike."""

import threading
from collections.abc import Iterator

import pytest
from flask import Flask, Response, abort, jsonify, redirect, request, session

from tests.support.run.costs import real_assets
from tests.support.servers.processes import LiveServer, listening_socket, silent_socket
from webapp.client.crypto.signatures import new_seed, public_key
from webapp.client.errors import Malformed, MethodOff, NoAnswer, NotReleased, ServerRefused, StaleVault
from webapp.client.formats.encoding import from_base64, to_base64
from webapp.client.transport.answers import OCTETS, frame_of
from webapp.client.transport.http import (
    Answer,
    Browser,
    InProcessTransport,
    Signer,
    Transport,
    UrllibTransport,
    refusal,
)
from webapp.crypto.framing import frame, unframe
from webapp.crypto.signatures import request_bytes, verify
from webapp.web import headers

SIGNER = Signer("d" * 32, new_seed())
CHALLENGE = bytes(32)


def say_who_answers(app: Flask) -> None:
    """What the site refuses and stores, its mark on all it says, and a page of somebody else in its place."""

    @app.post("/refused")
    def refused() -> tuple[Response, int]:
        return jsonify(error=request.get_json()["code"], counter=3), 409

    @app.get("/missing")
    def missing() -> str:
        abort(404)

    @app.post("/stored")
    def stored() -> Response:
        return jsonify(counter=2)

    @app.after_request
    def mark(answer: Response) -> Response:
        if request.path != "/elsewhere":
            headers._add_headers(answer)
        return answer

    @app.route("/elsewhere", methods=["GET", "POST"])
    def elsewhere() -> tuple[str, int]:
        return "<h1>Sign in to the hotel</h1>", int(request.args["status"])


def small_site(origin: str) -> Flask:
    """Just enough to talk to."""
    app = Flask("small_site")
    app.secret_key = "made up"
    app.config.update(PUBLIC_URL=origin, ORIGIN=origin, MODE="testing", IMPORT_MAP_HASH="")
    expired = [True]

    @app.post("/form")
    def form() -> Response:
        assert request.headers["Origin"] == origin
        session["name"] = request.form["name"]
        return redirect(request.form["next"], 303)  # type: ignore[return-value]

    @app.get("/page")
    def page() -> str:
        return f'<p data-name="{session["name"]}" data-where="{request.full_path}">'

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

    say_who_answers(app)
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
    [("stale_vault", StaleVault), ("not_released", NotReleased), ("way_off", MethodOff), ("x", ServerRefused)],
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
    error = refusal(Answer(403, {"spare-key": "1"}, b'<h1>Not now</h1><p data-refusal="way_off">', "/off"))
    assert (type(error), error.status, error.code) == (MethodOff, 403, "way_off")


def test_octets_are_signed_and_an_expired_challenge_is_asked_for_once_more(browser: Browser) -> None:
    body = browser._signed(SIGNER, "/signed", frame({"n": 1}, b"file"), OCTETS, lambda answer: answer.body)
    assert unframe(body) == ({"n": 1, "seen": True}, b"file")


@pytest.mark.parametrize(
    ("status", "code"),
    [(200, "network_sign_in"), (403, "blocked"), (413, "size_limit"), (503, "starting"), (500, "server_failed")],
)
def test_what_another_answers_is_no_answer(browser: Browser, status: int, code: str) -> None:
    path = f"/elsewhere?status={status}"
    for ask in (browser.visit, browser.submit, browser.get_json, browser.get_file, browser.post_json):
        with pytest.raises(NoAnswer) as nobody:
            ask(path)
        assert (nobody.value.code, nobody.value.status) == (code, status)


def test_an_answer_repeats_what_was_sent(browser: Browser) -> None:
    assert browser.sign_json(SIGNER, "/stored", {}, {"counter": 2}) == {"counter": 2}
    for same, code in (({"counter": 3}, "answer_differs"), ({"sha256": "x"}, "foreign_answer")):
        with pytest.raises(NoAnswer) as nobody:
            browser.sign_json(SIGNER, "/stored", {}, same)
        assert nobody.value.code == code


@pytest.mark.parametrize("body", [b"", b"\0\0\0\x09{}", frame({"size": 4}, b"fil"), frame({}, b"file")])
def test_half_a_frame_is_no_answer(body: bytes) -> None:
    with pytest.raises(NoAnswer) as nobody:
        frame_of(Answer(200, {"content-type": OCTETS}, body, "/file"))
    assert nobody.value.code == "cut_off"


def test_nobody_there_is_an_error() -> None:
    with silent_socket() as held, pytest.raises(NoAnswer) as refused:
        UrllibTransport(f"http://localhost:{held.getsockname()[1]}").send("GET", "/", b"", {})
    assert refused.value.code == "offline"


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 2601\r\n\r\n",
        b"HTTP/1.1 422 Unprocessable\r\nContent-Length: 2601\r\n\r\n<!doctype",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\nhalf",
        b"HTT",
    ],
    ids=["no body", "half an error", "half a chunk", "half a word"],
)
def test_an_answer_that_ends_too_early_is_none(sent: bytes) -> None:
    def answer() -> None:
        visitor, _ = held.accept()
        with visitor:
            visitor.recv(65_536)
            visitor.sendall(sent)

    with listening_socket() as held:
        server = threading.Thread(target=answer)
        server.start()
        with pytest.raises(NoAnswer) as nobody:
            UrllibTransport(f"http://localhost:{held.getsockname()[1]}").send("GET", "/", b"", {})
        server.join()
    assert nobody.value.code == "cut_off"


def test_an_address_of_another_kind_is_refused() -> None:
    with pytest.raises(Malformed):
        UrllibTransport("file:///etc")


def test_both_are_transports() -> None:
    transports: list[Transport] = [
        UrllibTransport("http://localhost"),
        InProcessTransport(Flask("x").test_client(), ""),
    ]
    assert len(transports) == 2
