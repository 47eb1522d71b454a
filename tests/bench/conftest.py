"""Collects the ratios of one run, prints them, and writes RESULTS.md once every part has been measured."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.bench.measuring import Ratio, machine, versions

RESULTS = Path(__file__).parent / "RESULTS.md"
PARTS = (
    "First load",
    "Waiting for an approval",
    "Slow visitors",
    "The Admin Portal",
    "A vault of 10,000 items",
    "Unlocking",
    "Recording what happened",
    "Starting",
    "Memory",
)
ABOUT = """# How fast it is

Written by `make bench`. Each line is measured against something of the same run, on the same machine, turn by turn:
**read the ratios**; the figures behind them are this machine’s, with whatever else ran on it. Loopback, without TLS.
"""


class Results:
    """The ratios so far, by part."""

    def __init__(self) -> None:
        self.parts: dict[str, list[Ratio]] = {}
        self.notes: dict[str, list[str]] = {}
        self.browser = ""
        self.load = os.getloadavg()[0]

    def add(self, part: str, *ratios: Ratio, note: str = "") -> None:
        """Keep them."""
        self.parts.setdefault(part, []).extend(ratios)
        if note and note not in self.notes.setdefault(part, []):
            self.notes[part].append(note)

    @property
    def text(self) -> str:
        """As Markdown."""
        lines = [ABOUT, f"- {datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load average {self.load:.1f} at the start"]
        lines += [f"- {machine()}", f"- {versions()}, {self.browser or 'no browser'}"]
        for part in PARTS:
            lines += [f"\n## {part}\n", "| | measured against | ratio | | against |", "|---|---|---|---|---|"]
            lines += [ratio.row for ratio in self.parts.get(part, [])]
            lines += [f"\n{note}" for note in self.notes.get(part, [])]
        return "\n".join(lines) + "\n"


@pytest.fixture(scope="session")
def results() -> Iterator[Results]:
    """Shared by all of tests/bench."""
    results = Results()
    yield results
    print(f"\n{results.text}")  # noqa: T201
    if set(PARTS) <= results.parts.keys():
        RESULTS.write_text(results.text)
