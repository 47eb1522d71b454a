"""How a pairing got from one sight to the next, by a table of moves of the walk’s own."""

from collections import Counter
from collections.abc import Iterator
from sqlite3 import Row

from tests.walks.stage.act import FINISHES, RESETS, UNDOS, Act
from tests.walks.stage.sight import PAIRING, Sight
from webapp import limits

STEPS = {
    ("opened", "offer"): "offered",
    ("opened", "lock"): "locked",
    ("offered", "answer"): "answered",
    ("offered", "lapse"): "opened",
    ("answered", "lapse"): "opened",
    ("answered", "refuse"): "opened",
    ("answered", "confirm"): "confirmed",
    ("confirmed", "complete"): "completed",
}
ENDS = {"decline": "declined", "cancel": "cancelled", "expire": "expired", "stop": "stopped"}
MOVES = {
    **{kind: kind for kind in ("offer", "answer", "refuse", "confirm", "complete", "decline")},
    **{"withdraw": "cancel", "pair": "cancel"},
    **dict.fromkeys(RESETS | UNDOS | FINISHES | {"unpair", "unpair_others", "destroy", "disable", "take_away"}, "stop"),
}
"""What an act does to the open pairing of its member."""
CLOCK: tuple[tuple[str, ...], ...] = ((), ("expire",), ("lapse",), ("lapse", "lock"))


def lead(state: str, moves: tuple[str, ...]) -> str | None:
    """Where the moves lead; None: nowhere."""
    for move in moves:
        after = STEPS.get((state, move)) or (ENDS.get(move) if state in PAIRING else None)
        if after is None:
            return None
        state = after
    return state


def moved(act: Act, before: Sight, after: Sight) -> Iterator[tuple[Row, Row, tuple[str, ...]]]:
    """Pairings that were moved: as they were, as they are, and the moves, those of the clock first."""
    for key, row in after.pairings.items():
        former = before.pairings.get(key)
        if former is not None and former["version"] != row["version"]:
            yield former, row, _way(act, former, row)


def _way(act: Act, former: Row, row: Row) -> tuple[str, ...]:
    own = MOVES.get(act.kind) if act.user == row["user_id"] else None
    acts = ((), (own,), (own, "lock")) if own else ((),)
    for moves in ((*clock, *done) for clock in CLOCK for done in acts):
        if len(moves) == row["version"] - former["version"] and lead(former["state"], moves) == row["state"]:
            return moves
    raise AssertionError(f"{act.kind} made a pairing that was {former['state']} {row['state']}")


def locked(act: Act, before: Sight, after: Sight) -> Counter[str]:
    """Members whose third code came to nothing; that their codes were counted right is held against it here."""
    found: Counter[str] = Counter()
    for user, row in after.users.items():
        was = before.users[user]
        codes, at = was["pairing_codes"], was["pairing_codes_at"]
        for move in (move for _, one, moves in moved(act, before, after) if one["user_id"] == user for move in moves):
            if move == "offer":
                codes = 1 if at is None or at < after.ago(limits.PAIRING_LOCK) else codes + 1
            elif move == "confirm":
                codes = 0
            elif (move in ENDS or move == "lock") and codes >= limits.PAIRING_CODES:
                codes, found[user] = 0, 1
        assert row["pairing_codes"] == codes, f"after {act.kind} {row['pairing_codes']} codes count, not {codes}"
        if found[user]:
            span = before.ago(-limits.PAIRING_LOCK), after.ago(-limits.PAIRING_LOCK)
            until = row["pairing_locked_until"]
            assert until is not None, "three codes came to nothing, and pairing is not locked"
            assert span[0] <= until <= span[1], "pairing is locked for another time than a day"
        else:
            assert row["pairing_locked_until"] == was["pairing_locked_until"], f"{act.kind} locked pairing"
    return found
