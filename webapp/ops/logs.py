"""What the log says, and how: JSON, a line each, in production, and lines to read in development.

A line has time, level, event and, within a request, its id; the line of a request also method, route, status and
duration. Never in it: addresses of people or pages, queries, bodies, headers, the environment of the server.
"""

import logging
import re
import secrets
import time
from typing import Any

import structlog
from flask import Flask, current_app, g, request
from werkzeug.wrappers import Response

from webapp.config import Mode

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
HEADER = "X-Request-Id"
ADDED = ("method", "route", "status", "milliseconds")
METHODS = {"GET", "HEAD", "OPTIONS", "POST"}
SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.ExtraAdder(ADDED),
    structlog.processors.TimeStamper(fmt="iso", utc=True, key="time"),
    structlog.processors.format_exc_info,
]
TRACE = structlog.stdlib.ProcessorFormatter.remove_processors_meta


def json_formatter(**_options: object) -> logging.Formatter:
    """For production; the web server’s own lines take it, too (webapp/ops/granian_logs.json)."""
    renderer = structlog.processors.JSONRenderer(ensure_ascii=False)
    return structlog.stdlib.ProcessorFormatter(processors=[TRACE, renderer], foreign_pre_chain=SHARED)


def readable_formatter() -> logging.Formatter:
    """For development."""
    renderer = structlog.dev.ConsoleRenderer(colors=False)
    return structlog.stdlib.ProcessorFormatter(processors=[TRACE, renderer], foreign_pre_chain=SHARED)


def init_app(app: Flask) -> None:
    """Log in our form, but not in tests, which listen by themselves; and give every request an id."""
    if app.config["MODE"] != Mode.TESTING:
        handler = logging.StreamHandler()
        handler.setFormatter(json_formatter() if app.config["MODE"] == Mode.PRODUCTION else readable_formatter())
        logging.getLogger().handlers = [handler]
        app.logger.handlers = []
        app.logger.setLevel(logging.INFO)
    app.before_request(_begin)
    app.after_request(_tell)
    app.teardown_request(lambda _: structlog.contextvars.clear_contextvars())


def method() -> str:
    """The method of the request; a visitor may make one up, and that is not repeated."""
    return request.method if request.method in METHODS else "other"


def route() -> str:
    """The rule of the address that is asked for: it has names where the address has ids and tokens."""
    return str(request.url_rule or "no route")


def is_poll() -> bool:
    """Whether the page asks by itself."""
    return bool(getattr(current_app.view_functions.get(request.endpoint or ""), "quiet", False))


def _begin() -> None:
    given = request.headers.get(HEADER, "") if current_app.config["TRUSTED_PROXIES"] else ""
    g.request_id = given if REQUEST_ID.fullmatch(given) else secrets.token_hex(16)
    g.begun = time.perf_counter()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def _tell(response: Response) -> Response:
    response.headers[HEADER] = g.request_id
    said = {"method": method(), "route": route(), "status": response.status_code}
    said["milliseconds"] = round((time.perf_counter() - g.begun) * 1000, 1)
    level = logging.DEBUG if is_poll() and response.status_code < 400 else logging.INFO
    current_app.logger.log(level, "request", extra=said)
    return response
