"""Figures for Overview, each counted by the database: which browsers devices are, and how recoveries went."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import ColumnElement, and_, case, func, literal, select, union_all

from webapp import limits
from webapp.clock import now
from webapp.database import db
from webapp.flows import pairing as pairings
from webapp.flows import restore_request as requests
from webapp.flows.recovery_methods import EVERY_METHOD, PAIRING, RecoveryMethod
from webapp.models.devices.device import Device
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.restore_request import RestoreRequest
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.reports.coverage import opening

PERIOD = timedelta(days=30)


class Outcome(StrEnum):
    """What became of a recovery."""

    COMPLETED = "completed"
    OPEN = "open"
    REFUSED = "refused"
    """Denied or declined by somebody, stopped by what befell the account, or locked after three codes."""
    LEFT = "left"
    """Cancelled, expired, or not finished in time."""


OF_REQUESTS = dict.fromkeys(requests.OPEN, Outcome.OPEN) | {
    requests.State.COMPLETED: Outcome.COMPLETED,
    requests.State.DENIED: Outcome.REFUSED,
    requests.State.STOPPED: Outcome.REFUSED,
    requests.State.CANCELLED: Outcome.LEFT,
    requests.State.EXPIRED: Outcome.LEFT,
}
OF_PAIRINGS = dict.fromkeys(pairings.OPEN, Outcome.OPEN) | {
    pairings.State.COMPLETED: Outcome.COMPLETED,
    pairings.State.DECLINED: Outcome.REFUSED,
    pairings.State.STOPPED: Outcome.REFUSED,
    pairings.State.LOCKED: Outcome.REFUSED,
    pairings.State.CANCELLED: Outcome.LEFT,
    pairings.State.EXPIRED: Outcome.LEFT,
}


@dataclass(frozen=True)
class Devices:
    """How many devices that open a vault are which browser, and on which system; the most first."""

    by_browser: Sequence[tuple[str, int]]
    by_system: Sequence[tuple[str, int]]


def devices(organisation_id: str) -> Devices:
    """Of everybody who is enabled, by what each browser called itself when it was enrolled."""
    query = select(Device.browser, func.count()).join(User, User.id == Device.user_id)
    query = query.where(User.organisation_id == organisation_id, User.disabled_at.is_(None), *opening())
    browsers = Counter[str]()
    systems = Counter[str]()
    for label, number in db.session.execute(query.group_by(Device.browser)).all():
        browser, _, system = label.partition(" on ")
        browsers[browser] += number
        systems[system or "Unknown"] += number
    return Devices(browsers.most_common(), systems.most_common())


def recoveries(organisation_id: str) -> Mapping[str, Mapping[Outcome, int]]:
    """By way and outcome, of the last 30 days, in the order of `EVERY_METHOD`."""
    found: dict[str, Counter[Outcome]] = {way: Counter() for way in EVERY_METHOD}
    since = now() - PERIOD
    stands = _by_clock(RestoreRequest, requests.OPEN, requests.State.EXPIRED)
    asked = select(literal(RecoveryMethod.CLOUD_BACKUP.value), stands, func.count()).group_by(stands)
    asked = asked.where(RestoreRequest.organisation_id == organisation_id, RestoreRequest.made_at > since)
    stands = _by_clock(Pairing, pairings.OPEN, pairings.State.EXPIRED)
    paired = select(literal(PAIRING), stands, func.count()).group_by(stands)
    paired = paired.where(Pairing.organisation_id == organisation_id, Pairing.made_at > since)
    alive = SelfServiceRecovery.made_at > now() - limits.OWN_RECOVERY_LIFE
    done = SelfServiceRecovery.finished_at.is_not(None)
    outcome = case((done, Outcome.COMPLETED), (alive, Outcome.OPEN), else_=Outcome.LEFT).label("outcome")
    own = select(SelfServiceRecovery.way, outcome, func.count()).group_by(SelfServiceRecovery.way, outcome)
    own = own.where(SelfServiceRecovery.organisation_id == organisation_id, SelfServiceRecovery.made_at > since)
    for way, state, number in db.session.execute(union_all(asked, paired, own)).all():
        found[way][_outcome(way, state)] += number
    return {way: {each: found[way][each] for each in Outcome} for way in EVERY_METHOD}


def _outcome(way: str, state: str) -> Outcome:
    """What came of a recovery that is in this state; of one without help `state` says that already."""
    if way == RecoveryMethod.CLOUD_BACKUP:
        return OF_REQUESTS[requests.State(state)]
    return OF_PAIRINGS[pairings.State(state)] if way == PAIRING else Outcome(state)


def _by_clock(
    table: type[RestoreRequest] | type[Pairing], may_move: Collection[str], expired: str
) -> ColumnElement[str]:
    """The state of a row, though the clock has yet to move it."""
    is_due = and_(table.stored_state.in_(may_move), table.expires_at <= now())
    return case((is_due, literal(expired)), else_=table.stored_state)
