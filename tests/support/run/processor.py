"""What tests cost, in seconds of processor: how long they take says as much about what else the machine does.

`COSTS=1` prints a table at the end, as `make test` does. `COSTS=write` also puts it into tests/README.md, and renews
tests/durations.txt, by which the longest tests come first; `COSTS=looks` names every look that axe took at a screen,
and every planted bug that was found. What a browser does counts with the next test that has one; a database server of
the machine counts nowhere.
"""

import os
import resource
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.support.run import cost_table
from tests.support.run.cost_table import FOUND, LOOK, SPENT

COSTS = os.environ.get("COSTS", "")
TICKS = os.sysconf("SC_CLK_TCK")


def of_descendants() -> float:
    """Of processes that this one runs, with all that they ran: the driver and the browser. Where /proc tells."""
    parents, used = defaultdict(list), {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has just ended
        parents[fields[1]].append(folder.name)
        used[folder.name] = sum(map(int, fields[11:15])) / TICKS
    return sum(used[one] for one in _below(str(os.getpid()), parents))


def _below(process: str, parents: dict[str, list[str]]) -> Iterator[str]:
    for child in parents.get(process, ()):
        yield child
        yield from _below(child, parents)


class Meter:
    """In every worker: hangs on each test what was spent since the one before it."""

    def __init__(self) -> None:
        self._own, self._others = self._spent(), 0.0

    @staticmethod
    def _spent() -> float:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + ended.ru_utime + ended.ru_stime

    def since(self, *, in_a_browser: bool) -> float:
        """Of this process and of those of its own that are over; of those that run only where a test has some."""
        own, others = self._spent(), of_descendants() if in_a_browser else self._others
        spent = own - self._own + max(others - self._others, 0.0)  # one that ended has moved from here to there
        self._own, self._others = own, others
        return spent

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Iterator[None]:
        """At its very end, before it is reported."""
        yield
        spent = self.since(in_a_browser=cost_table.is_in_a_browser(item))
        item.user_properties.append((SPENT, round(spent, 3)))

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """What came before the first test."""
        output = getattr(session.config, "workeroutput", None)
        if output is not None:
            output["collecting"] = self.since(in_a_browser=False)


class Book:
    """In the main process: what all workers said."""

    def __init__(self) -> None:
        self._costs: dict[str, cost_table.Cost] = defaultdict(cost_table.Cost)
        self._looks: list[str] = []
        self._found: list[str] = []
        self._begun = time.perf_counter()
        self._collecting: list[float] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of a test that is over."""
        cost = self._costs[report.nodeid]
        cost.wall += report.duration
        if report.when == "teardown":
            properties = list(report.user_properties)
            cost.processor = sum(float(str(spent)) for name, spent in properties if name == SPENT)
            cost.in_a_browser = cost_table.IN_A_BROWSER in report.keywords
            self._looks += [str(look) for name, look in properties if name == LOOK]
            self._found += [str(found) for name, found in properties if name == FOUND]

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: object) -> None:
        """Of a worker that is over."""
        self._collecting.append(getattr(node, "workeroutput", {}).get("collecting", 0.0))

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The table."""
        terminalreporter.section("seconds of processor")
        lines = self._lines()
        for line in [*lines, *sorted([*self._looks, *self._found])] if COSTS == "looks" else lines:
            terminalreporter.write_line(line)
        if COSTS == "write":
            cost_table.write_durations(self._costs)
            cost_table.write_table(lines)

    def _lines(self) -> Sequence[str]:
        workers, passed = len(self._collecting) or 1, round(time.perf_counter() - self._begun)
        hands = "worker" if workers == 1 else "workers"
        told = [f"{workers} {hands} on {os.cpu_count()} cores, {passed // 60} min {passed % 60} s."]
        if self._looks:
            told.append(f"{cost_table.counted(self._looks)}.")
        if self._found:
            told.append(f"{cost_table.counted_bugs(self._found)}.")
        return [*cost_table.table(self._costs, self._collecting), "", *told]


def pytest_configure(config: pytest.Config) -> None:
    """Workers measure, the main process adds up; one that has no workers does both."""
    is_worker = hasattr(config, "workerinput")
    if COSTS and (is_worker or not config.getoption("numprocesses", None)):
        config.pluginmanager.register(Meter(), "meter")
    if COSTS and not is_worker:
        config.pluginmanager.register(Book(), "book")
