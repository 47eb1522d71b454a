"""The table of the restore request, pair by pair."""

from collections import deque
from itertools import product

import pytest

from webapp.flows.restore_request import MAY, MOVES, OPEN, IllegalMove, Move, State, Who, mermaid, target

# Written out once more by hand, so that a change of the table is a change of mind in two places.
LEADS = {
    State.REQUESTED: {
        "approve": "approved",
        "deny": "denied",
        "cancel": "cancelled",
        "expire": "expired",
        "stop": "stopped",
    },
    State.APPROVED: {"release": "released", "cancel": "cancelled", "expire": "expired", "stop": "stopped"},
    State.RELEASED: {"finish": "completed", "cancel": "cancelled", "expire": "expired", "stop": "stopped"},
    State.COMPLETED: {},
    State.DENIED: {},
    State.CANCELLED: {},
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
        Move.APPROVE: Who.APPROVER,
        Move.DENY: Who.ADMIN,
        Move.CANCEL: Who.MEMBER,
        Move.RELEASE: Who.DEVICE,
        Move.FINISH: Who.DEVICE,
        Move.EXPIRE: Who.CLOCK,
        Move.STOP: Who.ACCOUNT,
    }


def test_a_request_is_open_while_it_can_move() -> None:
    assert {state for state in State if LEADS[state]} == OPEN


@pytest.mark.parametrize("state", sorted(OPEN))
def test_whatever_is_open_can_be_withdrawn_or_stopped_and_ends_by_itself(state: State) -> None:
    assert (state, Move.CANCEL) in MOVES
    assert (state, Move.EXPIRE) in MOVES
    assert (state, Move.STOP) in MOVES


def test_every_state_is_reached_from_the_first() -> None:
    reached, waiting = {State.REQUESTED}, deque([State.REQUESTED])
    while waiting:
        state = waiting.popleft()
        for (before, _), after in MOVES.items():
            if before == state and after not in reached:
                reached.add(after)
                waiting.append(after)
    assert reached == set(State)


def test_no_path_comes_back() -> None:
    """So a version number is enough to tell two moments of one request apart, and nothing is released twice over."""
    order = [State.REQUESTED, State.APPROVED, State.RELEASED, *(state for state in State if state not in OPEN)]
    assert all(order.index(before) < order.index(after) for (before, _), after in MOVES.items())


def test_nothing_is_released_without_an_approval() -> None:
    """Every way to `released` passes `approve`, which only an approver may."""
    assert [before for (before, move), after in MOVES.items() if after == State.RELEASED] == [State.APPROVED]
    assert [(before, move) for (before, move), after in MOVES.items() if after == State.APPROVED] == [
        (State.REQUESTED, Move.APPROVE)
    ]


def test_the_diagram_is_the_table() -> None:
    lines = mermaid().splitlines()
    assert lines[:2] == ["stateDiagram-v2", "    [*] --> requested"]
    arrows = {f"    {before} --> {after}: {move} ({MAY[move]})" for (before, move), after in MOVES.items()}
    ends = {f"    {state} --> [*]" for state in State if not LEADS[state]}
    assert set(lines[2:]) == arrows | ends
    assert len(lines) == 2 + len(arrows) + len(ends)
