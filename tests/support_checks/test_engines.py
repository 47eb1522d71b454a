"""The table of journeys in engines: which cell says what, and that no journey leaves an engine out."""

import ast
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from tests.support.engines.engines import Engine
from tests.support.engines.table import ENGINE, SAYS, Table, journey

ENGINES = Path(__file__).parents[1] / "engines"
KIT = "tests/engines/test_recovery.py::test_a_kit_opens_the_vault"


def told(table: Table, test: str, engine: str, outcome: str = "passed", **more: str) -> None:
    """What pytest reports of a test, in its three parts."""
    for when in ("setup", "call", "teardown"):
        result = outcome if when == "call" else "passed"
        report = pytest.TestReport(
            f"{test}[{engine}]",
            ("", None, ""),
            {},
            result,  # type: ignore[arg-type]
            None,
            when,
            duration=1.0,
            user_properties=[(ENGINE, engine), *more.items()],
        )
        table.pytest_runtest_logreport(report)


def cells(table: Table) -> dict[str, list[str]]:
    rows = [line.strip("| ").split("|") for line in table.lines() if line.startswith("| ")]
    return {row[0].strip(): [cell.strip() for cell in row[1:]] for row in rows}


def test_each_cell_says_how_long_it_took_that_it_failed_or_that_it_never_ran() -> None:
    table = Table()
    told(table, KIT, "chromium")
    told(table, KIT, "firefox", "failed")
    assert cells(table) == {
        "journey": ["chromium", "firefox", "webkit"],
        "A kit opens the vault": ["3 s", "FAILED", "NOT RUN"],
    }
    told(table, KIT, "webkit", "skipped")
    assert cells(table)["A kit opens the vault"] == ["3 s", "FAILED", "SKIPPED"]


def test_a_cell_of_several_tests_adds_up_and_one_failure_is_seen() -> None:
    table = Table()
    told(table, KIT, "webkit")
    told(table, KIT, "webkit")
    assert cells(table)["A kit opens the vault"] == ["NOT RUN", "NOT RUN", "6 s"]
    told(table, KIT, "webkit", "failed")
    told(table, KIT, "webkit")
    assert cells(table)["A kit opens the vault"] == ["NOT RUN", "NOT RUN", "FAILED"]


def test_what_the_page_says_of_what_an_engine_cant_do_stands_below() -> None:
    table = Table()
    for engine in ("firefox", "webkit"):
        told(table, KIT, engine, **{SAYS: "This browser can’t."})
    assert cells(table)["A kit opens the vault"] == ["NOT RUN", "3 s (1)", "3 s (1)"]
    assert table.lines()[-1] == "(1) says: This browser can’t."


def test_a_journey_is_named_as_a_sentence() -> None:
    assert journey(f"{KIT}[firefox]") == "A kit opens the vault"


def test_every_journey_is_about_a_visitor_who_sits_in_front_of_each_engine() -> None:
    tests = [
        node
        for path in ENGINES.glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_")
    ]
    assert len(tests) > 10
    assert [test.name for test in tests if "visitor" not in {arg.arg for arg in test.args.args}] == []


@pytest.mark.parametrize(
    ("programs", "said"),
    [
        (("/usr/bin/gecko", "/usr/bin/driver"), ""),
        (("/usr/bin/gecko", None), "no gecko to drive; on Debian: apt install gecko-driver"),
    ],
)
def test_an_engine_that_isnt_here_says_which_packages_are_missing(programs: tuple[str | None, ...], said: str) -> None:
    def begin(*_: object) -> WebDriver:
        pytest.fail("it was started")

    assert Engine("gecko", "gecko-driver", lambda: programs, begin).missing == said
