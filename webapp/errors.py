"""Errors as answers: a page with a sentence for people, a code for scripts."""

from typing import Any

from flask import Flask, Response, current_app, jsonify, render_template, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response as BaseResponse

from webapp.octets import Refusal
from webapp.security import wants_octets
from webapp.throttle import Throttled

CODES = {400: "malformed", 401: "signed_out", 403: "forbidden", 404: "not_found", 405: "not_found", 413: "too_large"}
PAGES = {400, 401, 403, 404, 409, 410, 413, 421, 429, 500, 503}


def init_app(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Refusal, lambda refusal: refusal.response())
    app.register_error_handler(Throttled, _throttled)
    app.register_error_handler(DataError, _unstorable)
    app.log_exception = _log  # type: ignore[method-assign]


def _http(error: HTTPException) -> BaseResponse | tuple[str, int]:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if wants_octets():
        answer: Response = jsonify(error=CODES.get(code, "server_error"))
        answer.status_code = code
        return answer
    return _page(404 if code == 405 else code if code in PAGES else 500 if code > 500 else 400), code


def _log(exc_info: Any) -> None:
    """Flask’s own line has the address, and some addresses carry a token: no log may hold one."""
    current_app.logger.error("Exception on %s [%s]", request.url_rule or "no route", request.method, exc_info=exc_info)


def _unstorable(error: DataError) -> BaseResponse | tuple[str, int]:
    """What the database can’t hold, such as a NUL in a text (PostgreSQL), was never sent by a page of ours."""
    current_app.logger.warning("a request carried what the database can’t hold: %s", type(error.orig).__name__)
    return _http(BadRequest())


def _throttled(error: Throttled) -> BaseResponse | tuple[str, int, dict[str, str]]:
    headers = {"Retry-After": str(error.retry_after)}
    if wants_octets():
        return Refusal(429, "throttled", retry_after=error.retry_after).response()
    return _page(429, retry_after=error.retry_after), 429, headers


def _page(code: int, **details: Any) -> str:
    name = f"shared/errors/{code}.html"
    return render_template(name, path=request.path, **details)
