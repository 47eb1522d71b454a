"""What a walk does depends on its seed alone: a failure can be walked again, and no run is luckier than another."""

import os
import subprocess
import sys

from tests.support.servers.processes import ROOT
from tests.walks.stage.cast import Stage
from tests.walks.stage.trace import trace

SEED, STEPS = 7, 20


def test_a_walk_goes_the_same_way_again_at_another_time_and_in_another_process(stage: Stage) -> None:
    here = trace(stage, SEED, STEPS)
    command = [sys.executable, "-m", "tests.walks.stage.trace", str(SEED), str(STEPS)]
    # Sets of strings are gone through in another order there.
    environ = {**os.environ, "PYTHONHASHSEED": "1" if os.environ.get("PYTHONHASHSEED") != "1" else "2"}
    there = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert there.returncode == 0, there.stderr
    assert there.stdout.splitlines() == here
    assert any(line.startswith("Act(kind='sign_in', user=") for line in here)


def test_another_seed_leads_another_way(stage: Stage) -> None:
    assert trace(stage, SEED, 5) == trace(stage, SEED, 5) != trace(stage, SEED + 1, 5)
