"""Two checks before a page or an action: a second factor where one is required, and step-up authentication.

The second is for what is sensitive in the Admin Portal (`access.requires_reauthentication`): a session left open, or
a stolen cookie, is not enough for it. Whoever has no second factor types the password, so everybody is asked for
something.
"""

from dataclasses import dataclass
from urllib.parse import urlsplit

import flask_login
from flask import Flask, current_app, flash, request, url_for
from werkzeug.wrappers import Response

from webapp.clock import now
from webapp.database import transaction
from webapp.models.refusals import Refused
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.second_factor_policy import has_to_set_up
from webapp.models.signin.session import SignIn
from webapp.web.access import SAFE_METHODS, access_of, current_member, current_sign_in, is_probe, wants_octets
from webapp.web.credentials import is_password, take_code
from webapp.web.htmx import in_place_of, is_htmx, nothing_new, redirect_to
from webapp.web.rendering import Context, render
from webapp.web.wire import ApiError

ROOMS = {"vault", "backups", "device_list", "earlier_vaults", "settings"}
"""What waits until a required second factor is set up. Account Recovery doesn’t, nor pairing, sign-out, “This wasn’t
me”: on a bad day nobody should have to find an app first, and a thief with the password would only set up one of their
own. Nor does what a page that is open already sends: no edit gets lost because an owner changed the policy."""


@dataclass(frozen=True, kw_only=True)
class Question(Context):
    """Is it still you? Answered by a code, or by the password of somebody without a second factor."""

    has_factor: bool
    email: str
    problem: str
    """A code, or ""."""
    retry_after: int
    """Seconds, with too many tries; else 0."""


class NotShown(Refused):
    """The code or password that was typed is not theirs; `code` says why."""


def init_app(app: Flask) -> None:
    """Ask before every request that is let in."""
    app.before_request(_lead_to_set_up)
    app.before_request(_ask_again)


def is_sensitive(endpoint: str) -> bool:
    """Whether the endpoint is marked with `access.requires_reauthentication`."""
    return bool(getattr(current_app.view_functions[endpoint], "requires_reauthentication", False))


def has_shown_again() -> bool:
    """Whether whoever is signed in here has shown within minutes that it is them."""
    return current_sign_in().has_shown_again(has_second_factor=SecondFactor.of(current_member().id) is not None)


def show_again(typed: str) -> None:
    """Take a code, or the password of a person without a second factor, and note it in the session. Raises NotShown,
    NotTaken, RateLimited."""
    row_id = current_sign_in().id
    has_factor = SecondFactor.of(current_member().id) is not None
    if has_factor:
        take_code(current_member(), typed)
    elif not is_password(current_member(), typed):
        raise NotShown("wrong_password")
    with transaction() as session:
        row = session.get_one(SignIn, row_id)
        if has_factor:
            row.second_factor_at = now()
        else:
            row.password_at = now()


def _lead_to_set_up() -> Response | None:
    endpoint = request.endpoint
    if endpoint is None or is_probe() or not flask_login.current_user.is_authenticated:
        return None
    in_portal = access_of(endpoint) in ("admin", "owner")
    is_page = request.method in SAFE_METHODS and not is_htmx() and not wants_octets()
    if not (in_portal or (is_page and request.blueprint in ROOMS)) or not has_to_set_up(current_member()):
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
        raise ApiError(403, "asks_again")
    if is_htmx():
        dialog = render("admin/reauthentication/_required.html", question())
        return in_place_of("#again", dialog, 403)
    flash("Nothing was changed yet: show first that it is you. Then do it once more.", "info")
    return redirect_to(url_for("admin_again.show_page", next=urlsplit(request.referrer or "").path or None))


def question(problem: str = "", retry_after: int = 0) -> Question:
    """To whoever is signed in here."""
    has_factor = SecondFactor.of(current_member().id) is not None
    return Question(has_factor=has_factor, email=current_member().email, problem=problem, retry_after=retry_after)
