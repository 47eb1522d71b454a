"""Overview: what waits for an admin, and whether everybody could be helped."""

from flask import Blueprint, render_template

from webapp.models import Event, Hold, Invite, OrganisationKey
from webapp.models.coverage import summary
from webapp.models.statistics import devices, recoveries
from webapp.security import me
from webapp.views.admin.requests import pending

bp = Blueprint("admin_overview", __name__, url_prefix="/admin")

EVENTS_SHOWN = 8
INVITES_SHOWN = 5
HOLDS_SHOWN = 10


@bp.get("/")
def show_overview() -> str:
    """The first page of the Admin Portal."""
    organisation_id = me().organisation_id
    return render_template(
        "admin/overview.html",
        holds=Hold.open_ones(organisation_id, HOLDS_SHOWN),
        summary=summary(organisation_id),
        key=OrganisationKey.active(organisation_id),
        invites=Invite.open_ones(organisation_id, INVITES_SHOWN),
        open_invites=Invite.count_open(organisation_id),
        devices=devices(organisation_id),
        recoveries=recoveries(organisation_id),
        events=Event.latest(organisation_id, EVENTS_SHOWN),
        **pending(),
    )
