"""A pairing of a new device with another device of the member, relayed by the server, which learns nothing from it.

Each verb is one move of `webapp.flows.pairing`, made by `pairing_moves.advance()` in the caller’s transaction with the
member locked. Messages are kept as they came: `announcement` (M0) and `offer` (M1) signed, `answer` (M2) and
`confirmation` (M3) protected by CPace.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Index, Select, select, text
from sqlalchemy.orm import Mapped, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction, transaction
from webapp.flows.pairing import OPEN, IllegalMove, Move, State
from webapp.models import pairing_moves as moves
from webapp.models.device import Device, DeviceState
from webapp.models.hold import Hold, OnHold
from webapp.models.pairing_row import PairingRow
from webapp.models.user import User
from webapp.models.way import PAIRING
from webapp.models.way_policy import demand_way

_OPEN_SQL = "state in ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN)))


class PairingLocked(Exception):
    """Three codes came to nothing within a day; `until` says when pairing works again."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class BeingPaired(Exception):
    """Another browser has just got the key and chooses its PIN; `pairing` is that one."""

    def __init__(self, pairing: "Pairing") -> None:
        super().__init__(pairing.id)
        self.pairing = pairing


class Pairing(PairingRow, Base):
    """Verbs; what a row holds stands in `webapp.models.pairing_row`."""

    __tablename__ = "pairing"
    __table_args__ = (
        Index(
            "uq_pairing_open",
            "user_id",
            unique=True,
            sqlite_where=text(_OPEN_SQL),
            postgresql_where=text(_OPEN_SQL),
        ),
    )

    user: Mapped[User] = relationship()

    @property
    def other_device(self) -> Device | None:
        """The device that showed the last code."""
        return db.session.get(Device, self.other_device_id or "")

    @property
    def codes_left(self) -> int:
        """How many further codes may be shown, should the last one come to nothing."""
        return max(0, limits.PAIRING_CODES - self.user.pairing_codes)

    @staticmethod
    def by_id(pairing_id: str) -> "Pairing | None":
        """The pairing as the clock has left it: every expiry is checked here."""
        found = db.session.get(Pairing, pairing_id)
        return found and found.settled()

    @staticmethod
    def open_of(user_id: str) -> "Pairing | None":
        """The member’s open pairing, if any."""
        found = db.session.scalars(_open_ones(user_id)).first()
        found = found and found.settled()
        return found if found and found.is_open else None

    @staticmethod
    def latest_of(user_id: str) -> "Pairing | None":
        """The member’s last pairing, whatever became of it."""
        query = select(Pairing).where(Pairing.user_id == user_id).order_by(Pairing.made_at.desc()).limit(1)
        return db.session.scalars(query).first()

    @staticmethod
    def unfinished_of(user_id: str) -> "Pairing | None":
        """The member’s last pairing of UNDO_WINDOW whose new device got the vault key and wasn’t stored."""
        query = select(Pairing).where(Pairing.user_id == user_id, Pairing.state != State.COMPLETED)
        query = query.where(Pairing.confirmed_at > now() - limits.UNDO_WINDOW)
        return db.session.scalars(query.order_by(Pairing.confirmed_at.desc()).limit(1)).first()

    @staticmethod
    def overdue() -> Sequence["Pairing"]:
        """For the worker: those that the clock has something to do with."""
        return db.session.scalars(select(Pairing).where(Pairing.state.in_(OPEN), Pairing.expires_at <= now())).all()

    def open(self, user: User) -> None:
        """Begin it in the place of an older one, but not of one whose new device has the key and chooses its PIN:
        who only has the password could else stop it. Raises OnHold, WayOff, PairingLocked, BeingPaired."""
        demand_way(self.organisation_id, PAIRING)
        if Hold.of(user.id):
            raise OnHold
        moves.demand_codes_left(user)
        for older in db.session.scalars(_open_ones(user.id)):
            if older.state == State.CONFIRMED and not older.is_due:
                raise BeingPaired(older)
            moves.advance(older, Move.EXPIRE if older.is_due else Move.CANCEL)
        self.expires_at = now() + limits.PAIRING_LIFE
        db.session.add(self)
        db.session.flush()
        moves.record(self)
        moves.tell(self, "pairing_opened")

    def make_offer(self, user: User, by: Device, offer: str, signature: bytes) -> None:
        """The other device shows a code from now on, which counts at once; the same again changes nothing. Raises
        IllegalMove, PairingLocked."""
        if self.state == State.OFFERED and (self.offer, self.other_device_id) == (offer, by.id):
            return
        moves.demand_unlocked(user)
        if not by.can_pair:  # unpaired since it signed
            raise IllegalMove(State(self.state), Move.OFFER)
        until = now() + limits.PAIRING_CODE_LIFE
        values = {"offer": offer, "offer_signature": signature, "answer": "", "other_device_id": by.id}
        moves.advance(self, Move.OFFER, **values, code_expires_at=until)
        moves.count_code(user)

    def give_answer(self, answer: str) -> None:
        """The new device has typed the code; the same again changes nothing. Raises IllegalMove."""
        if self.state == State.ANSWERED and self.answer == answer:
            return
        moves.advance(self, Move.ANSWER, answer=answer, code_expires_at=now() + limits.PAIRING_ANSWER_LIFE)

    def refuse(self, user: User, by: Device) -> None:
        """The other device found another code in the answer: the code is burnt. Raises IllegalMove."""
        self._demand_same(by, Move.REFUSE)
        moves.advance(self, Move.REFUSE, code_expires_at=None)
        moves.end_if_used_up(self, user)

    def confirm(self, user: User, by: Device, confirmation: str) -> bool:
        """The other device has sent the key. False: the same again. Raises IllegalMove."""
        self._demand_same(by, Move.CONFIRM)
        if self.state in (State.CONFIRMED, State.COMPLETED) and self.confirmation == confirmation:
            return False
        values = {"confirmation": confirmation, "confirmed_at": now(), "expires_at": now() + limits.PAIRING_LIFE}
        moves.advance(self, Move.CONFIRM, **values, code_expires_at=None)
        user.pairing_codes, user.pairing_codes_at = 0, None
        return True

    def complete(self) -> None:
        """The new device is stored: see `webapp.models.paired_device`. A prior one that let it in has shown by it that
        it opens the vault, and is active from now on. Raises IllegalMove."""
        moves.advance(self, Move.COMPLETE)
        other = self.other_device
        if other and other.state == DeviceState.PRIOR:
            other.state = DeviceState.ACTIVE
        moves.tell(self, "pairing_completed")

    def decline(self) -> None:
        """Somebody at another device of the member says no. Raises IllegalMove."""
        moves.advance(self, Move.DECLINE)
        moves.tell(self, "pairing_declined", handed_over=bool(self.confirmation))

    def cancel(self) -> None:
        """The member withdraws it. Raises IllegalMove."""
        moves.advance(self, Move.CANCEL)

    @staticmethod
    def stop_open(user: User) -> None:
        """End the open pairing because of what befell the account, in the caller’s transaction with it locked."""
        assert in_transaction()
        for found in db.session.scalars(_open_ones(user.id)):
            moves.advance(found, Move.EXPIRE if found.is_due else Move.STOP)

    def settled(self) -> "Pairing":
        """As the clock leaves it: expired, or without the code that has lapsed; in a transaction of its own."""
        if not (self.is_due or self.has_lapsed):
            return self
        pairing_id, user_id = self.id, self.user_id
        with transaction():
            user = User.locked(user_id)
            found = db.session.get_one(Pairing, pairing_id)
            if found.is_due:
                moves.advance(found, Move.EXPIRE)
            elif found.has_lapsed:
                moves.advance(found, Move.LAPSE, code_expires_at=None)
                moves.end_if_used_up(found, user)
        return db.session.get_one(Pairing, pairing_id)

    def _demand_same(self, by: Device, move: Move) -> None:
        if self.other_device_id != by.id or not by.can_pair:
            raise IllegalMove(State(self.state), move)


def _open_ones(user_id: str) -> Select[Pairing]:
    return select(Pairing).where(Pairing.user_id == user_id, Pairing.state.in_(OPEN))
