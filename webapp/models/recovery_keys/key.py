"""The public half of an organisation recovery key. Its file is with an admin and never comes here."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.clock import now
from webapp.crypto.fingerprints import groups, lv, organisation_key_fingerprint
from webapp.crypto.signatures import verify
from webapp.crypto.wrapping import is_recipient
from webapp.database import Base, db, in_transaction, read_once
from webapp.models.columns import Id, Name, new_id
from webapp.models.directory.user import User
from webapp.models.journal.event import Event

PROOF_LABEL = "spare-key/v1/organisation-key-proof"


class KeyState(StrEnum):
    """Generated: its file was not yet chosen again. Active: new backups use it. Disabled: opens older ones. Deleted:
    opens nothing here any more; the row stays, so that nobody’s record of it leads nowhere."""

    GENERATED = "generated"
    ACTIVE = "active"
    DISABLED = "disabled"
    DELETED = "deleted"


class AnotherKeyIsActive(Exception):
    """Another key than expected is active, or none: somebody else completed a ceremony or disabled Cloud Backups
    first."""


class NoSuchKey(ValueError):
    """What was sent is not the public half of a key that may be generated now."""


class OrganisationKey(Base):
    """A named key with its epoch, its age recipient and its Ed25519 key.

    Whatever changes a key’s state locks the organisation (`Organisation.locked`), and so does a request; who else adds
    something that depends on it (a backup) holds it against that (`Organisation.held`).
    """

    __tablename__ = "organisation_key"
    __table_args__ = (
        Index(
            "uq_organisation_key_active",
            "organisation_id",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    name: Mapped[Name]
    epoch: Mapped[int]
    recipient: Mapped[Name]
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    fingerprint: Mapped[str] = mapped_column(String(52), index=True)
    state: Mapped[KeyState] = mapped_column(String(10), default=KeyState.GENERATED)
    made_by: Mapped[Id] = mapped_column(ForeignKey("user_account.id"))
    made_at: Mapped[datetime] = mapped_column(default=now)
    activated_at: Mapped[datetime | None]
    proved_at: Mapped[datetime | None]
    """When somebody last showed that the key file is still there."""
    disabled_at: Mapped[datetime | None]
    """Since when it only opens older backups."""
    deleted_at: Mapped[datetime | None]
    follows_id: Mapped[str | None] = mapped_column(String(32))  # no foreign key: SQLite adds none to a table in use
    """The key that was active when this one was generated, whose place it takes."""

    maker: Mapped[User] = relationship()

    @staticmethod
    def generate(
        by: User, name: str, recipient: str, sign_public: bytes, fingerprint: str, follows: str | None = None
    ) -> "OrganisationKey":
        """Keep the public half that `by`’s browser made, in the caller’s transaction with the organisation locked; it
        takes the place of what they generated before, and, once active, of the key with the id `follows`. Raises
        AnotherKeyIsActive, NoSuchKey."""
        assert in_transaction()
        organisation_id = by.organisation_id
        _refuse_rivals(organisation_id, follows)
        epoch = OrganisationKey.next_epoch(organisation_id)
        computed = organisation_key_fingerprint(organisation_id, epoch, recipient, sign_public)
        if fingerprint != computed or not is_recipient(recipient) or len(sign_public) != 32:
            raise NoSuchKey
        former = OrganisationKey.generated_by(by)
        if former:
            former.throw_away()
        key = OrganisationKey(id=new_id(), organisation_id=organisation_id, name=name, epoch=epoch, recipient=recipient)
        key.sign_public = sign_public
        key.fingerprint = computed
        key.made_by = by.id
        key.follows_id = follows
        db.session.add(key)
        db.session.flush()
        Event.append("organisation_key.generated", organisation_id, actor=by, object_id=key.id, name=name)
        return key

    @staticmethod
    @read_once
    def generated_by(user: User) -> "OrganisationKey | None":
        """The key whose ceremony this person has begun and not completed."""
        return db.session.scalars(
            select(OrganisationKey).where(
                OrganisationKey.made_by == user.id, OrganisationKey.state == KeyState.GENERATED
            )
        ).first()

    @staticmethod
    @read_once
    def active(organisation_id: str) -> "OrganisationKey | None":
        """The key that new backups use; None: cloud backups are not enabled."""
        return db.session.scalars(
            select(OrganisationKey).where(
                OrganisationKey.organisation_id == organisation_id, OrganisationKey.state == KeyState.ACTIVE
            )
        ).first()

    @staticmethod
    @read_once
    def all_of(organisation_id: str) -> Sequence["OrganisationKey"]:
        """Every key whose ceremony was completed or is under way, newest first."""
        return db.session.scalars(
            select(OrganisationKey)
            .where(OrganisationKey.organisation_id == organisation_id)
            .order_by(OrganisationKey.epoch.desc(), OrganisationKey.made_at.desc())
        ).all()

    @staticmethod
    @read_once
    def next_epoch(organisation_id: str) -> int:
        """The epoch that the next ceremony is for: one more than the newest activated key’s."""
        newest = db.session.scalar(
            select(func.max(OrganisationKey.epoch)).where(
                OrganisationKey.organisation_id == organisation_id, OrganisationKey.state != KeyState.GENERATED
            )
        )
        return (newest or 0) + 1

    def activate(self, by: User) -> "OrganisationKey | None":
        """Use it for new backups: its file was there again. In the caller’s transaction with the organisation locked;
        what others generated meanwhile is thrown away. The key whose place it takes is disabled, and returned. Raises
        AnotherKeyIsActive."""
        assert in_transaction()
        former = _refuse_rivals(self.organisation_id, self.follows_id)
        if former:
            former.state = KeyState.DISABLED
            former.disabled_at = now()
            db.session.flush()
        self.state = KeyState.ACTIVE
        self.activated_at = self.proved_at = now()
        db.session.flush()
        generated = OrganisationKey.state == KeyState.GENERATED
        db.session.execute(
            delete(OrganisationKey).where(OrganisationKey.organisation_id == self.organisation_id, generated)
        )
        if former is None:
            Event.append(
                "organisation_key.activated", self.organisation_id, actor=by, object_id=self.id, name=self.name
            )
        return former

    def note_proof(self, by: User) -> None:
        """Somebody showed that its file is still there."""
        assert in_transaction()
        self.proved_at = now()
        Event.append("organisation_key.proved", self.organisation_id, actor=by, object_id=self.id, name=self.name)

    def throw_away(self) -> None:
        """Forget a key that never became active: its file opens nothing."""
        assert in_transaction()
        assert self.state == KeyState.GENERATED
        db.session.delete(self)
        db.session.flush()

    def verify_proof(self, origin: str, challenge: bytes, signature: bytes) -> None:
        """Return if the holder of the key file signed this challenge for this key. Raises BadSignature."""
        verify(PROOF_LABEL, lv(origin, self.id, challenge), signature, self.sign_public)

    @property
    def shown_fingerprint(self) -> str:
        """The 16 characters a person types, in groups of four."""
        return groups(self.fingerprint[:16])


def _refuse_rivals(organisation_id: str, expected: str | None) -> OrganisationKey | None:
    """The active key, which is the expected one, or none is expected."""
    active = OrganisationKey.active(organisation_id)
    if (active.id if active else None) != expected:
        raise AnotherKeyIsActive
    return active
