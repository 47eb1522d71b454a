"""IT admin contact: whom members turn to, as every recovery page names them."""

import re
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.models import Organisation, User
from webapp.security import asks_again, me

bp = Blueprint("admin_contact", __name__, url_prefix="/admin")

PHONE = re.compile(r"\+?[0-9 ()/.-]{3,40}")


@bp.post("/contact")
@asks_again
def change_contact() -> BaseResponse | tuple[str, int]:
    """Set whom members turn to. All three empty: the first owner."""
    by_id = me().id
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("name", "email", "phone")}
    errors = _contact_errors(**typed)
    if errors:
        return render_template("admin/_contact_form.html", contact=typed, errors=errors), 422
    with transaction() as session:
        by = session.get_one(User, by_id)
        Organisation.locked(by.organisation_id).change_contact(by, **typed)
    flash("Saved. Members see this on every recovery page.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


def contact_facts() -> dict[str, Any]:
    """What is set; where nothing is, the form is empty and says who stands in."""
    organisation = me().organisation
    contact = {
        "name": organisation.contact_name,
        "email": organisation.contact_email,
        "phone": organisation.contact_phone,
    }
    return {"contact": contact, "stand_in": organisation.contact(), "errors": {}}


def _contact_errors(name: str, email: str, phone: str) -> dict[str, str]:
    """Codes by field."""
    errors = {}
    if len(name) > limits.NAME_CHARACTERS:
        errors["name"] = "name_long"
    if name and not (email or phone):
        errors["email"] = "no_way"
    if email and not (User.is_email(email) and len(email) <= limits.NAME_CHARACTERS):
        errors["email"] = "no_address"
    if phone and not PHONE.fullmatch(phone):
        errors["phone"] = "no_phone"
    return errors
