"""Whether what a browser signed asks to be paired with exactly this account, as a device that nobody knows yet."""

from dataclasses import dataclass

from sqlalchemy import exists, select

from webapp.crypto.signatures import BadSignature, verify
from webapp.database import db, in_transaction
from webapp.models.devices.ids import is_taken
from webapp.models.directory.user import User
from webapp.models.pairing.pairing import Pairing
from webapp.models.recovery.submission import NotAsked, checked_key, read_fields

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
        pairing = db.session.get(Pairing, read_fields(self.exact, TEXTS)["pairing"])
        return pairing if pairing and (pairing.user_id, pairing.announcement) == (user_id, self.exact) else None

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
        _require_fresh(fields["pairing"], fields["device"])
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


def _require_fresh(pairing: str, device: str) -> None:
    """Neither id was ever used, by whomever."""
    if is_taken(device) or db.session.scalar(select(exists().where(Pairing.id == pairing))):
        raise NotAsked("request_unreadable")
