"""What could not run is counted, explained in the last line, and a failure where STRICT=1 says everything is here."""

import os
from collections import Counter
from collections.abc import Generator

import pytest

STRICT = os.environ.get("STRICT") == "1"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Under STRICT=1 a skipped test has failed, with the reason for skipping as its message."""
    report = yield
    if STRICT and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"Skipped, and STRICT=1 allows no skip: {_reason(report)}"
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    """The same for a whole module that skips itself."""
    report = yield
    if STRICT and report.skipped:
        report.outcome = "failed"
        report.longrepr = f"Skipped, and STRICT=1 allows no skip: {_reason(report)}"
    return report


def pytest_unconfigure(config: pytest.Config) -> None:
    """After pytest's own closing line: what was not run and how to add it."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None or hasattr(config, "workerinput"):
        return
    reasons = Counter(_reason(report) for report in reporter.stats.get("skipped", []))
    if reasons:
        told = "; ".join(f"{count} {'test' if count == 1 else 'tests'}: {reason}" for reason, count in reasons.items())
        reporter.write_line(f"Not run: {told}")


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return reason.removeprefix("Skipped: ")
