"""The cookie by which a browser is known again after signing out, so that signing in from a new one can be announced.

It opens nothing. A browser that deletes it is announced as new again, and shares the rate limit of strangers
(`webapp.web.attempts`).
"""

import hashlib
import re
import secrets

from flask import after_this_request, current_app, request
from werkzeug.wrappers import Response

from webapp import limits

TOKEN = re.compile(r"[\w-]{43}", re.ASCII)


def browser_id() -> str:
    """What is kept of this browser’s cookie: SHA-256 of it. The answer to this request sets it anew, for 400 days."""
    known = request.cookies.get(cookie_name(), "")
    token = known if TOKEN.fullmatch(known) else secrets.token_urlsafe(32)

    @after_this_request
    def remember(response: Response) -> Response:
        response.set_cookie(
            cookie_name(),
            token,
            max_age=limits.BROWSER_KNOWN,
            secure=current_app.config["SESSION_COOKIE_SECURE"],
            httponly=True,
            samesite="Lax",
        )
        return response

    return hashlib.sha256(token.encode()).hexdigest()


def present_id() -> str:
    """The same of the cookie that this browser brings; "" where it brings none."""
    known = request.cookies.get(cookie_name(), "")
    return hashlib.sha256(known.encode()).hexdigest() if TOKEN.fullmatch(known) else ""


def cookie_name() -> str:
    """As the session’s, so `__Host-` in production."""
    return f"{current_app.config['SESSION_COOKIE_NAME']}-browser"
