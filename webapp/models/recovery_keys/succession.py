"""One recovery key after another: a statement about the next key, signed by the former one, which members’ browsers
follow from the key they have on record to the one that is in use."""

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from webapp import limits
from webapp.clock import now, parse_stamp
from webapp.crypto.exact import read_exact
from webapp.crypto.framing import Malformed
from webapp.crypto.signatures import BadSignature, verify
from webapp.database import Base, db, in_transaction
from webapp.models.columns import Exact, Id, new_id
from webapp.models.recovery_keys.key import OrganisationKey

LABEL = "spare-key/v1/organisation-key-succession"


class NoSuccession(ValueError):
    """What was sent is not signed by the former key, or speaks of other keys."""


@dataclass(frozen=True)
class SignedSuccession:
    """What came from the admin’s browser: exact text and its signature."""

    exact: str
    signature: bytes


class KeySuccession(Base):
    """The exact statement. It names both keys whole, so it can be followed when their rows tell nothing any more."""

    __tablename__ = "key_succession"
    __table_args__ = (UniqueConstraint("former", "next"),)

    id: Mapped[Id] = mapped_column(primary_key=True, default=new_id)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    former: Mapped[str] = mapped_column(String(52))
    """The fingerprint of the key that signed."""
    next: Mapped[str] = mapped_column(String(52))
    exact: Mapped[Exact] = mapped_column(Text)
    signature: Mapped[bytes] = mapped_column(LargeBinary(64))
    made_at: Mapped[datetime] = mapped_column(default=now)

    @staticmethod
    def all_of(organisation_id: str) -> Sequence["KeySuccession"]:
        """Every statement, the oldest first."""
        query = select(KeySuccession).where(KeySuccession.organisation_id == organisation_id)
        return db.session.scalars(query.order_by(KeySuccession.made_at, KeySuccession.id)).all()

    @staticmethod
    def between(former: OrganisationKey, following: OrganisationKey) -> "KeySuccession | None":
        """The statement by which `former` names `following` as its successor."""
        query = select(KeySuccession).where(KeySuccession.former == former.fingerprint)
        return db.session.scalars(query.where(KeySuccession.next == following.fingerprint)).first()

    @staticmethod
    def keep(former: OrganisationKey, following: OrganisationKey, given: SignedSuccession) -> bool:
        """Keep a statement that `verify_succession` took, in the caller’s transaction with the organisation locked; one
        about the same two keys stays as it is. Whether there was none: members’ browsers follow it from now on."""
        assert in_transaction()
        if KeySuccession.between(former, following):
            return False
        row = KeySuccession(organisation_id=former.organisation_id, exact=given.exact, signature=given.signature)
        row.former = former.fingerprint
        row.next = following.fingerprint
        db.session.add(row)
        return True


def verify_succession(former: OrganisationKey, following: OrganisationKey, given: SignedSuccession) -> None:
    """Return if `former` signed that `following` takes its place, and nothing else. Raises NoSuccession."""
    try:
        verify(LABEL, given.exact.encode(), given.signature, former.sign_public)
        fields = read_exact(given.exact, limits.SIGNED_TEXT_CHARACTERS)
        parse_stamp(str(fields.pop("made_at", "")))
    except (BadSignature, Malformed, ValueError) as error:
        raise NoSuccession from error
    expected = {
        "v": 1,
        "type": "organisation-key-succession",
        "organisation": former.organisation_id,
        "former": _whole(former),
        "next": _whole(following),
    }
    if fields != expected or type(fields["v"]) is not int or following.epoch <= former.epoch:
        raise NoSuccession


def _whole(key: OrganisationKey) -> dict[str, Any]:
    sign = base64.b64encode(key.sign_public).decode()
    return {"epoch": key.epoch, "recipient": key.recipient, "sign": sign}
