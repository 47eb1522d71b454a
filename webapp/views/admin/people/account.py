"""What an admin does to somebody’s account, on their page: role, disabling and enabling, sessions, devices."""

from collections.abc import Callable
from dataclasses import replace

from flask import Blueprint, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import db, transaction
from webapp.models.accounts.admin_unpairing import unpair_devices
from webapp.models.accounts.membership import NotChanged, change_role, disable, enable, end_sessions
from webapp.models.directory.user import Role, User
from webapp.views.admin.people.summary import OnePerson, account, find_person
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import render

bp = Blueprint("admin_members", __name__, url_prefix="/admin/users")

Answer = BaseResponse | tuple[str, int]
PARTS = {
    "access": "admin/people/_member_access.html",
    "sessions": "admin/people/_member_sessions.html",
    "devices": "admin/people/_member_devices.html",
}
FORBIDDEN = {"manage_self", "manage_admin", "manage_no_more", "role_owner"}


@bp.post("/<user_id>/role")
@requires_reauthentication
def create_role(user_id: str) -> Answer:
    """Say what they may do from now on."""
    typed = request.form.get("role", "")
    if typed not in set(Role):
        find_person(user_id)
        return _refused(user_id, "access", "no_role", 422)

    def work(person: User, by: User) -> None:
        change_role(person, by, Role(typed))

    return _do(user_id, "access", work, "The role is changed. They and the other admins are told.")


@bp.post("/<user_id>/disabling")
@requires_reauthentication
def create_disabling(user_id: str) -> Answer:
    """Let nobody sign in as them, once the admin has said that they know what that does."""
    find_person(user_id)
    if not request.form.get("understood"):
        return _refused(user_id, "access", "disabling_unticked", 422)
    return _do(user_id, "access", disable, "The account is disabled. Nothing of theirs was deleted.")


@bp.post("/<user_id>/enabling")
@requires_reauthentication
def create_enabling(user_id: str) -> Answer:
    """Let them sign in again."""
    return _do(user_id, "access", enable, "The account is enabled: their password and devices work as before.")


@bp.post("/<user_id>/signing-out")
@requires_reauthentication
def create_signing_out(user_id: str) -> Answer:
    """End every session of theirs."""
    return _do(user_id, "sessions", end_sessions, "They are signed out everywhere.")


@bp.post("/<user_id>/unpairing")
@requires_reauthentication
def create_unpairing(user_id: str) -> Answer:
    """Unpair the devices that were ticked."""
    chosen = set(request.form.getlist("device"))

    def work(person: User, by: User) -> None:
        unpair_devices(person, by, chosen)

    return _do(user_id, "devices", work, "Unpaired. Nothing is released there any more, and they are told.")


def _do(user_id: str, part: str, work: Callable[[User, User], object], done: str) -> Answer:
    """Do it with the person locked; then their page, or the fragment with why not."""
    find_person(user_id)
    by_id = current_member().id
    try:
        with transaction() as session:
            work(User.locked(user_id), session.get_one(User, by_id))
    except NotChanged as error:
        return _refused(user_id, part, error.code, 403 if error.code in FORBIDDEN else 409)
    flash(done, "success")
    if user_id == by_id and not db.session.get_one(User, by_id).is_admin:
        return redirect_to(url_for("home.show_home"))
    return redirect_to(url_for("admin_people.show_person", user_id=user_id))


def _refused(user_id: str, part: str, code: str, status: int) -> tuple[str, int]:
    person = find_person(user_id)
    refused = replace(account(person), errors={part: code})
    return render(PARTS[part], OnePerson(person=person), refused), status
