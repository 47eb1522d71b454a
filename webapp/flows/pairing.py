"""Pairing: a new device asks, another device of the member shows a code, the new one answers with it, both agree.

One row leads through this table; a code that failed leads back to `opened`, where the other device may show a new one.
`webapp.models.pairing.pairing` makes the moves.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a pairing stands."""

    OPENED = "opened"
    OFFERED = "offered"
    ANSWERED = "answered"
    CONFIRMED = "confirmed"
    COMPLETED = "completed"
    DECLINED = "declined"
    CANCELLED = "cancelled"
    LOCKED = "locked"
    EXPIRED = "expired"
    STOPPED = "stopped"


class Move(StrEnum):
    """What can be done to it."""

    OFFER = "offer"
    ANSWER = "answer"
    REFUSE = "refuse"
    LAPSE = "lapse"
    CONFIRM = "confirm"
    COMPLETE = "complete"
    DECLINE = "decline"
    CANCEL = "cancel"
    LOCK = "lock"
    EXPIRE = "expire"
    STOP = "stop"


class Who(StrEnum):
    """In which part somebody makes a move."""

    MEMBER = "member"
    """The member whose account it is, signed in anywhere."""
    NEW_DEVICE = "new device"
    """The browser that proves the key it asked with."""
    OTHER_DEVICE = "other device"
    """A device of the member that its PIN opens, active or prior; once a code was shown, that very one."""
    CLOCK = "clock"
    ACCOUNT = "account"
    """What befalls the account: a reset, “This wasn’t me”, a recovery that is finished or undone."""


MOVES: dict[tuple[State, Move], State] = {
    (State.OPENED, Move.OFFER): State.OFFERED,
    (State.OFFERED, Move.ANSWER): State.ANSWERED,
    (State.OFFERED, Move.LAPSE): State.OPENED,
    (State.ANSWERED, Move.LAPSE): State.OPENED,
    (State.ANSWERED, Move.REFUSE): State.OPENED,
    (State.ANSWERED, Move.CONFIRM): State.CONFIRMED,
    (State.CONFIRMED, Move.COMPLETE): State.COMPLETED,
    (State.OPENED, Move.LOCK): State.LOCKED,
} | {
    (state, move): after
    for state in (State.OPENED, State.OFFERED, State.ANSWERED, State.CONFIRMED)
    for move, after in (
        (Move.DECLINE, State.DECLINED),
        (Move.CANCEL, State.CANCELLED),
        (Move.EXPIRE, State.EXPIRED),
        (Move.STOP, State.STOPPED),
    )
}

MAY: dict[Move, Who] = {
    Move.OFFER: Who.OTHER_DEVICE,
    Move.ANSWER: Who.NEW_DEVICE,
    Move.REFUSE: Who.OTHER_DEVICE,
    Move.LAPSE: Who.CLOCK,
    Move.CONFIRM: Who.OTHER_DEVICE,
    Move.COMPLETE: Who.NEW_DEVICE,
    Move.DECLINE: Who.OTHER_DEVICE,
    Move.CANCEL: Who.MEMBER,
    Move.LOCK: Who.CLOCK,
    Move.EXPIRE: Who.CLOCK,
    Move.STOP: Who.ACCOUNT,
}

OPEN = frozenset(state for state, _ in MOVES)
"""States in which something can still happen; a member has at most one pairing in them."""


class IllegalMove(Exception):
    """The table has no such move from the state the pairing is in; `state` is that state."""

    def __init__(self, state: State, move: Move) -> None:
        super().__init__(f"{move} from {state}")
        self.state = state
        self.move = move


class NotYours(Exception):
    """The move exists, but is somebody else’s to make."""


def target(state: State, move: Move) -> State:
    """Where the move leads. Raises IllegalMove."""
    try:
        return MOVES[state, move]
    except KeyError:
        raise IllegalMove(state, move) from None


def mermaid() -> str:
    """The table as a Mermaid state diagram; the one in .github/docs/protocol/pairing.md is this text."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.OPENED}"]
    lines += [f"    {state} --> {after}: {move} ({MAY[move]})" for (state, move), after in MOVES.items()]
    lines += [f"    {state} --> [*]" for state in State if state not in OPEN]
    return "\n".join(lines)
