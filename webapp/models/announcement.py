"""Whether what a browser signed asks to be paired with exactly this account, as a device that nobody knows yet."""

from dataclasses import dataclass

from sqlalchemy import exists, or_, select

from webapp.crypto.signatures import BadSignature, verify
from webapp.database import db, in_transaction
from webapp.models.asking import NotAsked, checked_key, read_fields
from webapp.models.device import Device
from webapp.models.own_recovery import OwnRecovery
from webapp.models.pairing import Pairing
from webapp.models.restore_request import RestoreRequest
from webapp.models.user import User

LABEL = "spare-key/v1/pairing"
TEXTS = {
    "type",
    "pairing",
    "origin",
    "organisation",
    "user",
    "device",
    "sign",
    "recipient",
    "nonce",
    "browser",
    "made_at",
}


@dataclass(frozen=True)
class Announcement:
    """What came (M0 of `pair/v1`): exact text and signature; browser and address in the server’s words."""

    exact: str
    signature: bytes
    browser: str
    address: str

    def earlier(self, user_id: str) -> Pairing | None:
        """The pairing that this very text opened before, where an answer got lost. Raises NotAsked."""
        found = db.session.get(Pairing, read_fields(self.exact, TEXTS)["pairing"])
        return found if found and (found.user_id, found.announcement) == (user_id, self.exact) else None

    def open(self, user: User, origin: str) -> Pairing:
        """Verify all of it, then open the pairing, in the caller’s transaction with `user` locked.

        Raises NotAsked, OnHold, PairingLocked.
        """
        assert in_transaction()
        fields = read_fields(self.exact, TEXTS)
        sign_public = checked_key(fields, "pairing", ("pairing", "device"), user, origin)
        try:
            verify(LABEL, self.exact.encode(), self.signature, sign_public)
        except BadSignature:
            raise NotAsked("bad_signature") from None
        _demand_fresh(fields["pairing"], fields["device"])
        pairing = Pairing(
            id=fields["pairing"],
            organisation_id=user.organisation_id,
            user_id=user.id,
            device_id=fields["device"],
            sign_public=sign_public,
            recipient=fields["recipient"],
            browser=self.browser,
            address=self.address,
            announcement=self.exact,
            announcement_signature=self.signature,
        )
        pairing.open(user)
        return pairing


def _demand_fresh(pairing: str, device: str) -> None:
    """Neither id was ever used, by whomever."""
    paired = exists().where(or_(Pairing.id == pairing, Pairing.device_id == device))
    own, known = exists().where(OwnRecovery.id == device), exists().where(Device.id == device)
    taken = or_(paired, own, known, exists().where(RestoreRequest.device_id == device))
    if db.session.scalar(select(taken)):
        raise NotAsked("request_unreadable")
