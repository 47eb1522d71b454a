"""What tests cost is counted by the processor, and adds up."""

import gc
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.run import cost_table, garbage, processor
from tests.support.run.cost_table import Cost

SPENDS = """
import sys, time
while time.process_time() < 0.5:
    pass
print("spent", flush=True)
sys.stdin.read()
"""


def test_what_a_process_of_a_test_spends_counts_while_it_runs_and_afterwards() -> None:
    meter = processor.Meter()
    meter.since(in_a_browser=True)
    with subprocess.Popen([sys.executable, "-c", SPENDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout
        assert child.stdout.readline() == b"spent\n"
        assert meter.since(in_a_browser=True) >= 0.45
    with subprocess.Popen([sys.executable, "-c", SPENDS], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL):
        pass
    assert meter.since(in_a_browser=False) >= 0.45


def test_the_table_tells_kinds_apart_and_adds_up() -> None:
    costs = {
        "tests/browser/test_a.py::test_1": Cost(2.0, 3.0, in_a_browser=True),
        "tests/views/test_b.py::test_1": Cost(0.25, 0.3),
        "tests/views/test_b.py::test_2": Cost(0.75, 0.9),
        "tests/walks/test_random_walk.py::test_1": Cost(30.0, 40.0),
        "tests/walks/test_planted_bugs.py::test_1": Cost(1.0, 2.0),
    }
    lines = cost_table.table(costs, [4.0, 6.0])
    assert "| in a browser | 1 | 2 | 2.00 |" in lines
    assert "| without a browser | 2 | 1 | 0.50 |" in lines
    assert "| random walk | 1 | 30 | 30.00 |" in lines
    assert "| starting and collecting, 2 workers | | 10 | 5.0 |" in lines
    assert lines[-1] == "| all | 5 | 44 | |"


def test_long_tests_have_a_line_of_their_own_and_others_one_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cost_table, "DURATIONS", tmp_path / "durations.txt")
    cost_table.write_durations({f"a.py::test_{wall}": Cost(0, wall) for wall in (1.0, 2.0, 9.0)})
    assert (tmp_path / "durations.txt").read_text().splitlines()[-2:] == ["1.50 a.py", "9.00 a.py::test_9.0"]


def test_the_table_takes_the_place_of_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("Before\n" + cost_table.MARKS[0] + "old\n" + cost_table.MARKS[1] + "After\n")
    monkeypatch.setattr(cost_table, "README", readme)
    for line in ("first", "second"):
        cost_table.write_table([line])
    assert readme.read_text() == f"Before\n{cost_table.MARKS[0]}\nsecond\n\n{cost_table.MARKS[1]}After\n"


def test_the_table_has_its_place() -> None:
    assert all(cost_table.README.read_text().count(mark) == 1 for mark in cost_table.MARKS)


def test_what_collection_made_is_no_garbage_to_look_through() -> None:
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold()[0] >= garbage.THRESHOLD
