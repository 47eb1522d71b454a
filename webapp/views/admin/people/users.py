"""Users: who belongs to the organisation, and inviting more. Invite links are handed over by people, never mailed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from flask import Blueprint, abort, current_app, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import db, transaction
from webapp.email_addresses import is_address, key_of
from webapp.models.accounts.invite import Invite, InviteClosed
from webapp.models.accounts.invite_rows import known_as, roles_given_by
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.refusals import FieldRefused
from webapp.models.reports.members import Listed, Sought, people
from webapp.ops.mail_server import reaches
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context, render

bp = Blueprint("admin_users", __name__, url_prefix="/admin")

INVITES_SHOWN = 5


@dataclass(frozen=True, kw_only=True)
class UsersPage(Context):
    """A page of people by name, beside the invites."""

    people: Sequence[Listed]
    following: str | None
    """The id to go on from."""
    sought: Sought
    asked: Mapping[str, str]
    """What the address says."""


@dataclass(frozen=True, kw_only=True)
class Invites(Context):
    """Who was invited, inviting one more, and the link that came of it."""

    invites: Sequence[Invite]
    """The newest open ones."""
    open_invites: int
    roles: Sequence[Role]
    """Those I may give."""
    key: OrganisationKey | None
    """The active one."""
    typed: Mapping[str, str] = field(default_factory=lambda: {"email": "", "name": "", "role": Role.MEMBER})
    errors: Mapping[str, str] = field(default_factory=dict)
    """Codes by field."""
    made: Invite | None = None
    link: str = ""
    """Shown this once."""


@bp.get("/users")
def list_users() -> str:
    """Those who are sought by name, and who was invited."""
    sought = Sought.of(*(request.args.get(name, "") for name in ("words", "role", "state", "gap")))
    found, following = people(current_member().organisation_id, request.args.get("after"), sought)
    asked = {name: value for name, value in vars(sought).items() if value}
    page = UsersPage(people=found, following=following, sought=sought, asked=asked)
    return render("admin/people/index.html", page, _invites())


@bp.post("/invites")
@requires_reauthentication
def create_invite() -> str | tuple[str, int]:
    """Make an invite and answer with its link, which is shown this once."""
    by_id = current_member().id
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
    except FieldRefused as error:
        refused = replace(_invites(), typed=typed, errors={error.field: error.code})
        return render("admin/people/_invites.html", refused), 422
    link = f"{current_app.config['ORIGIN']}/join/{token}"
    return render("admin/people/_invites.html", replace(_invites(), made=invite, link=link))


@bp.post("/invites/<invite_id>/withdrawal")
def withdraw_invite(invite_id: str) -> BaseResponse:
    """Make an invite’s link useless."""
    invite = db.session.get(Invite, invite_id)
    by_id = current_member().id
    if invite is None or invite.organisation_id != current_member().organisation_id:
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
    """The role, if the form can be accepted. Raises FieldRefused."""
    if not is_address(email):
        raise FieldRefused("email", "no_address")
    if not reaches([email]):
        raise FieldRefused("email", "no_smtputf8")
    if len(name) > limits.NAME_CHARACTERS:
        raise FieldRefused("name", "name_long")
    _refuse_role(role, current_member())
    return Role(role)


def _refuse_role(role: str, by: User) -> None:
    """Raises FieldRefused for a role that `by` may not give, as they stand now."""
    if role not in roles_given_by(by):
        raise FieldRefused("role", "no_role")


def _refuse_known(email: str) -> None:
    """Raises FieldRefused for an address that somebody has, or was invited at."""
    code = known_as([email]).get(key_of(email))
    if code:
        raise FieldRefused("email", code)


def _invites() -> Invites:
    invites, number = Invite.newest_open(current_member().organisation_id, INVITES_SHOWN)
    return Invites(
        invites=invites,
        open_invites=number,
        roles=roles_given_by(current_member()),
        key=OrganisationKey.active(current_member().organisation_id),
    )
