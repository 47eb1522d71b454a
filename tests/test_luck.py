"""No test works by luck: none sleeps, reads the clock, draws without a seed, or has a time-out of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
BANNED_CALLS = {
    "a sleep is too short on a busy machine and too long on others": r"\.sleep$|\.wait_for_timeout$",
    "who reads the clock finds another time in each run": r"^(datetime\.)?date(time)?\.(now|utcnow|today)$|^time\.",
    "what is drawn is drawn from a seed": r"^random\.(?!Random\b)",
}
BANNED_WORDS = {
    "networkidle": "half a second without a request says that the machine is slow",
    "setTimeout(": "a time on the page",
}
EXCUSED = {
    ("support/run/patience.py", "time.sleep"): "the pause of the one that looks again and again",
    ("support/run/patience.py", "time.monotonic"): "when it gives up, or has gone on for as long as was asked",
    ("support/run/clock.py", "datetime.now"): "the moment at which time stands still",
    ("support/run/processor.py", "time.process_time"): "what the run cost is told at its end",
    ("support/run/processor.py", "time.perf_counter"): "the same",
    ("walks/test_random_walk.py", "random.SystemRandom"): "make walk asks for a walk that nobody has walked yet",
    ("walks/test_random_walk.py", "random.SystemRandom().getrandbits"): "the same",
    (
        "support/servers/slow_line.py",
        "asyncio.sleep",
    ): "a line for measurements that is slow on purpose; tests only see what arrives",
    ("support/servers/slow_line.py", "time.monotonic"): "the same",
    ("support/servers/certificates.py", "datetime.datetime.now"): "certificates are good by the clock of the system",
    ("browser/modules/conftest.py", "setTimeout("): "gives a page up that never answers, after long patience",
}


def modules() -> Iterator[Path]:
    """All but this one, and those that measure time."""
    for path in sorted(TESTS.rglob("*.py")):
        if "bench" not in path.parts and path != Path(__file__):
            yield path


def luck(source: str) -> Iterator[str]:
    """What in it works by luck: calls, words in strings, and time-outs written down where they stand."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from (word for word in BANNED_WORDS if word in node.value)
        elif isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if any(re.search(banned, called) for banned in BANNED_CALLS.values()):
                yield called
            yield from (f"{called}({ast.unparse(limit)})" for limit in limits(node, called) if is_number(limit))


def limits(call: ast.Call, called: str) -> list[ast.expr]:
    """How long the call waits."""
    by_name = [word.value for word in call.keywords if word.arg and word.arg.endswith("timeout")]
    return by_name + (call.args if re.search(r"\.(join|wait)$", called) else [])


def is_number(value: ast.expr) -> bool:
    """One that stands there, or a sum of such; nobody is late for 0."""
    if isinstance(value, ast.BinOp):
        return is_number(value.left) and is_number(value.right)
    return isinstance(value, ast.Constant) and isinstance(value.value, int | float) and value.value != 0


def test_no_test_depends_on_how_busy_the_machine_is() -> None:
    found = {(path.relative_to(TESTS).as_posix(), what) for path in modules() for what in luck(path.read_text())}
    assert found - EXCUSED.keys() == set(), "wait for a state; how long, tests/support/run/patience.py says"
    assert EXCUSED.keys() - found == set(), "there is nothing to be excused any more"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("time.sleep(1)", "time.sleep"),
        ("page.wait_for_timeout(3000)", "page.wait_for_timeout"),
        ("thread.join(30)", "thread.join(30)"),
        ("expect(page).to_be_visible(timeout=2 * 1000)", "expect(page).to_be_visible(2 * 1000)"),
        ("connect(url, connect_timeout=2)", "connect(2)"),
        ("began = datetime.datetime.now(UTC)", "datetime.datetime.now"),
        ("end = time.perf_counter()", "time.perf_counter"),
        ("random.choice(names)", "random.choice"),
        ("page.wait_for_load_state('networkidle')", "networkidle"),
        ("page.evaluate('setTimeout(go, 100)')", "setTimeout("),
    ],
)
def test_luck_is_noticed(line: str, told: str) -> None:
    assert list(luck(line)) == [told]


@pytest.mark.parametrize(
    "line",
    [
        "thread.join()",
        "recovery.wait(0)",
        "', '.join(names)",
        "process.wait(timeout=patience.HUNG)",
        "random.Random(7).shuffle(items)",
        "datetime.fromtimestamp(0, UTC)",
        "made = now()",
    ],
)
def test_what_is_no_luck_is_left_alone(line: str) -> None:
    assert list(luck(line)) == []
