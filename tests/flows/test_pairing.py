"""The table of pairing, pair by pair."""

from collections import deque
from itertools import product

import pytest

from webapp.flows.pairing import MAY, MOVES, OPEN, IllegalMove, Move, State, Who, mermaid, target

ENDS = {"decline": "declined", "cancel": "cancelled", "expire": "expired", "stop": "stopped"}
# Written out once more by hand, so that a change of the table is a change of mind in two places.
LEADS = {
    State.OPENED: {"offer": "offered", "lock": "locked", **ENDS},
    State.OFFERED: {"answer": "answered", "lapse": "opened", **ENDS},
    State.ANSWERED: {"confirm": "confirmed", "refuse": "opened", "lapse": "opened", **ENDS},
    State.CONFIRMED: {"complete": "completed", **ENDS},
    State.COMPLETED: {},
    State.DECLINED: {},
    State.CANCELLED: {},
    State.LOCKED: {},
    State.EXPIRED: {},
    State.STOPPED: {},
}


@pytest.mark.parametrize(("state", "move"), list(product(State, Move)))
def test_each_move_leads_where_it_should_or_nowhere(state: State, move: Move) -> None:
    if move in LEADS[state]:
        assert target(state, move) == LEADS[state][move]
    else:
        with pytest.raises(IllegalMove) as refused:
            target(state, move)
        assert (refused.value.state, refused.value.move) == (state, move)


def test_everybody_has_moves_of_their_own() -> None:
    assert MAY == {
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


def test_a_pairing_is_open_while_it_can_move() -> None:
    assert {state for state in State if LEADS[state]} == OPEN


@pytest.mark.parametrize("state", sorted(OPEN))
def test_whatever_is_open_can_be_declined_withdrawn_or_stopped_and_ends_by_itself(state: State) -> None:
    assert all((state, move) in MOVES for move in (Move.DECLINE, Move.CANCEL, Move.STOP, Move.EXPIRE))


def test_every_state_is_reached_from_the_first() -> None:
    reached, waiting = {State.OPENED}, deque([State.OPENED])
    while waiting:
        state = waiting.popleft()
        for (before, _), after in MOVES.items():
            if before == state and after not in reached:
                reached.add(after)
                waiting.append(after)
    assert reached == set(State)


def test_a_code_that_failed_leads_back_to_the_beginning_and_nowhere_else() -> None:
    """So a new code needs the other device again: none is tried twice, and none is tried without it."""
    back = {(state, move) for (state, move), after in MOVES.items() if after == State.OPENED}
    assert back == {(State.OFFERED, Move.LAPSE), (State.ANSWERED, Move.LAPSE), (State.ANSWERED, Move.REFUSE)}
    assert {move for (_, move), after in MOVES.items() if after == State.OFFERED} == {Move.OFFER}
    assert {move for (_, move), after in MOVES.items() if after == State.ANSWERED} == {Move.ANSWER}


def test_nothing_is_completed_without_a_code_an_answer_and_a_confirmation() -> None:
    """One way leads to `completed`, and both devices are on it."""
    path = []
    state = State.COMPLETED
    while state != State.OPENED:
        [(before, move)] = [key for key, after in MOVES.items() if after == state]
        path.append((move, MAY[move]))
        state = before
    assert path[::-1] == [
        (Move.OFFER, Who.OTHER_DEVICE),
        (Move.ANSWER, Who.NEW_DEVICE),
        (Move.CONFIRM, Who.OTHER_DEVICE),
        (Move.COMPLETE, Who.NEW_DEVICE),
    ]


def test_the_diagram_is_the_table() -> None:
    lines = mermaid().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> opened"]
    arrows = {f"    {before} --> {after}: {move} ({MAY[move]})" for (before, move), after in MOVES.items()}
    ends = {f"    {state} --> [*]" for state in State if not LEADS[state]}
    assert set(lines[2:]) == arrows | ends
    assert len(lines) == 2 + len(arrows) + len(ends)
