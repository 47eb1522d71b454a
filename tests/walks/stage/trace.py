"""What a walk did, step by step, so that two of them can be compared: `python -m tests.walks.stage.trace 7`."""

import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import Phase

from tests.support.run.costs import CHEAP_PIN_COST
from tests.support.servers.databases import SqliteDatabases
from tests.walks.stage.cast import Stage
from tests.walks.stage.cheap import made_cheap
from tests.walks.stage.machine import walk
from tests.walks.stage.walking import Walking
from webapp.client.device import lock
from webapp.crypto import passwords


def trace(stage: Stage, number: int, steps: int) -> list[str]:
    """Everything that was judged, with the ids of all whom it concerned, and what came of it."""
    told: list[str] = []
    settle, reach = Walking.settle, Walking.reach

    def settled(walking: Walking) -> None:
        told.append(str(walking.act))
        settle(walking)

    def reached(walking: Walking, what: str) -> None:
        told.append(what)
        reach(walking, what)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Walking, "settle", settled)
        patch.setattr(Walking, "reach", reached)
        walk(stage, steps, number, length=steps, phases=[Phase.generate])
    return told


def trace_anew(number: int, steps: int) -> list[str]:
    """The same on a stage of its own."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        migrated = SqliteDatabases(Path(folder)).make(Path(folder))
        for name, value in CHEAP_PIN_COST.items():
            patch.setattr(lock, name, value)
        patch.setattr(passwords, "MEMORY_KIB", 8)
        patch.setattr(passwords, "ITERATIONS", 1)
        with made_cheap() as chance:
            stage = Stage(Path(folder), migrated, chance)
            told = trace(stage, number, steps)
        stage.close()
    return told


if __name__ == "__main__":
    print("\n".join(trace_anew(int(sys.argv[1]), int(sys.argv[2]))))  # noqa: T201 - what it is for
