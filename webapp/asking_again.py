"""Two questions before a page or an action: have you a second factor where one is required, and is it still you?

The second is for what is sensitive in the Admin Portal (`security.asks_again`): a session left open, or a stolen
cookie, is not enough for it. Whoever has no second factor types the password, so everybody is asked for something.
"""

from urllib.parse import urlsplit

import flask_login
from flask import Flask, current_app, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.clock import now
from webapp.database import transaction
from webapp.htmx import in_place_of, is_htmx, nothing_new, redirect_to
from webapp.models import SecondFactor, SignIn
from webapp.models.second_factor_policy import has_to_set_up
from webapp.octets import Refusal
from webapp.security import SAFE_METHODS, access_of, me, my_sign_in, wants_octets
from webapp.typed_proofs import is_password, take_code

ROOMS = {"vault", "backups", "device_list", "earlier_vaults", "settings"}
"""What waits until a required second factor is set up. Account Recovery doesn’t, nor pairing, sign-out, “This wasn’t
me”: on a bad day nobody should have to find an app first, and a thief with the password would only set up one of their
own. Nor does what a page that is open already sends: no edit gets lost because an owner changed the policy."""


class NotShown(Exception):
    """What was typed doesn’t show that it is them; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def init_app(app: Flask) -> None:
    """Ask before every request that is let in."""
    app.before_request(_lead_to_set_up)
    app.before_request(_ask_again)


def is_sensitive(endpoint: str) -> bool:
    """Whether the endpoint is marked with `security.asks_again`."""
    return bool(getattr(current_app.view_functions[endpoint], "asks_again", False))


def has_shown_again() -> bool:
    """Whether whoever is signed in here has shown within minutes that it is them."""
    return my_sign_in().has_shown_again(has_second_factor=SecondFactor.of(me().id) is not None)


def show_again(typed: str) -> None:
    """Take a code, or the password of a person without a second factor, and note it in the session. Raises NotShown,
    NotTaken, Throttled."""
    row_id, has_factor = my_sign_in().id, SecondFactor.of(me().id) is not None
    if has_factor:
        take_code(me(), typed)
    elif not is_password(me(), typed):
        raise NotShown("wrong_password")
    with transaction() as session:
        row = session.get_one(SignIn, row_id)
        if has_factor:
            row.second_factor_at = now()
        else:
            row.password_at = now()


def _lead_to_set_up() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or not flask_login.current_user.is_authenticated:
        return None
    in_portal = access_of(endpoint) == "admin"
    is_page = request.method in SAFE_METHODS and not is_htmx() and not wants_octets()
    if not (in_portal or (is_page and request.blueprint in ROOMS)) or not has_to_set_up(me()):
        return None
    if getattr(current_app.view_functions[endpoint], "quiet", False):
        return nothing_new()  # a page that is open stays; it only learns nothing more
    back = request.full_path.rstrip("?") if is_page else None
    return redirect_to(url_for("second_factors.show_second_factor", next=back))


def _ask_again() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or not is_sensitive(endpoint) or request.method in SAFE_METHODS or has_shown_again():
        return None
    if wants_octets():
        raise Refusal(403, "asks_again")
    if is_htmx():
        dialog = render_template("admin/_again.html", **facts())
        return in_place_of("#again", dialog, 403)
    flash("Nothing was changed yet: show first that it is you. Then do it once more.", "info")
    return redirect_to(url_for("admin_again.show_page", next=urlsplit(request.referrer or "").path or None))


def facts(problem: str = "", retry_after: int = 0) -> dict[str, object]:
    """What the form needs that asks."""
    has_factor = SecondFactor.of(me().id) is not None
    return {"has_factor": has_factor, "email": me().email, "problem": problem, "retry_after": retry_after}
