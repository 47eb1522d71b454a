"""Overview: what waits for an admin, and whether everybody could be helped."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from flask import Blueprint

from webapp.models.accounts.invite import Invite
from webapp.models.approval.hold import Hold
from webapp.models.journal.event import Event
from webapp.models.journal.listing import EventList
from webapp.models.notices.notice import Notice
from webapp.models.outbox.counts import Outbox
from webapp.models.outbox.delivery import undelivered
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.reports.coverage import Summary, summary
from webapp.models.reports.statistics import Devices, Outcome, devices, recoveries
from webapp.views.admin.requests import pending
from webapp.web.access import current_member
from webapp.web.rendering import Context, render

bp = Blueprint("admin_overview", __name__, url_prefix="/admin")

EVENTS_SHOWN = 8
INVITES_SHOWN = 5
HOLDS_SHOWN = 10
UNDELIVERED_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class OverviewPage(Context):
    """Overview, beside who waits for a decision."""

    undelivered: Sequence[Notice]
    """The newest mail of each person that went nowhere."""
    outbox: Outbox
    holds: Sequence[Hold]
    summary: Summary
    key: OrganisationKey | None
    """The active one."""
    invites: Sequence[Invite]
    open_invites: int
    devices: Devices
    recoveries: Mapping[str, Mapping[Outcome, int]]
    """Of 30 days, by way and outcome."""
    events: Sequence[Event]


@bp.get("/")
def show_overview() -> str:
    """The first page of the Admin Portal."""
    organisation_id = current_member().organisation_id
    invites, open_invites = Invite.newest_open(organisation_id, INVITES_SHOWN)
    page = OverviewPage(
        undelivered=undelivered(organisation_id, UNDELIVERED_SHOWN),
        outbox=Outbox.present(),
        holds=Hold.open_ones(organisation_id, HOLDS_SHOWN),
        summary=summary(organisation_id),
        key=OrganisationKey.active(organisation_id),
        invites=invites,
        open_invites=open_invites,
        devices=devices(organisation_id),
        recoveries=recoveries(organisation_id),
        events=EventList(organisation_id).page(EVENTS_SHOWN)[0],
    )
    return render("admin/overview/index.html", page, pending())
