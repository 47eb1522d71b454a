"""The worker: hands mail over and tidies. Everything it does may be late or run twice without harm."""

import itertools
import signal
import threading
from collections.abc import Callable

from flask import Flask
from sqlalchemy import and_, delete, select

from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.backups.key_removal import carry_out_due
from webapp.models.devices.device import Device, DeviceState
from webapp.models.devices.lock import DeviceLock
from webapp.models.recovery.clock_moves import overdue_pairings, overdue_requests
from webapp.models.recovery.self_service import SelfServiceRecovery
from webapp.models.server.heartbeat import Heartbeat
from webapp.models.server.sealing_key import SealingKey
from webapp.models.signin.challenge import Challenge
from webapp.models.signin.mail_code import MailCode
from webapp.models.signin.rate_bucket import RateBucket
from webapp.models.signin.second_factor import SecondFactor
from webapp.models.signin.tab_key import TabKey
from webapp.models.vaults.former_share import FormerShare
from webapp.ops import mail_delivery, startup_checks
from webapp.web.database_outage import availability, is_away

PAUSE_SECONDS = 2.0
TIDY_EVERY = 60
LAST_MAIL_SECONDS = 4.0
"""How long a mail that is being handed over may take when the worker ends; one that this cuts off goes once more."""


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT. A failing round is reported and the next one tried.

    Mail has a thread of its own: a mail server that takes its time holds up nothing else.
    """
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    app.logger.info("worker started")
    rounds = itertools.count()
    mail = threading.Thread(
        target=_again, args=(app, stop, lambda: mail_delivery.deliver_due(stop.is_set)), daemon=True
    )
    mail.start()
    _again(app, stop, lambda: _chores(next(rounds)))
    mail.join(LAST_MAIL_SECONDS)


def _again(app: Flask, stop: threading.Event, work: Callable[[], object]) -> None:
    while not stop.is_set():
        try:
            startup_checks.ensure(app)
            with app.app_context():
                work()
        except startup_checks.DatabaseAway:
            pass  # which is logged once
        except Exception as error:
            if is_away(error):
                availability(app).lost(error)
            else:
                app.logger.exception("the worker’s round failed; the next one follows")
        stop.wait(PAUSE_SECONDS)


def _chores(number: int) -> None:
    Heartbeat.beat()
    PasswordResetRequest.answer_all()
    settle_due()
    if number % TIDY_EVERY == 0:
        tidy()


def settle_due() -> None:
    """Make the moves of the clock. Pages show them as made already, so that drawing one writes nothing; in every round,
    since people hear of these moves."""
    for request in overdue_requests():
        request.expire_if_due()
    for pairing in overdue_pairings():
        pairing.settled()
    carry_out_due()


def tidy() -> None:
    """Make the moves of the clock, and remove what no handler would accept any more."""
    settle_due()
    DeviceLock.tidy()
    with transaction():
        Challenge.tidy()
        TabKey.tidy()
        MailCode.tidy()
        SelfServiceRecovery.tidy()
        SecondFactor.tidy()
        RateBucket.tidy()
        FormerShare.tidy()
        _destroy_shares()
    SealingKey.sum_up()


def _destroy_shares() -> None:
    """Unpaired devices keep their sealed share only while what unpaired them can be undone."""
    kept = and_(Device.share_until.is_not(None), Device.share_until > now())
    gone = select(Device.id).where(Device.state == DeviceState.UNPAIRED, ~kept)
    db.session.execute(
        delete(DeviceLock).where(DeviceLock.device_id.in_(gone)).execution_options(synchronize_session=False)
    )
