"""The only file that knows htmx’s headers."""

from flask import Flask, Response, make_response, redirect, request
from werkzeug.wrappers import Response as BaseResponse


def init_app(app: Flask) -> None:
    """Pages and fragments hold what only their reader may see: nothing between may keep them."""
    app.after_request(_never_store)


def is_htmx() -> bool:
    """Whether htmx asks. Never branch rendering on it: a page URL gives a page, a fragment URL a fragment."""
    return request.headers.get("HX-Request") == "true"


def redirect_to(url: str) -> BaseResponse:
    """Lead the browser to `url` after a POST: 303 for a plain form; for htmx an answer it follows as a page load.

    htmx’s fetch would follow a 303 by itself and swap a whole page into a fragment’s place.
    """
    if not is_htmx():
        return redirect(url, code=303)
    response = make_response("", 204)
    response.headers["HX-Redirect"] = url
    return response


def pushed(html: str, url: str) -> Response:
    """The next step, in answer to a form, swapped into a page that otherwise stays; `url` becomes its address."""
    response = make_response(html)
    response.headers["HX-Push-Url"] = url
    return response


def sign_in_again(url: str) -> BaseResponse:
    """The answer to somebody who is not signed in (any more)."""
    if not is_htmx():
        return redirect(url, code=303)
    response = make_response("", 401)
    response.headers["HX-Redirect"] = url
    return response


def nothing_new() -> Response:
    """The answer to a poll when nothing changed: htmx leaves the page as it is and asks again."""
    return make_response("", 204)


def instead_of(selector: str, html: str, url: str) -> Response:
    """The answer to a poll that ends the waiting: `html` replaces what `selector` holds, and the address says so."""
    response = make_response(html)
    response.headers.update({"HX-Retarget": selector, "HX-Reswap": "innerHTML", "HX-Replace-Url": url})
    return response


def in_place_of(selector: str, html: str, status: int) -> Response:
    """Swap the answer into what `selector` names, not where the form wanted it; the form stays as it is."""
    response = make_response(html, status)
    response.headers.update({"HX-Retarget": selector, "HX-Reswap": "innerHTML"})
    return response


def _never_store(response: BaseResponse) -> BaseResponse:
    response.headers.setdefault("Cache-Control", "no-store")
    response.vary.add("HX-Request")
    return response
