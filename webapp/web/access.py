"""Who is asking, and whether the request may be made at all.

Signed in by default: a view is open to others only by `@public`, and to admins alone by `@admins_only`;
`tests/web/test_access.py` walks the route map and holds every route against a list.
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

from webapp import limits, network_addresses
from webapp.clock import now
from webapp.database import transaction
from webapp.models.directory.user import Role, User
from webapp.models.signin.second_factor import SecondFactor, asking
from webapp.models.signin.session import Ending, Locked, SignIn
from webapp.models.signin.session_end import end_session
from webapp.models.signin.tab_key import TabKey
from webapp.web import headers, known_browsers, sign_in_challenge
from webapp.web.browsers import label
from webapp.web.htmx import redirect_to, sign_in_again

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}

login_manager = flask_login.LoginManager()


class SessionsEnded(Exception):
    """Every session of the account was ended while this sign-in was under way."""


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


def owners_only(view: View) -> View:
    """Open this view to owners; for anyone else it does not exist."""
    view.access = "owner"  # type: ignore[attr-defined]
    return view


def requires_reauthentication(view: View) -> View:
    """This action of the Admin Portal is sensitive: whoever has not shown within ten minutes that it is them, by a code
    or the password, is asked first (`webapp.web.reauthentication`). The form that posts to it needs `hx-post`, so that
    the page stays, with what was typed."""
    view.requires_reauthentication = True  # type: ignore[attr-defined]
    return view


def quiet(view: View) -> View:
    """A poll: asking is no sign that a person is there, so it doesn’t count as activity."""
    view.quiet = True  # type: ignore[attr-defined]
    return view


def probe(view: View) -> View:
    """A probe of whoever supervises the service: answers on any host, without a session."""
    view.probe = True  # type: ignore[attr-defined]
    return view


def is_probe() -> bool:
    """Whether this request is for such a probe."""
    return getattr(current_app.view_functions.get(request.endpoint or ""), "probe", False)


def access_of(endpoint: str) -> str:
    """`public`, `member`, `admin` or `owner`: who may reach the endpoint. Blueprints under /admin are for admins."""
    view = current_app.view_functions[endpoint]
    default = "admin" if endpoint.startswith("admin_") else "member"
    return str(getattr(view, "access", default))


def current_member() -> User:
    """The signed-in person. Only in views that require one."""
    user = g.get("user")
    assert isinstance(user, User)
    return user


def current_sign_in() -> SignIn:
    """The session that is asking. Only in views that require one."""
    found = g.get("sign_in")
    assert isinstance(found, SignIn)
    return found


def sign_in(user: User, seen_epoch: int | None = None, *, showed_code: bool = False) -> None:
    """Begin a session of this browser, in the place of the one it had. The cookie carries a token, the row its hash.

    The member is told of a browser that is new to them. Raises SessionsEnded if every session of the account was ended
    since `user` was loaded (or since its session epoch was `seen_epoch`): the password that was checked may no longer
    hold. Raises CodeAsked if the person has a second factor and `showed_code` is false: then nobody is signed in, and
    the cookie names the person whose code is awaited.
    """
    user_id = user.id
    seen_epoch = user.session_epoch if seen_epoch is None else seen_epoch
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
        sign_in_challenge.begin(user_id, seen_epoch)
        raise CodeAsked
    session.permanent = True
    flask_login.login_user(user)
    session["_user_id"] = token
    g.user = user
    g.sign_in = row


def ended_here() -> Ending | None:
    """Why the last session of this browser ended. The cookie outlives the session, and its token alone finds the row,
    so no address can forge a reason."""
    token = session.get("_user_id")
    return SignIn.ending_of(hashlib.sha256(token.encode()).hexdigest()) if isinstance(token, str) else None


def require_session(sign_in_id: str) -> None:
    """Raises SessionsEnded if this session has ended meanwhile. In a transaction with the member locked."""
    if SignIn.alive(sign_in_id) is None:
        raise SessionsEnded


def sign_out() -> None:
    """End this session, on the server too, and lock the tabs it has open."""
    row_id = current_sign_in().id
    with transaction() as db_session:
        end_session(db_session.get_one(SignIn, row_id))
    flask_login.logout_user()
    session.clear()


def address() -> str:
    """The address the request came from, as far as the trusted proxies tell: in one spelling, whatever they write."""
    return network_addresses.canonical(request.remote_addr)


def browser_label() -> str:
    """What to call the browser that asks: "Firefox on Windows"."""
    return label(request.headers.get("User-Agent", ""))


def wants_octets() -> bool:
    """Whether a script asks that reads error codes, rather than a person who reads pages."""
    return "Spare-Device" in request.headers or request.headers.get("Accept", "") == "application/octet-stream"


@login_manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> User | None:
    found = asking(hashlib.sha256(token.encode()).hexdigest())
    if not found:
        return None
    g.sign_in = found
    return found.user


def _refuse_other_hosts() -> None:
    if not is_probe() and request.host != current_app.config["ORIGIN"].partition("://")[2]:
        abort(421)


def _refuse_cross_origin() -> None:
    """Unsafe methods come from our own pages: `Sec-Fetch-Site`, else `Origin`. Neither header: not a browser."""
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    if site is not None and site != "same-origin":
        abort(403)
    if origin is not None and origin != current_app.config["ORIGIN"]:
        abort(403)


def _require_access() -> Response | None:
    if request.endpoint is None or is_probe():
        return None  # no such page: the 404 tells nothing
    access = access_of(request.endpoint)
    user = flask_login.current_user
    if user.is_authenticated:
        g.user = user._get_current_object()
    elif access != "public":
        return _ask_to_sign_in()
    if access in ("admin", "owner") and not current_member().is_admin:
        abort(404)
    if access == "owner" and current_member().role != Role.OWNER:
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


def _was_idle_too_long(sign_in: SignIn) -> bool:
    """After the idle limit the unlocked tabs are locked for good, before activity is noted again."""
    if now() - sign_in.last_active_at <= limits.TAB_KEY_IDLE:
        return False
    row_id = sign_in.id
    with transaction() as db_session:
        TabKey.forget(sign_in_id=row_id, why=Locked.IDLE)
        db_session.execute(update(SignIn).where(SignIn.id == row_id).values(last_active_at=now()))
    return True
