"""Invites: those that can still be used, and many at once out of a file that only the admin’s browser reads."""

from flask import Blueprint, Response, abort, jsonify, render_template, request

from webapp import limits
from webapp.database import db, transaction
from webapp.models import Invite, OrganisationKey, User
from webapp.models.invite_rows import Row, check, make, roles_given_by
from webapp.octets import Refusal, at_most, json_body
from webapp.security import asks_again, me

bp = Blueprint("admin_invites", __name__, url_prefix="/admin/invites")

PAGE = 50
ROWS_BYTES = 512 * 1024


@bp.get("")
def list_invites() -> str:
    """A page of those that can still be used, from behind the one with id `before`."""
    organisation_id = me().organisation_id
    last = db.session.get(Invite, request.args.get("before", ""))
    last = last if last and last.organisation_id == organisation_id else None
    found = Invite.open_ones(organisation_id, PAGE + 1, last)
    older = found[PAGE - 1].id if len(found) > PAGE else None
    number = Invite.count_open(organisation_id)
    return render_template("admin/invites.html", invites=found[:PAGE], older=older, number=number)


@bp.get("/file")
def show_file() -> str:
    """Where the file is chosen, looked at, and made into links."""
    key = OrganisationKey.active(me().organisation_id)
    return render_template("admin/invite_file.html", key=key, roles=roles_given_by(me()), most=limits.INVITE_ROWS)


@bp.post("/check")
@at_most(ROWS_BYTES)
def check_rows() -> Response:
    """What each row would come to; nothing is made."""
    return jsonify(codes=check(_rows(), me()))


@bp.post("/rows")
@asks_again
@at_most(ROWS_BYTES)
def create_rows() -> Response:
    """Invite some of them. The same again changes nothing."""
    rows, by_id = _rows(), me().id
    with transaction() as session:
        codes = make(rows, session.get_one(User, by_id))
    return jsonify(codes=codes)


def _rows() -> list[Row]:
    """What the script sent. Raises Refusal."""
    if not request.is_json:
        abort(400)
    sent = json_body().get("rows")
    if not isinstance(sent, list) or not 0 < len(sent) <= limits.INVITE_ROWS_AT_ONCE:
        raise Refusal(400, "malformed")
    rows = [Row.of(each) for each in sent]
    found = [row for row in rows if row is not None]
    if len(found) != len(rows):
        raise Refusal(400, "malformed")
    return found
