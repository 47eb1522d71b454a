"""What was measured of tests, put together: by kind for people, by file for the order of the next run."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

DURATIONS = Path(__file__).resolve().parents[2] / "durations.txt"
IN_A_BROWSER = "in_a_browser"
"""The mark of every test that has a browser."""
SPENT, LOOK, FOUND = "seconds of processor", "look", "found"
"""Of the properties in reports, and in JUnit’s XML."""
WALKS = {"tests/walks/test_random_walk.py": "random walk", "tests/walks/": "planted bugs, known ways"}
OTHERS = ("in a browser", "without a browser")
README, MARKS = DURATIONS.with_name("README.md"), ("<!-- measured -->\n", "<!-- by make test-costs -->\n")
"""Where the table stands for people, and between which lines."""
LONG = 5.0
"""Seconds from which a test has a line of its own."""
HEAD = """# Seconds that tests take, by which the longest come first: the long ones, then the average of each file.
# Measured by `make test-costs`; where a line is missing, or wrong, the cores wait a little at the end, and no more.
"""


@dataclass
class Cost:
    """Of one test: seconds of processor, and of the clock on the wall."""

    processor: float = 0.0
    wall: float = 0.0
    in_a_browser: bool = False


def is_in_a_browser(item: pytest.Item) -> bool:
    """Whether a test has a browser, by a fixture that all that open one lean on."""
    return "browser_type_launch_args" in getattr(item, "fixturenames", ())


def kind_of(nodeid: str, cost: Cost) -> str:
    """The row of the table that a test belongs to."""
    walk = next((kind for path, kind in WALKS.items() if nodeid.startswith(path)), "")
    return walk or OTHERS[not cost.in_a_browser]


def table(costs: Mapping[str, Cost], collecting: Sequence[float]) -> list[str]:
    """How many tests of which kind took how much; it can stand in a document as it is."""
    rows: dict[str, list[Cost]] = defaultdict(list)
    for nodeid, cost in costs.items():
        rows[kind_of(nodeid, cost)].append(cost)
    lines = ["| kind | tests | seconds of processor | for each |", "|---|--:|--:|--:|"]
    for kind in (*OTHERS, *WALKS.values()):
        if found := rows[kind]:
            spent = sum(cost.processor for cost in found)
            lines.append(f"| {kind} | {len(found):,} | {spent:,.0f} | {spent / len(found):.2f} |")
    if collecting:
        count, spent = len(collecting), sum(collecting)
        lines.append(f"| starting and collecting, {count} workers | | {spent:,.0f} | {spent / count:.1f} |")
    total = sum(cost.processor for cost in costs.values()) + sum(collecting)
    return [*lines, f"| all | {len(costs):,} | {total:,.0f} | |"]


def counted(looks: Sequence[str]) -> str:
    """How often axe looked at how many screens, and by which rules."""
    screens = {look.split(",")[0] for look in looks}
    rules = Counter(look.rpartition(": ")[2] for look in looks)
    return f"axe: {len(screens)} screens, {len(looks)} looks; " + "; ".join(f"{n} {kind}" for kind, n in rules.items())


def write_durations(costs: Mapping[str, Cost]) -> None:
    """For the order of the next run."""
    files: dict[str, list[float]] = defaultdict(list)
    known = {}
    for nodeid, cost in costs.items():
        path = nodeid.split("::")[0]
        if cost.wall >= LONG:
            known[nodeid] = cost.wall
        else:
            files[path].append(cost.wall)
    known |= {path: sum(walls) / len(walls) for path, walls in files.items()}
    lines = (f"{known[name]:.2f} {name}\n" for name in sorted(known))
    DURATIONS.write_text(HEAD + "".join(lines))


def write_table(lines: Sequence[str]) -> None:
    """For people."""
    before, _, rest = README.read_text().partition(MARKS[0])
    README.write_text(before + MARKS[0] + "\n" + "\n".join(lines) + "\n\n" + MARKS[1] + rest.partition(MARKS[1])[2])


def counted_bugs(found: Sequence[str]) -> str:
    """How many planted bugs were found, after how many looks of the laws at everything."""
    return f"planted bugs: {len(found)} found after {sum(int(one.split()[1]) for one in found):,} judgements"
