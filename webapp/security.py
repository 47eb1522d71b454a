"""Who is asking, and whether the request may be made at all.

Signed in by default: a view is open to others only by `@public`, and to admins alone by `@admins_only`;
`tests/test_access.py` walks the route map and holds every route against a list.
"""

import hashlib
import secrets
from collections.abc import Callable
from typing import Any, TypeVar

import flask_login
from flask import Flask, abort, current_app, g, jsonify, request, session, url_for
from sqlalchemy import update
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.wrappers import Response

from webapp import headers, known_browsers, limits, second_step
from webapp.browsers import label
from webapp.clock import now
from webapp.database import transaction
from webapp.htmx import redirect_to, sign_in_again
from webapp.models import SecondFactor, SignIn, TabKey, User

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

login_manager = flask_login.LoginManager()


class SessionsEnded(Exception):
    """Everybody of the account was signed out while somebody was signing in."""


class CodeAsked(Exception):
    """The password was right, and the person has a second factor: a code is asked for at `/sign-in/code`."""


def init_app(app: Flask) -> None:
    """Install, in the order in which they act: the proxy’s word, host, origin, session, access, headers."""
    if app.config["TRUSTED_PROXIES"]:
        hops = app.config["TRUSTED_PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    login_manager.init_app(app)
    app.register_error_handler(SessionsEnded, lambda _: _ask_to_sign_in())
    app.register_error_handler(CodeAsked, lambda _: redirect_to(url_for("sign_in_codes.show_code")))
    app.before_request(_refuse_other_hosts)
    app.before_request(_refuse_cross_origin)
    app.before_request(_require_access)
    app.before_request(_note_activity)
    headers.init_app(app)


def public(view: View) -> View:
    """Open this view to people who are not signed in."""
    view.access = "public"  # type: ignore[attr-defined]
    return view


def admins_only(view: View) -> View:
    """Open this view to admins and owners; for anyone else it does not exist."""
    view.access = "admin"  # type: ignore[attr-defined]
    return view


def asks_again(view: View) -> View:
    """This action of the Admin Portal is sensitive: whoever has not shown within ten minutes that it is them, by a code
    or the password, is asked first (`webapp.asking_again`). The form that posts to it needs `hx-post`, so that the page
    stays, with what was typed."""
    view.asks_again = True  # type: ignore[attr-defined]
    return view


def quiet(view: View) -> View:
    """A poll: asking is no sign that a person is there, so it doesn’t count as activity."""
    view.quiet = True  # type: ignore[attr-defined]
    return view


def access_of(endpoint: str) -> str:
    """`public`, `member` or `admin`: who may reach the endpoint. Blueprints under /admin are for admins."""
    view = current_app.view_functions[endpoint]
    default = "admin" if endpoint.startswith("admin_") else "member"
    return str(getattr(view, "access", default))


def me() -> User:
    """The signed-in person. Only in views that require one."""
    user = g.get("user")
    assert isinstance(user, User)
    return user


def my_sign_in() -> SignIn:
    """The session that is asking. Only in views that require one."""
    found = g.get("sign_in")
    assert isinstance(found, SignIn)
    return found


def sign_in(user: User, seen_epoch: int | None = None, *, showed_code: bool = False) -> None:
    """Begin a session of this browser, in the place of the one it had. The cookie carries a token, the row its hash.

    A browser that is new to the member is announced to them. Raises SessionsEnded where everybody of that account was
    signed out since `user` was loaded (or since their session epoch was `seen_epoch`): a password that is no longer one
    may have been checked. Raises CodeAsked, whichever way led here, where the person has a second factor and has not
    `showed_code`: then nobody is signed in, and the cookie says whose code is waited for.
    """
    user_id, seen_epoch = user.id, user.session_epoch if seen_epoch is None else seen_epoch
    if flask_login.current_user.is_authenticated:
        sign_out()
    token = secrets.token_urlsafe(32)
    row_id = hashlib.sha256(token.encode()).hexdigest()
    with transaction():
        user = User.locked(user_id)
        if user.session_epoch != seen_epoch or not user.is_enabled:
            raise SessionsEnded
        lacks_code = not showed_code and SecondFactor.of(user_id) is not None
        if not lacks_code:
            row = SignIn.begin(user, row_id, browser_label(), address(), known_browsers.browser_id())
            row.second_factor_at = now() if showed_code else None
    session.clear()
    if lacks_code:
        second_step.begin(user_id, seen_epoch)
        raise CodeAsked
    session.permanent = True
    flask_login.login_user(user)
    session["_user_id"] = token
    g.user, g.sign_in = user, row


def demand_session(sign_in_id: str) -> None:
    """In a transaction with the member locked: raises SessionsEnded where the session that asks has ended meanwhile."""
    if SignIn.alive(sign_in_id) is None:
        raise SessionsEnded


def sign_out() -> None:
    """End this session, on the server too, and lock the tabs it has open."""
    row_id = my_sign_in().id
    with transaction() as db_session:
        db_session.get_one(SignIn, row_id).end()
    flask_login.logout_user()
    session.clear()


def address() -> str:
    """The address the request came from, as far as the trusted proxies tell."""
    return request.remote_addr or ""


def browser_label() -> str:
    """What to call the browser that asks: "Firefox on Windows"."""
    return label(request.headers.get("User-Agent", ""))


def wants_octets() -> bool:
    """Whether a script asks that reads error codes, rather than a person who reads pages."""
    return "Spare-Device" in request.headers or request.headers.get("Accept", "") == "application/octet-stream"


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> User | None:
    found = SignIn.alive(hashlib.sha256(token.encode()).hexdigest())
    if not found:
        return None
    g.sign_in = found
    return found.user


def _refuse_other_hosts() -> None:
    if request.host != current_app.config["ORIGIN"].partition("://")[2]:
        abort(421)


def _refuse_cross_origin() -> None:
    """Unsafe methods come from our own pages: `Sec-Fetch-Site`, else `Origin`. Neither header: not a browser."""
    if request.method in SAFE_METHODS:
        return
    site, origin = request.headers.get("Sec-Fetch-Site"), request.headers.get("Origin")
    if site is not None and site != "same-origin":
        abort(403)
    if origin is not None and origin != current_app.config["ORIGIN"]:
        abort(403)


def _require_access() -> Response | None:
    if request.endpoint is None:
        return None  # no such page: the 404 tells nothing
    access = access_of(request.endpoint)
    user = flask_login.current_user
    if user.is_authenticated:
        g.user = user._get_current_object()
    elif access != "public":
        return _ask_to_sign_in()
    if access == "admin" and not me().is_admin:
        abort(404)
    return None


def _ask_to_sign_in() -> Response:
    if wants_octets():
        response: Response = jsonify(error="signed_out")
        response.status_code = 401
        return response
    back = request.full_path.rstrip("?") if request.method == "GET" and not request.headers.get("HX-Request") else None
    return sign_in_again(url_for("sessions.new_sign_in", next=back))


def _note_activity() -> None:
    """Move the idle clock on, at most every half minute; polls and signed-out requests don’t."""
    found = g.get("sign_in")
    if (
        found is None
        or request.endpoint is None
        or getattr(current_app.view_functions[request.endpoint], "quiet", False)
    ):
        return
    idle = now() - found.last_active_at
    if idle > limits.ACTIVITY_GRAIN and not _was_idle_too_long(found):
        row_id = found.id
        with transaction() as db_session:
            db_session.execute(update(SignIn).where(SignIn.id == row_id).values(last_active_at=now()))


def _was_idle_too_long(found: SignIn) -> bool:
    """After the idle limit the unlocked tabs are locked for good, before activity is noted again."""
    if now() - found.last_active_at <= limits.TAB_KEY_IDLE:
        return False
    row_id = found.id
    with transaction() as db_session:
        TabKey.forget(sign_in_id=row_id)
        db_session.execute(update(SignIn).where(SignIn.id == row_id).values(last_active_at=now()))
    return True
