"""The table of journeys and engines at the end of a run: which journey ran in which engine, and how long it took."""

from collections import defaultdict

import pytest

from tests.support.engines.engines import ENGINES

ENGINE, SAYS = "engine", "says"
"""Of the properties in reports: in which engine it ran, and what it says of something that it can’t do."""


class Table:
    """In the main process: what all tests in engines came to."""

    def __init__(self) -> None:
        self._cells: dict[str, dict[str, str]] = defaultdict(dict)
        self._seconds: dict[tuple[str, str], float] = defaultdict(float)
        self._said: list[str] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Of each part of a test. A journey may have several; where one of them failed, it did."""
        told = dict(report.user_properties)
        if ENGINE not in told:
            return
        title, engine = journey(report.nodeid), str(told[ENGINE])
        self._seconds[title, engine] += report.duration
        cells = self._cells[title]
        if not report.passed:
            cells[engine] = report.outcome.upper()
        elif report.when == "teardown" and not cells.get(engine, "").isupper():
            cells[engine] = f"{self._seconds[title, engine]:.0f} s{self._remark(told.get(SAYS))}"

    def _remark(self, said: object) -> str:
        if not said:
            return ""
        if str(said) not in self._said:
            self._said.append(str(said))
        return f" ({self._said.index(str(said)) + 1})"

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Where anything ran in an engine."""
        if not self._cells:
            return
        terminalreporter.section("journeys in engines")
        for line in self.lines():
            terminalreporter.write_line(line)

    def lines(self) -> list[str]:
        """Of the table, and below it what pages said."""
        width = max(map(len, self._cells))
        names = "".join(f" {name:>12} |" for name in ENGINES)
        lines = [f"| {'journey':<{width}} |{names}", f"|{'-' * (width + 2)}|{('-' * 13 + ':|') * len(ENGINES)}"]
        for title in sorted(self._cells):
            cells = "".join(f" {self._cells[title].get(name, 'NOT RUN'):>12} |" for name in ENGINES)
            lines.append(f"| {title:<{width}} |{cells}")
        return [*lines, *(f"({number}) says: {said}" for number, said in enumerate(self._said, 1))]


def journey(nodeid: str) -> str:
    """The name of the test as a sentence."""
    name = nodeid.rpartition("::")[2].partition("[")[0].removeprefix("test_").replace("_", " ")
    return name[:1].upper() + name[1:]


def pytest_configure(config: pytest.Config) -> None:
    """Workers only report."""
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(Table(), "engines-table")
