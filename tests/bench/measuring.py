"""Measuring one thing against another in the same run, turn by turn, so that a busy machine slows both alike."""

import platform
import sqlite3
import statistics
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

IN_TURNS = """async (works, rounds) => {
  const taken = Object.fromEntries(Object.keys(works).map((name) => [name, []]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const [name, work] of Object.entries(works)) {
      const begun = performance.now();
      await work();
      if (round) taken[name].push(performance.now() - begun);
    }
  }
  const median = (times) => times.sort((a, b) => a - b)[times.length >> 1];
  return Object.fromEntries(Object.entries(taken).map(([name, times]) => [name, median(times)]));
}"""
"""`turn_by_turn` for a page."""
PACKAGES = ("flask", "granian", "sqlalchemy", "psycopg", "cryptography", "pyrage")


@dataclass(frozen=True)
class Ratio:
    """How much something costs, in units of what it was measured against."""

    what: str
    against: str
    cost: float
    cost_against: float
    unit: str

    @property
    def row(self) -> str:
        """For a Markdown table."""
        figures = f"{shown(self.cost)} {self.unit} | {shown(self.cost_against)} {self.unit}"
        return f"| {self.what} | {self.against} | **{self.cost / self.cost_against:.2f}** | {figures} |"


def shown(number: float) -> str:
    """Three significant figures, no exponent."""
    return f"{number:.0f}" if number >= 100 else f"{number:.3g}"


def turn_by_turn(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The median of each work’s milliseconds, after one turn that doesn’t count."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for number in range(rounds + 1):
        for name, work in works.items():
            begun = time.perf_counter()
            work()
            if number:
                taken[name].append((time.perf_counter() - begun) * 1000)
    return {name: statistics.median(times) for name, times in taken.items()}


def processor_time(processes: list[int]) -> float:
    """Microseconds that all threads of these processes have run; 0 where the system doesn’t tell (not Linux)."""
    nanoseconds = 0
    for process in processes:
        for task in Path(f"/proc/{process}/task").glob("*/schedstat"):
            with suppress(OSError):
                nanoseconds += int(task.read_text().split()[0])
    return nanoseconds / 1000


def resident(process: int | str) -> float:
    """Megabytes of memory that a process holds; 0 where the system doesn’t tell."""
    with suppress(OSError):
        for line in Path(f"/proc/{process}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) / 1024
    return 0


def machine() -> str:
    """What this was measured on."""
    processor = platform.machine()
    with suppress(OSError, StopIteration):
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next(line for line in lines if line.startswith("model name")).partition(":")[2].strip()
        processor = f"{len([line for line in lines if line.startswith('processor')])} × {processor}"
    return f"{processor}, {platform.system()} {platform.release()}"


def versions() -> str:
    """Of what takes part."""
    packages = [f"{name} {version(name)}" for name in PACKAGES]
    return ", ".join([f"Python {platform.python_version()}", f"SQLite {sqlite3.sqlite_version}", *packages])
