"""The key that the server signs the end of an organisation’s chain of events with."""

import base64
from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import ForeignKey, LargeBinary, Text
from sqlalchemy.orm import Mapped, mapped_column

from webapp.audit.chain import NOTHING, Head, written
from webapp.clock import now
from webapp.crypto.fingerprints import audit_key_fingerprint
from webapp.crypto.sealing import sealer
from webapp.database import Base, db, read_once, transaction
from webapp.models.columns import Id
from webapp.models.directory.organisation import Organisation
from webapp.models.journal.chain import EventChain
from webapp.models.journal.event import Event
from webapp.models.server.sealing_key import SealingKey, seals


def audit_key_context(organisation_id: str) -> str:
    """What the private half is sealed for."""
    return f"audit key of {organisation_id}"


class AuditKey(Base):
    """One to an organisation; its private half is sealed, so the database alone signs nothing."""

    __tablename__ = "audit_key"

    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    public: Mapped[bytes] = mapped_column(LargeBinary(32))
    seed: Mapped[str] = mapped_column(Text)
    """Sealed."""
    made_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    @read_once
    def of(organisation_id: str) -> "AuditKey":
        """The organisation’s audit key; the first who asks has it made, in a transaction of its own."""
        audit_key = db.session.get(AuditKey, organisation_id)
        if audit_key is None:
            with transaction():
                AuditKey._make(organisation_id)
            audit_key = db.session.get_one(AuditKey, organisation_id)
        return audit_key

    @staticmethod
    def head(organisation_id: str) -> Head:
        """The present end, signed by the organisation’s key."""
        key = AuditKey.of(organisation_id)
        chain = db.session.get(EventChain, organisation_id, populate_existing=True)
        count, last = (chain.count, chain.hash) if chain else (0, NOTHING)
        return key.signed(Head(organisation_id, count, last, written(now()), key.public))

    @property
    def fingerprint(self) -> str:
        """32 base32 characters, to compare with what an auditor has kept."""
        return audit_key_fingerprint(self.organisation_id, self.public)

    @property
    def public_base64(self) -> str:
        """The public half, as it is shown."""
        return base64.b64encode(self.public).decode()

    @property
    def pem(self) -> str:
        """The public half, as other programs read it."""
        key = Ed25519PublicKey.from_public_bytes(self.public)
        return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def signed(self, head: Head) -> Head:
        """The same head with this key’s signature. Raises SealingFailed."""
        return head.signed(self._private())

    def require(self) -> None:
        """Raises SealingFailed where it could sign nothing: for whoever records first what is to be signed."""
        self._private()

    def _private(self) -> bytes:
        return sealer().unseal(self.seed, audit_key_context(self.organisation_id))

    @staticmethod
    def _make(organisation_id: str) -> None:
        Organisation.locked(organisation_id)
        if db.session.get(AuditKey, organisation_id, populate_existing=True):
            return
        key = Ed25519PrivateKey.generate()
        made = AuditKey(
            organisation_id=organisation_id,
            public=key.public_key().public_bytes_raw(),
            seed=SealingKey.seal(key.private_bytes_raw(), audit_key_context(organisation_id)),
        )
        db.session.add(made)
        Event.append("audit_key.made", organisation_id, fingerprint=made.fingerprint)


seals(AuditKey.seed, lambda key: audit_key_context(key.organisation_id))
