"""IT admin contact: whom members turn to, as every recovery page names them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import transaction
from webapp.email_addresses import is_address, parse
from webapp.models.accounts import organisation_contact
from webapp.models.accounts.organisation_contact import contact_of
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.views.admin.settings.form_edits import shown, untouched
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context, render

bp = Blueprint("admin_contact", __name__, url_prefix="/admin")

PHONE = re.compile(r"\+?[0-9 ()/.-]{3,40}")


@dataclass(frozen=True, kw_only=True)
class ContactForm(Context):
    """Whom members turn to: `name`, `email`, `phone`."""

    contact: Mapping[str, str]
    """As set or typed."""
    contact_shown: Mapping[str, str]
    """The same, as the form began."""
    stand_in: Mapping[str, str]
    """Whom members see now."""
    errors: Mapping[str, str] = field(default_factory=dict)
    """Codes by field."""


@bp.post("/contact")
@requires_reauthentication
def change_contact() -> BaseResponse | tuple[str, int]:
    """Set whom members turn to, as far as it was edited. All three empty: the first owner."""
    by_id = current_member().id
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("name", "email", "phone")}
    with transaction() as session:
        by = session.get_one(User, by_id)
        organisation = Organisation.locked(by.organisation_id)
        contact = typed | {name: getattr(organisation, f"contact_{name}") for name in untouched(typed)}
        errors = _contact_errors(**contact)
        if not errors:
            contact |= {"email": parse(contact["email"]).text} if contact["email"] else {}
            organisation_contact.change_contact(organisation, by, **contact)
    if errors:
        present = contact_form()
        refused = replace(present, contact=typed, contact_shown={**present.contact, **shown(typed)}, errors=errors)
        return render("admin/settings/_contact_form.html", refused), 422
    flash("Saved. Members see this on every recovery page.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


def contact_form() -> ContactForm:
    """What is set; where nothing is, the form is empty and says who stands in."""
    organisation = current_member().organisation
    contact = {
        "name": organisation.contact_name,
        "email": organisation.contact_email,
        "phone": organisation.contact_phone,
    }
    return ContactForm(contact=contact, contact_shown=contact, stand_in=contact_of(organisation))


def _contact_errors(name: str, email: str, phone: str) -> dict[str, str]:
    """Codes by field."""
    errors = {}
    if len(name) > limits.NAME_CHARACTERS:
        errors["name"] = "name_long"
    if name and not (email or phone):
        errors["email"] = "no_way"
    if email and not (is_address(email) and len(email) <= limits.NAME_CHARACTERS):
        errors["email"] = "no_address"
    if phone and not PHONE.fullmatch(phone):
        errors["phone"] = "no_phone"
    return errors
