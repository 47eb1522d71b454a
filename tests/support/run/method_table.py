"""The table reason × way that a test run prints: what became of each reason by each way back."""

from collections.abc import Callable

import pytest

WAYS = ("Pair With Device", "Local Backup", "Cloud Backup", "Recovery Kit", "Create New Account")
RESTORES = "restores"
"""What a cell says in the end, if any test of it went so far; others see to the steps before."""
KEY = "way back"


@pytest.fixture
def note_way(record_property: Callable[[str, object], None]) -> Callable[[str, str, str], None]:
    """Write down a cell: the reason, the way, and `restores` or the sentence with which the way refuses."""

    def note(reason: str, way: str, outcome: str) -> None:
        assert way in WAYS
        record_property(KEY, [reason, way, " ".join(outcome.split())])

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what passing tests wrote down, one line a reason and way."""
    cells: dict[str, dict[str, str]] = {}
    for report in terminalreporter.stats.get("passed", []):
        for name, value in getattr(report, "user_properties", []):
            if name == KEY:
                reason, way, outcome = value
                row = cells.setdefault(reason, {})
                row[way] = RESTORES if row.get(way) == RESTORES else outcome
    if not cells:
        return
    terminalreporter.write_sep("-", "reason × way")
    for reason in sorted(cells):
        terminalreporter.write_line(reason)
        for way in WAYS:
            terminalreporter.write_line(f"    {way:<18} {cells[reason].get(way, 'not tried')}")
