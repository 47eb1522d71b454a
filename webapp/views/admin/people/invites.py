"""Invites: those that can still be used, and many at once out of a file that only the admin’s browser reads."""

from collections.abc import Iterable

from flask import Blueprint, Response, abort, jsonify, render_template, request

from webapp import limits
from webapp.database import db, transaction
from webapp.email_addresses import is_address
from webapp.models.accounts.invite import Invite
from webapp.models.accounts.invite_rows import Row, check, make, roles_given_by
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.ops.mail_server import reaches
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.wire import ApiError, at_most, json_body

bp = Blueprint("admin_invites", __name__, url_prefix="/admin/invites")

PAGE = 50
ROWS_BYTES = 512 * 1024


@bp.get("")
def list_invites() -> str:
    """A page of those that can still be used, from behind the one with id `before`."""
    organisation_id = current_member().organisation_id
    last = db.session.get(Invite, request.args.get("before", ""))
    last = last if last and last.organisation_id == organisation_id else None
    invites = Invite.open_ones(organisation_id, PAGE + 1, last)
    older = invites[PAGE - 1].id if len(invites) > PAGE else None
    number = Invite.count_open(organisation_id)
    return render_template("admin/people/invites.html", invites=invites[:PAGE], older=older, number=number)


@bp.get("/file")
def show_file() -> str:
    """Where the file is chosen, looked at, and made into links."""
    key = OrganisationKey.active(current_member().organisation_id)
    return render_template(
        "admin/people/invite_file.html", key=key, roles=roles_given_by(current_member()), most=limits.INVITE_ROWS
    )


@bp.post("/check")
@at_most(ROWS_BYTES)
def check_rows() -> Response:
    """What each row would come to; nothing is made."""
    rows = _rows()
    return jsonify(codes=check(rows, current_member(), every_letter=_every_letter(rows)))


@bp.post("/rows")
@requires_reauthentication
@at_most(ROWS_BYTES)
def create_rows() -> Response:
    """Invite some of them. The same again changes nothing."""
    rows = _rows()
    by_id = current_member().id
    every_letter = _every_letter(rows)
    with transaction() as session:
        codes = make(rows, session.get_one(User, by_id), every_letter=every_letter)
    return jsonify(codes=codes)


def _every_letter(rows: Iterable[Row]) -> bool:
    """Whether mail reaches all of them that have an address; the mail server is asked where it matters."""
    return reaches([row.email for row in rows if is_address(row.email)])


def _rows() -> list[Row]:
    """What the script sent. Raises ApiError."""
    if not request.is_json:
        abort(400)
    sent = json_body().get("rows")
    if not isinstance(sent, list) or not 0 < len(sent) <= limits.INVITE_ROWS_AT_ONCE:
        raise ApiError(400, "malformed")
    rows = [Row.of(each) for each in sent]
    found = [row for row in rows if row is not None]
    if len(found) != len(rows):
        raise ApiError(400, "malformed")
    return found
