"""How an organisation’s chain of events ends, which every transaction that records something moves on."""

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from webapp.audit.chain import NOTHING
from webapp.database import Base, db, in_transaction, insert_missing
from webapp.models.columns import BigNumber, Id, Sha256


class EventChain(Base):
    """One row to an organisation: how many events there are, and the hash of the last."""

    __tablename__ = "event_chain"

    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"), primary_key=True)
    count: Mapped[BigNumber] = mapped_column(default=0)
    hash: Mapped[Sha256] = mapped_column(default=NOTHING)

    @staticmethod
    def locked(organisation_id: str) -> "EventChain":
        """The chain, with the row held until the transaction ends; made where nothing was recorded yet."""
        assert in_transaction()
        options = {"with_for_update": True, "populate_existing": True}
        chain = db.session.get(EventChain, organisation_id, **options)  # type: ignore[arg-type]
        if chain is None:
            insert_missing(EventChain, organisation_id=organisation_id, count=0, hash=NOTHING)
            chain = db.session.get_one(EventChain, organisation_id, **options)  # type: ignore[arg-type]
        return chain
