"""In which order tests run: the longest first, so that no worker is left with a long one while the others wait.

`TESTS=quick` takes what has no browser and takes no time, `TESTS=slow` all the rest. `ORDER=random make test` draws
another order and says its number in the first lines and the last; `ORDER=<number>` draws the same order again, and
`ORDER=file` keeps the one in which tests stand in their files.
"""

import os
import random
import secrets

import pytest

from tests.support.run.cost_table import DURATIONS, is_in_a_browser

QUICK = 0.5
"""Seconds up to which a test is quick."""
IN_A_BROWSER, ELSEWHERE = 4.0, 0.1
"""What is assumed of a file that was not measured yet."""
NUMBER = pytest.StashKey[str]()


def pytest_configure(config: pytest.Config) -> None:
    """Draw the number where all workers can learn it."""
    asked = os.environ.get("ORDER", "")
    if asked not in ("", "file", "random") and not asked.isdecimal():
        raise pytest.UsageError("ORDER is random, file, or the number of an order that was random")
    given = getattr(config, "workerinput", {}).get("order", asked)
    config.stash[NUMBER] = str(secrets.randbelow(10**6)) if given == "random" else given


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """What pytest-xdist calls for each worker before it starts: all of them need one and the same order."""
    node.workerinput["order"] = node.config.stash[NUMBER]  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put all that was selected in order."""
    _select(config, items, os.environ.get("TESTS", ""))
    number = config.stash[NUMBER]
    if number.isdecimal():
        random.Random(int(number)).shuffle(items)
    elif not number:
        known = durations()
        items.sort(key=lambda item: -expected(item, known))


def _select(config: pytest.Config, items: list[pytest.Item], speed: str) -> None:
    if speed in ("quick", "slow"):
        known = durations()
        kinds: tuple[list[pytest.Item], list[pytest.Item]] = ([], [])
        for item in items:
            kinds[is_quick(item, known)].append(item)
        items[:] = kinds[speed == "quick"]
        config.hook.pytest_deselected(items=kinds[speed == "slow"])
    elif speed:
        raise pytest.UsageError("TESTS is quick or slow")


def is_quick(item: pytest.Item, known: dict[str, float]) -> bool:
    """Whether a test is for those who wait."""
    return not is_in_a_browser(item) and expected(item, known) <= QUICK


def pytest_report_header(config: pytest.Config) -> str | None:
    """The number, should the run be broken off."""
    return _told(config)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """The number, beside what failed."""
    told = _told(terminalreporter.config)
    if told:
        terminalreporter.write_line(told)


def _told(config: pytest.Config) -> str | None:
    number = config.stash[NUMBER]
    return f"Tests in random order; ORDER={number} runs them in this one again." if number.isdecimal() else None


def durations() -> dict[str, float]:
    """What `make test-costs` measured: seconds of the longest tests, and of a test of each file on average."""
    if not DURATIONS.exists():
        return {}
    pairs = (line.split(maxsplit=1) for line in DURATIONS.read_text().splitlines() if not line.startswith("#"))
    return {name: float(seconds) for seconds, name in pairs}


def expected(item: pytest.Item, known: dict[str, float]) -> float:
    """About how long a test takes."""
    assumed = IN_A_BROWSER if is_in_a_browser(item) else ELSEWHERE
    return known.get(item.nodeid, known.get(item.nodeid.split("::")[0], assumed))
