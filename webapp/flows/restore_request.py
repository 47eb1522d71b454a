"""The restore request: a member asks, an admin decides, the server releases, the member finishes.

One row leads through one path of this table; `webapp.models.recovery.restore_request` makes the moves.
"""

from enum import StrEnum


class State(StrEnum):
    """Where a request stands."""

    REQUESTED = "requested"
    APPROVED = "approved"
    RELEASED = "released"
    COMPLETED = "completed"
    DENIED = "denied"
    CANCELLED = "cancelled"
    EXPIRED = "expired"
    STOPPED = "stopped"


class Move(StrEnum):
    """What can be done to it."""

    APPROVE = "approve"
    DENY = "deny"
    CANCEL = "cancel"
    RELEASE = "release"
    FINISH = "finish"
    EXPIRE = "expire"
    STOP = "stop"


class Who(StrEnum):
    """In which part somebody makes a move."""

    MEMBER = "member"
    """The member whose request it is, signed in anywhere."""
    DEVICE = "device"
    """The member, in the browser that proves the request’s device key."""
    ADMIN = "admin"
    """An enabled admin or owner who is not the member."""
    APPROVER = "approver"
    """An enabled admin or owner whom `webapp.models.approval.approvers` lets decide for this member."""
    CLOCK = "clock"
    ACCOUNT = "account"
    """What befalls the account: its password is reset, its member says “This wasn’t me”, a recovery is undone."""


class StopReason(StrEnum):
    """What befell the account while the request was open."""

    RESET = "reset"
    VETO = "veto"
    UNDO = "undo"
    RECOVERED = "recovered"
    DISABLED = "disabled"
    CHECK = "check"
    """The digits that the member was told were wrong five times."""


MOVES: dict[tuple[State, Move], State] = {
    (State.REQUESTED, Move.APPROVE): State.APPROVED,
    (State.REQUESTED, Move.DENY): State.DENIED,
    (State.REQUESTED, Move.CANCEL): State.CANCELLED,
    (State.REQUESTED, Move.EXPIRE): State.EXPIRED,
    (State.REQUESTED, Move.STOP): State.STOPPED,
    (State.APPROVED, Move.RELEASE): State.RELEASED,
    (State.APPROVED, Move.CANCEL): State.CANCELLED,
    (State.APPROVED, Move.EXPIRE): State.EXPIRED,
    (State.APPROVED, Move.STOP): State.STOPPED,
    (State.RELEASED, Move.FINISH): State.COMPLETED,
    (State.RELEASED, Move.CANCEL): State.CANCELLED,
    (State.RELEASED, Move.EXPIRE): State.EXPIRED,
    (State.RELEASED, Move.STOP): State.STOPPED,
}

MAY: dict[Move, Who] = {
    Move.APPROVE: Who.APPROVER,
    Move.DENY: Who.ADMIN,
    Move.CANCEL: Who.MEMBER,
    Move.RELEASE: Who.DEVICE,
    Move.FINISH: Who.DEVICE,
    Move.EXPIRE: Who.CLOCK,
    Move.STOP: Who.ACCOUNT,
}

OPEN = frozenset(state for state, _ in MOVES)
"""States in which something can still happen; a member has at most one request in them."""


class IllegalMove(Exception):
    """The table has no such move from the state the request is in; `state` is that state."""

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
    """The table as a Mermaid state diagram; the one in .github/docs/protocol/cloud-backup.md is this text."""
    lines = ["stateDiagram-v2", f"    [*] --> {State.REQUESTED}"]
    lines += [f"    {state} --> {after}: {move} ({MAY[move]})" for (state, move), after in MOVES.items()]
    lines += [f"    {state} --> [*]" for state in State if state not in OPEN]
    return "\n".join(lines)
