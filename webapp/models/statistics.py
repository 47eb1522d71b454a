"""Figures for Overview, each counted by the database: which browsers devices are, and how recoveries went."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from sqlalchemy import case, func, select

from webapp import limits
from webapp.clock import now
from webapp.database import db
from webapp.flows import pairing as pairings
from webapp.flows import restore_request as requests
from webapp.models.coverage import opening
from webapp.models.device import Device
from webapp.models.own_recovery import OwnRecovery
from webapp.models.pairing import Pairing
from webapp.models.restore_request import RestoreRequest
from webapp.models.user import User
from webapp.models.way import EVERY_WAY, PAIRING, Way

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
    browsers, systems = Counter[str](), Counter[str]()
    for label, number in db.session.execute(query.group_by(Device.browser)).all():
        browser, _, system = label.partition(" on ")
        browsers[browser] += number
        systems[system or "Unknown"] += number
    return Devices(browsers.most_common(), systems.most_common())


def recoveries(organisation_id: str) -> Mapping[str, Mapping[Outcome, int]]:
    """By way and outcome, of the last 30 days, in the order of `EVERY_WAY`."""
    found: dict[str, Counter[Outcome]] = {way: Counter() for way in EVERY_WAY}
    since = now() - PERIOD
    asked = select(RestoreRequest.state, func.count()).group_by(RestoreRequest.state)
    asked = asked.where(RestoreRequest.organisation_id == organisation_id, RestoreRequest.made_at > since)
    for state, number in db.session.execute(asked).all():
        found[Way.CLOUD_BACKUP][OF_REQUESTS[requests.State(state)]] += number
    paired = select(Pairing.state, func.count()).group_by(Pairing.state)
    paired = paired.where(Pairing.organisation_id == organisation_id, Pairing.made_at > since)
    for how, number in db.session.execute(paired).all():
        found[PAIRING][OF_PAIRINGS[pairings.State(how)]] += number
    alive = OwnRecovery.made_at > now() - limits.OWN_RECOVERY_LIFE
    done = OwnRecovery.finished_at.is_not(None)
    outcome = case((done, Outcome.COMPLETED), (alive, Outcome.OPEN), else_=Outcome.LEFT)
    own = select(OwnRecovery.way, outcome, func.count()).group_by(OwnRecovery.way, outcome)
    own = own.where(OwnRecovery.organisation_id == organisation_id, OwnRecovery.made_at > since)
    for way, became, number in db.session.execute(own).all():
        found[way][Outcome(became)] += number
    return {way: {each: found[way][each] for each in Outcome} for way in EVERY_WAY}
