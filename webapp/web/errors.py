"""Errors as answers: a page with a sentence for people, a code for scripts."""

from typing import Any

from flask import Flask, current_app, request
from sqlalchemy.exc import DataError
from werkzeug.exceptions import BadRequest, HTTPException
from werkzeug.wrappers import Response as BaseResponse

from webapp.crypto.sealing import SealingFailed
from webapp.web.access import wants_octets
from webapp.web.rate_limits import RateLimited
from webapp.web.wire import ApiError

CODES = {400: "malformed", 401: "signed_out", 403: "forbidden", 404: "not_found", 405: "not_found", 413: "too_large"}
PAGES = {400, 401, 403, 404, 409, 410, 413, 421, 429, 500, 503}


def init_app(app: Flask) -> None:
    """Install the handlers."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(421, _other_host)
    app.register_error_handler(ApiError, lambda refusal: refusal.response())
    app.register_error_handler(RateLimited, _throttled)
    app.register_error_handler(SealingFailed, _sealed)
    app.register_error_handler(DataError, _unstorable)
    app.log_exception = _log  # type: ignore[method-assign]


def _http(error: HTTPException) -> BaseResponse | tuple[str, int]:
    code = error.code or 500
    if code < 400:
        return error.get_response()
    if wants_octets():
        details = {"limit": request.max_content_length} if code == 413 else {}
        return ApiError(code, CODES.get(code, "server_error"), **details).response()
    return error_page(404 if code == 405 else code if code in PAGES else 500 if code > 500 else 400), code


def _other_host(error: HTTPException) -> BaseResponse | tuple[str, int]:
    """Logged once a process. A proxy that passes another host on gets every request refused; but strangers try any
    host, too."""
    if not current_app.extensions.get("other_host_told"):
        current_app.extensions["other_host_told"] = True
        current_app.logger.warning(
            "refused a request for the host %s, since PUBLIC_URL is %s. If all are refused, the proxy in front does not"
            " pass on the host that people type (nginx: proxy_set_header Host $http_host).",
            ascii(request.host)[:100],
            current_app.config["ORIGIN"],
        )
    return _http(error)


def _log(exc_info: Any) -> None:
    """Flask’s own line has the address, and some addresses carry a token: no log may hold one."""
    current_app.logger.error("Exception on %s [%s]", request.url_rule or "no route", request.method, exc_info=exc_info)


def _unstorable(error: DataError) -> BaseResponse | tuple[str, int]:
    """What the database can’t hold, such as a NUL in a text (PostgreSQL), was never sent by a page of ours."""
    current_app.logger.warning("a request carried what the database can’t hold: %s", type(error.orig).__name__)
    return _http(BadRequest())


def _throttled(error: RateLimited) -> BaseResponse | tuple[str, int, dict[str, str]]:
    headers = {"Retry-After": str(error.retry_after)}
    if wants_octets():
        return ApiError(429, "throttled", retry_after=error.retry_after).response()
    return error_page(429, retry_after=error.retry_after), 429, headers


def _sealed(error: SealingFailed) -> BaseResponse | tuple[str, int]:
    """SEALING_KEYS became wrong while the server runs. The request changed nothing, and no try was counted."""
    current_app.logger.error("refused %s [%s]: %s", request.url_rule or "no route", request.method, error)
    if wants_octets():
        return ApiError(503, "sealing_key").response()
    return error_page("sealing_key"), 503


def error_page(code: int | str, **details: Any) -> str:
    """Render without Flask’s context processors: they ask the database who is signed in, and that may be what fails."""
    return current_app.jinja_env.get_template(f"shared/errors/{code}.html").render(path=request.path, **details)
