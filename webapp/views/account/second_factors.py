"""A person’s own second factor: turning it on and off, and the one-time codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response

from webapp.clock import now
from webapp.database import transaction
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.refusals import FieldRefused
from webapp.models.server.sealing_key import SealingKey
from webapp.models.signin.second_factor import NotTaken, SecondFactor, without_blanks
from webapp.models.signin.second_factor_policy import has_to_set_up, is_required_of
from webapp.models.signin.session import SignIn
from webapp.views.home import opening_device
from webapp.web import qr
from webapp.web.access import current_member, current_sign_in, require_session
from webapp.web.credentials import is_password, take_code
from webapp.web.htmx import redirect_to
from webapp.web.rate_limits import RateLimited
from webapp.web.redirects import own_path
from webapp.web.rendering import Context, render

bp = Blueprint("second_factors", __name__, url_prefix="/settings/second-factor")

Answer = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]


@dataclass(frozen=True, kw_only=True)
class SecondFactorPage(Context):
    """Around the second factor. `locked`: this browser doesn’t open the vault."""

    locked: bool


@dataclass(frozen=True, kw_only=True)
class SecondFactorState(Context):
    """A person’s own second factor, and what can be changed of it."""

    user: User
    organisation: Organisation
    contact: Mapping[str, str]
    factor: SecondFactor | None
    setting_up: SecondFactor | None
    """The one that is being set up in this session."""
    address: str
    """For the app, of the one that is being set up; else ""."""
    qr: str
    """The same as a picture."""
    left: int
    """Of the one-time codes."""
    asks_password: bool
    is_required: bool
    has_to: bool
    """Required, and not set up yet."""
    next_path: str | None
    codes: Sequence[str] | None = None
    """One-time codes that were just made, shown this once."""
    is_new: bool = False
    """It was just turned on."""
    asked: str = ""
    """What was asked for and refused: codes, off."""
    error: Mapping[str, str] = field(default_factory=dict)
    """Codes by field."""
    retry_after: int = 0
    """Seconds, with too many tries."""


class NotProved(FieldRefused):
    """What was typed is not enough; `field` and `code` say what and why."""

    def __init__(self, field: str, code: str, retry_after: int = 0) -> None:
        super().__init__(field, code)
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """Too many tries, or just wrong."""
        return 429 if self.code == "throttled" else 422


@bp.get("")
def show_second_factor() -> str:
    """How it stands, and what can be changed."""
    page = SecondFactorPage(locked=opening_device(current_member(), current_sign_in()) is None)
    return render("account/second_factor/index.html", _state(), page)


@bp.post("/key")
def create_key() -> Answer:
    """A fresh key to be given to an authenticator app; it counts for nothing yet. The password is typed for it: whoever
    stole a session soon after it began would have a second factor of their own, and show with it for ever that it is
    them."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    SealingKey.require()
    try:
        _take_password()
    except NotProved as error:
        return _refused(error), error.status
    with transaction():
        user = User.locked(user_id)
        require_session(sign_in_id)
        SecondFactor.begin(user, sign_in_id)
    return _fragment(_state())


@bp.post("")
def turn_on() -> Answer:
    """On, if the app has the key; the answer shows the one-time codes, this once."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    typed = without_blanks(request.form.get("code", ""))
    if not current_sign_in().has_shown_password:
        return _fragment(_state()), 403
    try:
        with transaction():
            user = User.locked(user_id)
            require_session(sign_in_id)
            codes = SecondFactor.turn_on(user, sign_in_id, typed)
    except NotTaken as error:
        return _fragment(replace(_state(), error={"code": error.code})), 422
    return _fragment(replace(_state(), codes=codes, is_new=True))


@bp.post("/codes")
def renew_codes() -> Answer:
    """Other one-time codes; those of before stop working."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    try:
        _require_both()
    except NotProved as error:
        return _refused(error, asked="codes"), error.status
    with transaction():
        user = User.locked(user_id)
        require_session(sign_in_id)
        codes = SecondFactor.renew_codes(user, sign_in_id) if SecondFactor.of(user_id) else None
    return _fragment(replace(_state(), codes=codes))


@bp.post("/ending")
def turn_off() -> Answer:
    """Off: the password alone signs in again."""
    user_id = current_member().id
    sign_in_id = current_sign_in().id
    try:
        _require_both()
    except NotProved as error:
        return _refused(error, asked="off"), error.status
    with transaction():
        user = User.locked(user_id)
        require_session(sign_in_id)
        if SecondFactor.of(user_id):
            SecondFactor.turn_off(user, sign_in_id)
    flash("Your second factor is off: your password alone signs you in.", "success")
    return redirect_to(url_for(".show_second_factor"))


def _require_password() -> None:
    """Typed here within 15 minutes, or now: a stolen cookie alone changes nothing. Raises NotProved."""
    if not current_sign_in().has_shown_password:
        _take_password()


def _take_password() -> None:
    """Typed now. Raises NotProved."""
    row_id = current_sign_in().id
    try:
        if not is_password(current_member(), request.form.get("password", "")):
            raise NotProved("password", "wrong_password")
    except RateLimited as error:
        raise NotProved("password", "throttled", error.retry_after) from None
    with transaction() as session:
        session.get_one(SignIn, row_id).password_at = now()


def _require_both() -> None:
    """Password and code, before one’s second factor is taken away or copied. Raises NotProved."""
    SecondFactor.require_key(current_member().id, request.form.get("code", ""))
    _require_password()
    if SecondFactor.of(current_member().id) is None:
        return
    try:
        take_code(current_member(), request.form.get("code", ""))
    except NotTaken as error:
        raise NotProved("code", error.code) from None
    except RateLimited as error:
        raise NotProved("code", "throttled", error.retry_after) from None


def _fragment(state: SecondFactorState) -> str:
    return render("account/second_factor/_second_factor.html", state)


def _refused(error: NotProved, *, asked: str = "") -> str:
    wrong = {error.field: error.code}
    return _fragment(replace(_state(), asked=asked, error=wrong, retry_after=error.retry_after))


def _state() -> SecondFactorState:
    user = current_member()
    sign_in = current_sign_in()
    factor = SecondFactor.of(user.id)
    setting_up = SecondFactor.being_set_up(user.id, sign_in.id)
    if not sign_in.has_shown_password:
        setting_up = None
    address = setting_up.address(user.organisation) if setting_up else ""
    return SecondFactorState(
        user=user,
        organisation=user.organisation,
        contact=contact_of(user.organisation),
        factor=factor,
        setting_up=setting_up,
        address=address,
        qr=qr.svg(address) if address else "",
        left=factor.codes_left if factor else 0,
        asks_password=not sign_in.has_shown_password,
        is_required=is_required_of(user),
        has_to=has_to_set_up(user),
        next_path=own_path(request.values.get("next")),
    )


@bp.app_template_global("lacks_second_factor")
def lacks_second_factor() -> bool:
    """Whether to recommend one to the admin who reads."""
    return SecondFactor.of(current_member().id) is None
