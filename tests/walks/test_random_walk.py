"""Ten thousand steps of everybody, in any order, the clock included, that break no law.

A failure says with which number `WALK_SEED=… pytest tests/walks` walks the same way again; then the walk that broke a
law is made as short as it can be, too, which takes minutes.
"""

import os
import secrets

import pytest
from hypothesis import Phase

from tests.support.walking_cast import Stage
from tests.support.walking_machine import walk

STEPS, SHARDS = 10_000, 4
FURTHER = 10
"""So many thousand steps more a walk may take that had luck against it and has not been everywhere yet."""
REACHED = [
    *("unlocked", "saved", "backed up", "changed the PIN", "changed the password"),
    *("destroyed a lock", "the power failed"),
    *("reset by an admin", "reset by the operator", "chose a password", "used a stolen session"),
    *("asked for a backup", "approved, free", "denied", "cancelled", "released", "finished", "finished again"),
    *("undo by mail", "veto by mail", "veto by device", "a former device proved to open", "lifted by the operator"),
]
"""A walk that got nowhere would prove nothing."""


@pytest.mark.parametrize("shard", range(SHARDS))
def test_a_random_walk_breaks_no_law(stage: Stage, shard: int) -> None:
    given = os.environ.get("WALK_SEED")
    number, swarm = int(given or secrets.randbits(32)), shard == 0
    phases = [Phase.generate, *[Phase.shrink] * bool(given)]
    walked = walk(stage, STEPS // SHARDS, number, swarm=swarm, phases=phases)
    for further in range(number + 1_000, number + 1_000 + FURTHER):
        if swarm or all(walked[what] for what in REACHED):
            break
        walked += walk(stage, 1_000, further, swarm=swarm, phases=phases)
    assert walked["steps"] >= STEPS // SHARDS
    if not swarm:
        assert [what for what in REACHED if not walked[what]] == []
