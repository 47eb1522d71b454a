"""Ids of devices, of those that are and of those that ask to be: each is used once, by one browser."""

from sqlalchemy import exists, or_, select

from webapp.database import db
from webapp.models.device import Device
from webapp.models.own_recovery import OwnRecovery
from webapp.models.pairing import Pairing
from webapp.models.restore_request import RestoreRequest


def is_taken(device_id: str) -> bool:
    """Whether any device, of whomever, has or ever asked by this id: nobody’s is taken over by naming it."""
    known, own = exists().where(Device.id == device_id), exists().where(OwnRecovery.id == device_id)
    asked, paired = (
        exists().where(RestoreRequest.device_id == device_id),
        exists().where(Pairing.device_id == device_id),
    )
    return bool(db.session.scalar(select(or_(known, own, asked, paired))))
