"""A person’s own second factor: turning it on and off, and the one-time codes."""

from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp import qr
from webapp.clock import now
from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import NotTaken, OneTimeCode, SecondFactor, SignIn, User
from webapp.models.second_factor import without_blanks
from webapp.models.second_factor_policy import has_to_set_up, is_required_of
from webapp.security import demand_session, me, my_sign_in
from webapp.throttle import Throttled
from webapp.typed_proofs import is_password, take_code
from webapp.views.home import opening_device
from webapp.views.sessions import own_path

bp = Blueprint("second_factors", __name__, url_prefix="/settings/second-factor")

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


class Refused(Exception):
    """What was typed is not enough; `field` and `code` say what and why."""

    def __init__(self, field: str, code: str, retry_after: int = 0) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
        self.retry_after = retry_after

    @property
    def facts(self) -> dict[str, Any]:
        """For the fragment."""
        return {"error": {self.field: self.code}, "retry_after": self.retry_after}

    @property
    def status(self) -> int:
        """Too many tries, or just wrong."""
        return 429 if self.code == "throttled" else 422


@bp.get("")
def show_second_factor() -> str:
    """How it stands, and what can be changed."""
    facts = _facts()
    return render_template("second_factor/index.html", **facts, locked=opening_device(me(), my_sign_in()) is None)


@bp.post("/key")
def create_key() -> Answer:
    """A fresh key to be given to an authenticator app; it counts for nothing yet. The password is typed for it: whoever
    stole a session soon after it began would have a second factor of their own, and show with it for ever that it is
    them."""
    user_id, sign_in_id = me().id, my_sign_in().id
    try:
        _take_password()
    except Refused as error:
        return _fragment(**error.facts), error.status
    with transaction():
        user = User.locked(user_id)
        demand_session(sign_in_id)
        SecondFactor.begin(user, sign_in_id)
    return _fragment()


@bp.post("")
def turn_on() -> Answer:
    """On, if the app has the key; the answer shows the one-time codes, this once."""
    user_id, sign_in_id = me().id, my_sign_in().id
    typed = without_blanks(request.form.get("code", ""))
    if not my_sign_in().has_shown_password:
        return _fragment(), 403
    try:
        with transaction():
            user = User.locked(user_id)
            demand_session(sign_in_id)
            codes = SecondFactor.turn_on(user, sign_in_id, typed)
    except NotTaken as error:
        return _fragment(error={"code": error.code}), 422
    return _fragment(codes=codes, is_new=True)


@bp.post("/codes")
def renew_codes() -> Answer:
    """Other one-time codes; those of before stop working."""
    user_id, sign_in_id = me().id, my_sign_in().id
    try:
        _demand_both()
    except Refused as error:
        return _fragment(asked="codes", **error.facts), error.status
    with transaction():
        user = User.locked(user_id)
        demand_session(sign_in_id)
        codes = SecondFactor.renew_codes(user, sign_in_id) if SecondFactor.of(user_id) else None
    return _fragment(codes=codes)


@bp.post("/ending")
def turn_off() -> Answer:
    """Off: the password alone signs in again."""
    user_id, sign_in_id = me().id, my_sign_in().id
    try:
        _demand_both()
    except Refused as error:
        return _fragment(asked="off", **error.facts), error.status
    with transaction():
        user = User.locked(user_id)
        demand_session(sign_in_id)
        if SecondFactor.of(user_id):
            SecondFactor.turn_off(user, sign_in_id)
    flash("Your second factor is off: your password alone signs you in.", "success")
    return redirect_to(url_for(".show_second_factor"))


def _demand_password() -> None:
    """Typed here within 15 minutes, or now: a stolen cookie alone changes nothing. Raises Refused."""
    if not my_sign_in().has_shown_password:
        _take_password()


def _take_password() -> None:
    """Typed now. Raises Refused."""
    row_id = my_sign_in().id
    try:
        if not is_password(me(), request.form.get("password", "")):
            raise Refused("password", "wrong_password")
    except Throttled as error:
        raise Refused("password", "throttled", error.retry_after) from None
    with transaction() as session:
        session.get_one(SignIn, row_id).password_at = now()


def _demand_both() -> None:
    """Password and code, before one’s second factor is taken away or copied. Raises Refused."""
    _demand_password()
    if SecondFactor.of(me().id) is None:
        return
    try:
        take_code(me(), request.form.get("code", ""))
    except NotTaken as error:
        raise Refused("code", error.code) from None
    except Throttled as error:
        raise Refused("code", "throttled", error.retry_after) from None


def _fragment(**more: Any) -> str:
    return render_template("second_factor/_second_factor.html", **_facts(**more))


def _facts(**more: Any) -> dict[str, Any]:
    user, sign_in = me(), my_sign_in()
    factor, setting_up = SecondFactor.of(user.id), SecondFactor.being_set_up(user.id, sign_in.id)
    if not sign_in.has_shown_password:
        setting_up = None
    address = setting_up.address(user.organisation) if setting_up else ""
    return {
        "user": user,
        "organisation": user.organisation,
        "contact": user.organisation.contact(),
        "factor": factor,
        "setting_up": setting_up,
        "address": address,
        "qr": qr.svg(address) if address else "",
        "left": OneTimeCode.left(user.id),
        "asks_password": not sign_in.has_shown_password,
        "is_required": is_required_of(user),
        "has_to": has_to_set_up(user),
        "next_path": own_path(request.values.get("next")),
        "codes": None,
        "is_new": False,
        "asked": "",
        "error": {},
        "retry_after": 0,
        **more,
    }
