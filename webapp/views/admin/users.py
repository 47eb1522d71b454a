"""Users: who belongs to the organisation, and inviting more. Invite links are handed over by people, never mailed."""

from typing import Any

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import db, transaction
from webapp.htmx import redirect_to
from webapp.models import Event, Invite, Organisation, OrganisationKey, Role, User
from webapp.models.invite import InviteClosed
from webapp.models.invite_rows import known_as, roles_given_by
from webapp.models.member_list import Sought, people
from webapp.security import asks_again, me

bp = Blueprint("admin_users", __name__, url_prefix="/admin")

INVITES_SHOWN = 5


class Refused(Exception):
    """This person can’t be invited; `field` and `code` say why."""

    def __init__(self, field: str, code: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code


@bp.get("/users")
def list_users() -> str:
    """Those who are sought by name, and who was invited."""
    sought = Sought.of(*(request.args.get(name, "") for name in ("words", "role", "state", "gap")))
    found, following = people(me().organisation_id, request.args.get("after"), sought)
    asked = {name: value for name, value in vars(sought).items() if value}
    facts = {"people": found, "following": following, "sought": sought, "asked": asked}
    return render_template("admin/users.html", **facts, **invite_facts())


@bp.post("/invites")
@asks_again
def create_invite() -> str | tuple[str, int]:
    """Make an invite and answer with its link, which is shown this once."""
    by_id = me().id
    typed = {name: " ".join(request.form.get(name, "").split()) for name in ("email", "name", "role")}
    try:
        role = _check(**typed)
        with transaction() as session:
            by = session.get_one(User, by_id)
            organisation = Organisation.locked(by.organisation_id)
            _refuse_role(role, session.get_one(User, by_id, populate_existing=True))
            _refuse_known(typed["email"])
            invite, token = Invite.make(organisation, typed["email"], typed["name"], role, by)
            Event.append(
                "invite.made", organisation.id, actor=by, object_id=invite.id, email=invite.email, role=str(role)
            )
    except Refused as error:
        return render_template(
            "admin/_invites.html", **invite_facts(typed=typed, errors={error.field: error.code})
        ), 422
    link = f"{current_app.config['ORIGIN']}/join/{token}"
    return render_template("admin/_invites.html", **invite_facts(made=invite, link=link))


@bp.post("/invites/<invite_id>/withdrawal")
def withdraw_invite(invite_id: str) -> BaseResponse:
    """Make an invite’s link useless."""
    invite, by_id = db.session.get(Invite, invite_id), me().id
    if invite is None or invite.organisation_id != me().organisation_id:
        abort(404)
    try:
        with transaction() as session:
            found = session.get_one(Invite, invite_id)
            found.withdraw()
            by = session.get_one(User, by_id)
            Event.append("invite.withdrawn", by.organisation_id, actor=by, object_id=invite_id, email=found.email)
    except InviteClosed:
        flash("That invite can no longer be withdrawn: it was used, withdrawn or has expired.", "warning")
    else:
        flash("Withdrawn. The link no longer works.", "success")
    return redirect_to(url_for("admin_users.list_users"))


def _check(email: str, name: str, role: str) -> Role:
    """The role, if the form can be accepted. Raises Refused."""
    if not User.is_email(email):
        raise Refused("email", "no_address")
    if len(name) > limits.NAME_CHARACTERS:
        raise Refused("name", "name_long")
    _refuse_role(role, me())
    return Role(role)


def _refuse_role(role: str, by: User) -> None:
    """Raises Refused for a role that `by` may not give, as they stand now."""
    if role not in roles_given_by(by):
        raise Refused("role", "no_role")


def _refuse_known(email: str) -> None:
    """Raises Refused for an address that somebody has, or was invited at."""
    code = known_as([email]).get(User.normalised_email(email))
    if code:
        raise Refused("email", code)


def invite_facts(**more: Any) -> dict[str, Any]:
    """What the fragment about invites needs."""
    return {
        "invites": Invite.open_ones(me().organisation_id, INVITES_SHOWN),
        "open_invites": Invite.count_open(me().organisation_id),
        "roles": roles_given_by(me()),
        "key": OrganisationKey.active(me().organisation_id),
        "typed": {"email": "", "name": "", "role": Role.MEMBER},
        "errors": {},
        "made": None,
        "link": "",
        **more,
    }
