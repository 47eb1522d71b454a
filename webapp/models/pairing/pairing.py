"""A pairing of a new device with another device of the member, relayed by the server, which learns nothing from it.

Each verb is one move of `webapp.flows.pairing`, made by `advance()` in the caller’s transaction with the member
locked. Messages are kept as they came: `announcement` (M0) and `offer` (M1) signed, `answer` (M2) and
`confirmation` (M3) protected by CPace.
"""

from datetime import datetime
from math import ceil
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, Select, String, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp import limits
from webapp.clock import now
from webapp.database import Base, db, in_transaction, transaction
from webapp.flows.pairing import OPEN, IllegalMove, Move, State, target
from webapp.flows.recovery_methods import PAIRING
from webapp.models.approval.hold import Hold, OnHold
from webapp.models.columns import Exact, Id, Name, Octets
from webapp.models.devices.device import Device, DeviceState
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.notices.notice import Notice
from webapp.models.pairing.method_policy import require_method

FORWARD = {Move.OFFER, Move.ANSWER, Move.CONFIRM, Move.COMPLETE}
"""Not while the organisation has switched pairing off."""
CODE_WAITS = {State.OFFERED, State.ANSWERED}
"""A code is shown, or the answer to it waits to be looked at: either may take too long."""
OPEN_SQL = "state in ({})".format(", ".join(f"'{state}'" for state in sorted(OPEN)))


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


class Pairing(Base):
    """The new device, the device that shows the code, and the messages between them."""

    __tablename__ = "pairing"
    __table_args__ = (
        Index(
            "uq_pairing_open",
            "user_id",
            unique=True,
            sqlite_where=text(OPEN_SQL),
            postgresql_where=text(OPEN_SQL),
        ),
    )

    id: Mapped[Id] = mapped_column(primary_key=True)
    organisation_id: Mapped[Id] = mapped_column(ForeignKey("organisation.id"))
    user_id: Mapped[Id] = mapped_column(ForeignKey("user_account.id"), index=True)
    device_id: Mapped[Id] = mapped_column(index=True)
    sign_public: Mapped[bytes] = mapped_column(LargeBinary(32))
    recipient: Mapped[Name]
    browser: Mapped[Name]
    address: Mapped[str] = mapped_column(String(45))
    announcement: Mapped[Exact] = mapped_column(Text)
    announcement_signature: Mapped[Octets] = mapped_column(LargeBinary)
    stored_state: Mapped[State] = mapped_column("state", String(10), default=State.OPENED)
    """Where the last move led, for queries. Where it stands now, `state` says."""
    version: Mapped[int] = mapped_column(default=1)
    made_at: Mapped[datetime] = mapped_column(default=now, index=True)
    expires_at: Mapped[datetime]
    other_device_id: Mapped[str | None] = mapped_column(String(32))
    """The device that showed the last code."""
    offer: Mapped[Exact] = mapped_column(Text, default="")
    offer_signature: Mapped[Octets] = mapped_column(LargeBinary, default=b"")
    code_expires_at: Mapped[datetime | None]
    """When the code that is shown expires, or when an answer that nobody looks at is given up."""
    answer: Mapped[Exact] = mapped_column(Text, default="")
    confirmation: Mapped[Exact] = mapped_column(Text, default="")
    confirmed_at: Mapped[datetime | None]
    """When the other device handed the key over, whatever came of it."""
    ended_at: Mapped[datetime | None]

    user: Mapped[User] = relationship()

    @property
    def state(self) -> State:
        """The state by the clock, even if the row has not moved yet: the last code locks the pairing when it lapses."""
        if self.is_due:
            return State.EXPIRED
        if self.has_lapsed:
            return State.OPENED if self.codes_left else State.LOCKED
        return State(self.stored_state)

    @property
    def is_open(self) -> bool:
        """Whether something can still happen to it."""
        return self.state in OPEN

    @property
    def is_due(self) -> bool:
        """Whether its time is up, and the clock has not moved it."""
        return due_move(self.stored_state, self.expires_at, self.code_expires_at) == Move.EXPIRE

    @property
    def has_lapsed(self) -> bool:
        """Whether its code or answer has timed out, and the row has not moved yet."""
        return due_move(self.stored_state, self.expires_at, self.code_expires_at) == Move.LAPSE

    @property
    def shown_version(self) -> int:
        """The version that a page of it sends with each poll."""
        return version_by_clock(self.version, self.stored_state, self.expires_at, self.code_expires_at)

    @property
    def over_since(self) -> datetime | None:
        """Since when nothing can happen to it."""
        if self.ended_at or self.is_open:
            return self.ended_at
        return self.expires_at if self.is_due else self.code_expires_at

    @property
    def locked_until(self) -> datetime | None:
        """Until when the member is shown no code: a pairing that used the last one up locks with its end."""
        until = self.user.pairing_locked_until
        if self.state != self.stored_state and self.over_since and not self.codes_left:
            until = self.over_since + limits.PAIRING_LOCK
        return until if until and until > now() else None

    @property
    def seconds_left(self) -> int:
        """How long it stays open if nothing happens."""
        return max(0, ceil((self.expires_at - now()).total_seconds()))

    @property
    def code_seconds_left(self) -> int:
        """How long the code that is shown can be typed."""
        return max(0, ceil(((self.code_expires_at or now()) - now()).total_seconds()))

    @property
    def ended_lately(self) -> bool:
        """Whether somebody may still be at the other device, and wonder what became of it."""
        return self.over_since is not None and now() - self.over_since < limits.PAIRING_LIFE

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
        """The pairing."""
        return db.session.get(Pairing, pairing_id)

    @staticmethod
    def open_of(user_id: str) -> "Pairing | None":
        """The member’s open pairing, if any."""
        found = db.session.scalars(_stored_open(user_id)).first()
        return found if found and found.is_open else None

    @staticmethod
    def latest_of(user_id: str) -> "Pairing | None":
        """The member’s last pairing, whatever became of it."""
        query = select(Pairing).where(Pairing.user_id == user_id).order_by(Pairing.made_at.desc()).limit(1)
        return db.session.scalars(query).first()

    @staticmethod
    def unfinished_of(user_id: str) -> "Pairing | None":
        """The member’s last pairing of UNDO_WINDOW whose new device got the vault key and wasn’t stored."""
        query = select(Pairing).where(Pairing.user_id == user_id, Pairing.stored_state != State.COMPLETED)
        query = query.where(Pairing.confirmed_at > now() - limits.UNDO_WINDOW)
        return db.session.scalars(query.order_by(Pairing.confirmed_at.desc()).limit(1)).first()

    @staticmethod
    def lock_of(user: User) -> datetime | None:
        """Until when the member is shown no code."""
        latest = Pairing.latest_of(user.id) if user.pairing_codes else None  # else nothing is about to lock
        return latest.locked_until if latest else user.pairing_locked_until if user.pairing_is_locked else None

    def open(self, user: User) -> None:
        """Begin it in the place of an older one, but not of one whose new device has the key and chooses its PIN:
        who only has the password could else stop it. Raises OnHold, MethodOff, PairingLocked, BeingPaired."""
        require_method(self.organisation_id, PAIRING)
        if Hold.of(user.id):
            raise OnHold
        require_codes_left(user)
        for older in db.session.scalars(_stored_open(user.id)):
            if older.state == State.CONFIRMED:
                raise BeingPaired(older)
            advance(older, Move.EXPIRE if older.is_due else Move.CANCEL)
        self.expires_at = now() + limits.PAIRING_LIFE
        db.session.add(self)
        db.session.flush()
        record(self)
        tell(self, "pairing_opened")

    def make_offer(self, user: User, by: Device, offer: str, signature: bytes) -> None:
        """The other device shows a code from now on, which counts at once; the same again changes nothing. Raises
        IllegalMove, PairingLocked."""
        if self.state == State.OFFERED and (self.offer, self.other_device_id) == (offer, by.id):
            return
        require_unlocked(user)
        if not by.can_pair:  # unpaired since it signed
            raise IllegalMove(self.state, Move.OFFER)
        until = now() + limits.PAIRING_CODE_LIFE
        values = {"offer": offer, "offer_signature": signature, "answer": "", "other_device_id": by.id}
        advance(self, Move.OFFER, **values, code_expires_at=until)
        count_code(user)

    def give_answer(self, answer: str) -> None:
        """The new device has typed the code; the same again changes nothing. Raises IllegalMove."""
        if self.state == State.ANSWERED and self.answer == answer:
            return
        advance(self, Move.ANSWER, answer=answer, code_expires_at=now() + limits.PAIRING_ANSWER_LIFE)

    def refuse(self, user: User, by: Device) -> None:
        """The other device found another code in the answer: the code is burnt. Raises IllegalMove."""
        self._require_same(by, Move.REFUSE)
        advance(self, Move.REFUSE, code_expires_at=None)
        end_if_used_up(self, user)

    def confirm(self, user: User, by: Device, confirmation: str) -> bool:
        """The other device has sent the key. False: the same again. Raises IllegalMove."""
        self._require_same(by, Move.CONFIRM)
        if self.state in (State.CONFIRMED, State.COMPLETED) and self.confirmation == confirmation:
            return False
        values = {"confirmation": confirmation, "confirmed_at": now(), "expires_at": now() + limits.PAIRING_LIFE}
        advance(self, Move.CONFIRM, **values, code_expires_at=None)
        user.pairing_codes = 0
        user.pairing_codes_at = None
        return True

    def complete(self) -> None:
        """The new device is stored: see `webapp.models.recovery.paired_device`. A prior one that let it in has shown by
        it that it opens the vault, and is active from now on. Raises IllegalMove."""
        advance(self, Move.COMPLETE)
        other = self.other_device
        if other and other.state == DeviceState.PRIOR:
            other.state = DeviceState.ACTIVE
        tell(self, "pairing_completed")

    def decline(self) -> None:
        """Somebody at another device of the member says no. Raises IllegalMove."""
        advance(self, Move.DECLINE)
        tell(self, "pairing_declined", handed_over=bool(self.confirmation))

    def cancel(self) -> None:
        """The member withdraws it. Raises IllegalMove."""
        advance(self, Move.CANCEL)

    @staticmethod
    def stop_open(user: User) -> None:
        """End the open pairing because of what befell the account, in the caller’s transaction with it locked."""
        assert in_transaction()
        for found in db.session.scalars(_stored_open(user.id)):
            advance(found, Move.EXPIRE if found.is_due else Move.STOP)

    def settled(self) -> "Pairing":
        """As the clock leaves it: expired, or without its code; in a transaction of its own. No page does that."""
        if not (self.is_due or self.has_lapsed):
            return self
        pairing_id = self.id
        user_id = self.user_id
        with transaction():
            user = User.locked(user_id)
            pairing = db.session.get_one(Pairing, pairing_id)
            if pairing.is_due:
                advance(pairing, Move.EXPIRE)
            elif pairing.has_lapsed:
                advance(pairing, Move.LAPSE, code_expires_at=None)
                end_if_used_up(pairing, user)
        return db.session.get_one(Pairing, pairing_id)

    def _require_same(self, by: Device, move: Move) -> None:
        if self.other_device_id != by.id or not by.can_pair:
            raise IllegalMove(self.state, move)


def _stored_open(user_id: str) -> Select[Pairing]:
    return select(Pairing).where(Pairing.user_id == user_id, Pairing.stored_state.in_(OPEN))


def due_move(stored: State, expires_at: datetime, code_expires_at: datetime | None) -> Move | None:
    """What the clock has to do with a pairing that is stored like this."""
    if stored in OPEN and expires_at <= now():
        return Move.EXPIRE
    has_lapsed = stored in CODE_WAITS and code_expires_at is not None and code_expires_at <= now()
    return Move.LAPSE if has_lapsed else None


def version_by_clock(version: int, stored: State, expires_at: datetime, code_expires_at: datetime | None) -> int:
    """The version of a pairing that is stored like this, once the clock has moved it."""
    return version + (due_move(stored, expires_at, code_expires_at) is not None)


def advance(pairing: Pairing, move: Move, **values: Any) -> None:
    """Make one move: compare-and-set on the state, then the event. Raises IllegalMove, MethodOff.

    Among two moves at once exactly one finds the state it expects. Whose part the move is, the view has proved.
    """
    assert in_transaction()
    if move not in (Move.EXPIRE, Move.LAPSE) and pairing.is_due:
        raise IllegalMove(State.EXPIRED, move)
    if move in (Move.ANSWER, Move.REFUSE, Move.CONFIRM) and pairing.has_lapsed:
        raise IllegalMove(State.OPENED, move)
    if move in FORWARD:
        require_method(pairing.organisation_id, PAIRING)
    before = State(pairing.stored_state)
    after = target(before, move)
    if after not in OPEN:
        values["ended_at"] = now()
    table = Pairing
    moved = db.session.execute(
        update(table)
        .where(table.id == pairing.id, table.stored_state == before)
        .values(stored_state=after, version=table.version + 1, **values)
        .returning(table)
        .execution_options(synchronize_session=False, populate_existing=True)
    ).scalar()
    if moved is None:
        db.session.refresh(pairing)
        raise IllegalMove(pairing.state, move)
    record(pairing, move)
    if after not in OPEN:
        Notice.settle("pairing_opened", pairing.id)
        _lock_if_used_up(pairing)
        if before == State.CONFIRMED and after != State.COMPLETED:
            tell(pairing, "pairing_unfinished", other=pairing.other_device.name if pairing.other_device else "")


def record(pairing: Pairing, move: Move | None = None) -> None:
    """The event of a move, named by where it led; a code that came to nothing is an event of its own."""
    kind = "code_failed" if move in (Move.REFUSE, Move.LAPSE) else str(pairing.stored_state)
    member = db.session.get_one(User, pairing.user_id)
    Event.append(
        f"pairing.{kind}",
        pairing.organisation_id,
        subject=member,
        object_id=pairing.id,
        browser=pairing.browser,
        address=pairing.address,
    )


def tell(pairing: Pairing, kind: str, **details: Any) -> None:
    """A notice to the member."""
    member = db.session.get_one(User, pairing.user_id)
    Notice.give(member, kind, pairing=pairing.id, browser=pairing.browser, address=pairing.address, **details)


def require_unlocked(user: User) -> None:
    """Raises PairingLocked while three codes that came to nothing are less than a day old."""
    if user.pairing_is_locked and user.pairing_locked_until:
        raise PairingLocked(user.pairing_locked_until)


def require_codes_left(user: User) -> None:
    """Raises PairingLocked while the day’s last code is still shown: no other pairing may begin."""
    require_unlocked(user)
    if user.pairing_codes >= limits.PAIRING_CODES:
        raise PairingLocked(now() + limits.PAIRING_LOCK)


def count_code(user: User) -> None:
    """A code is shown: it counts until a pairing succeeds, or no code was shown for a day."""
    if user.pairing_codes_at is None or now() - user.pairing_codes_at > limits.PAIRING_LOCK:
        user.pairing_codes = 0
    user.pairing_codes = user.pairing_codes + 1
    user.pairing_codes_at = now()


def end_if_used_up(pairing: Pairing, user: User) -> None:
    """A code came to nothing: after the third, so does the pairing."""
    if user.pairing_codes >= limits.PAIRING_CODES:
        advance(pairing, Move.LOCK)


def _lock_if_used_up(pairing: Pairing) -> None:
    """A pairing that fails after the third code locks pairing for a day, however it ends, and the member is told. Else
    cancelling in time would buy another guess."""
    user = db.session.get_one(User, pairing.user_id)
    if user.pairing_codes < limits.PAIRING_CODES:
        return
    user.pairing_locked_until = now() + limits.PAIRING_LOCK
    user.pairing_codes = 0
    user.pairing_codes_at = None
    tell(pairing, "pairing_locked")
