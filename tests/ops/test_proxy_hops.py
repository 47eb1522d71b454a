"""One proxy too few or too many in TRUSTED_PROXIES is told by what the proxies write."""

import pytest
from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import Client

from webapp.ops.proxy_hops import Hops, hops, hops_of

VISITOR, CDN, INNER = "8.8.8.8", "1.1.1.1", "10.0.0.2"


@pytest.mark.parametrize(
    ("header", "remote", "trusted", "said"),
    [
        (None, VISITOR, 0, Hops.FIT),
        ("", VISITOR, 0, Hops.FIT),
        (VISITOR, "127.0.0.1", 0, Hops.UNCOUNTED),
        (f"{VISITOR}, {CDN}", "127.0.0.1", 0, Hops.UNCOUNTED),
        ("192.168.1.5", "127.0.0.1", 0, Hops.MORE),
        (CDN, VISITOR, 0, Hops.MORE),
        (VISITOR, "127.0.0.1", 1, Hops.FIT),
        (f"{VISITOR}:51234", "127.0.0.1", 1, Hops.FIT),
        ("192.168.1.5", "127.0.0.1", 1, Hops.FIT),
        ("unknown", "127.0.0.1", 1, Hops.FIT),
        (None, "127.0.0.1", 1, Hops.FEWER),
        (None, VISITOR, 1, Hops.FEWER),
        ("", INNER, 1, Hops.FEWER),
        (f"{VISITOR}, {INNER}", "127.0.0.1", 1, Hops.UNCOUNTED),
        (f"{VISITOR},{INNER}:8080", "127.0.0.1", 1, Hops.UNCOUNTED),
        (f"{VISITOR}, fd00::2", "::1", 1, Hops.UNCOUNTED),
        (f"{VISITOR}, ::ffff:{INNER}", "::1", 1, Hops.UNCOUNTED),
        (f"{VISITOR}, {CDN}", "127.0.0.1", 1, Hops.MORE),
        (f"192.168.1.5, {VISITOR}", "127.0.0.1", 1, Hops.MORE),
        (f"192.168.1.5, {INNER}", "127.0.0.1", 1, Hops.MORE),
        (f"{VISITOR}, {INNER}", "127.0.0.1", 2, Hops.FIT),
        (f"{VISITOR}, {CDN}", "127.0.0.1", 2, Hops.FIT),
        (VISITOR, "127.0.0.1", 2, Hops.FEWER),
        (None, "127.0.0.1", 2, Hops.FEWER),
        (f"{VISITOR}, {CDN}, {INNER}", "127.0.0.1", 2, Hops.MORE),
        (f"{VISITOR}, {INNER}, {CDN}", "127.0.0.1", 2, Hops.UNCOUNTED),
    ],
)
def test_what_the_header_says_of_the_setting(header: str | None, remote: str, trusted: int, said: Hops) -> None:
    assert hops(header, remote, trusted) == said


@pytest.mark.parametrize("trusted", [0, 1, 2])
@pytest.mark.parametrize("real", [0, 1, 2])
def test_it_is_told_behind_the_middleware_that_takes_the_address(trusted: int, real: int) -> None:
    """As a request comes through so many proxies, of which the last is on this machine."""
    app = Flask(__name__)
    app.add_url_rule("/", view_func=lambda: f"{hops_of(request.environ, trusted)} {request.remote_addr}")
    path = [VISITOR, INNER, "127.0.0.1"][: real + 1] if real != 1 else [VISITOR, "127.0.0.1"]
    forwarded = {"HTTP_X_FORWARDED_FOR": ", ".join(path[:-1])} if real else {}
    answered = Client(ProxyFix(app, x_for=trusted) if trusted else app).get(
        "/", environ_overrides={"REMOTE_ADDR": path[-1], **forwarded}
    )
    told, address = answered.text.split()
    assert told == (Hops.FEWER if real < trusted else Hops.FIT if real == trusted else Hops.UNCOUNTED)
    assert (address == VISITOR) is (real in (0, trusted)), "behind proxies, only the right number finds it"
