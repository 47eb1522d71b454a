"""The worker: hands mail over and tidies. Everything it does may be late or run twice without harm."""

import signal
import threading

from flask import Flask
from sqlalchemy import and_, delete, select

from webapp import mail
from webapp.clock import now
from webapp.database import db, transaction
from webapp.flows.restore_request import OPEN
from webapp.models import (
    Challenge,
    Device,
    DeviceLock,
    DeviceState,
    FormerShare,
    KeyRemoval,
    MailCode,
    OwnRecovery,
    Pairing,
    ResetAsk,
    RestoreRequest,
    SecondFactor,
    TabKey,
    ThrottleBucket,
)

PAUSE_SECONDS = 2.0
TIDY_EVERY = 60


def run(app: Flask) -> None:
    """Work until SIGTERM or SIGINT. A failing round is reported and the next one tried."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    rounds = 0
    while not stop.is_set():
        try:
            with app.app_context():
                ResetAsk.answer_all()
                mail.deliver_due()
                if rounds % TIDY_EVERY == 0:
                    tidy()
        except Exception:
            app.logger.exception("the worker’s round failed; the next one follows")
        rounds += 1
        stop.wait(PAUSE_SECONDS)


def tidy() -> None:
    """Let overdue requests expire, and remove what no handler would accept any more."""
    overdue = select(RestoreRequest).where(RestoreRequest.state.in_(OPEN), RestoreRequest.expires_at <= now())
    for request in list(db.session.scalars(overdue)):
        request.expire_if_due()
    for pairing in list(Pairing.overdue()):
        pairing.settled()
    DeviceLock.tidy()
    KeyRemoval.carry_out_due()
    with transaction():
        Challenge.tidy()
        TabKey.tidy()
        MailCode.tidy()
        OwnRecovery.tidy()
        SecondFactor.tidy()
        ThrottleBucket.tidy()
        FormerShare.tidy()
        _destroy_shares()


def _destroy_shares() -> None:
    """Unpaired devices keep their sealed share only while what unpaired them can be undone."""
    kept = and_(Device.share_until.is_not(None), Device.share_until > now())
    gone = select(Device.id).where(Device.state == DeviceState.UNPAIRED, ~kept)
    db.session.execute(
        delete(DeviceLock).where(DeviceLock.device_id.in_(gone)).execution_options(synchronize_session=False)
    )
