"""The order of tests: the longest first, or one that was drawn and can be drawn again."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.support.run import order
from tests.support.servers.processes import ROOT


def item(nodeid: str, *fixtures: str) -> pytest.Item:
    return cast(pytest.Item, SimpleNamespace(nodeid=nodeid, fixturenames=fixtures))


def arranged(number: str, items: list[pytest.Item]) -> list[str]:
    config: Any = SimpleNamespace(stash={order.NUMBER: number})
    ordered = list(items)
    order.pytest_collection_modifyitems(config, ordered)
    return [one.nodeid for one in ordered]


@pytest.fixture
def items(monkeypatch: pytest.MonkeyPatch) -> list[pytest.Item]:
    monkeypatch.delenv("TESTS", raising=False)
    monkeypatch.setattr(order, "durations", lambda: {"a.py": 0.5, "b.py": 2.0, "b.py::test_slow": 30.0})
    return [
        *(item("a.py::test_1"), item("a.py::test_2"), item("b.py::test_1"), item("b.py::test_slow")),
        *(item("new.py::test_1"), item("new.py::test_page", "page", "browser_type_launch_args")),
    ]


def test_the_longest_come_first_and_what_was_never_measured_has_its_place(items: list[pytest.Item]) -> None:
    told = ["b.py::test_slow", "new.py::test_page", "b.py::test_1", "a.py::test_1", "a.py::test_2", "new.py::test_1"]
    assert arranged("", items) == told


def test_a_number_draws_the_same_order_again_and_another_number_another(items: list[pytest.Item]) -> None:
    many = [item(f"a.py::test_{number}") for number in range(100)]
    assert arranged("77", many) == arranged("77", many)
    assert sorted(arranged("77", many)) == sorted(one.nodeid for one in many)
    assert arranged("77", many) != arranged("78", many)


def test_tests_can_stay_as_they_stand_in_their_files(items: list[pytest.Item]) -> None:
    assert arranged("file", items) == [one.nodeid for one in items]


@pytest.mark.parametrize("given", ["random", "12"])
def test_a_worker_is_told_the_number_that_was_drawn(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDER", given)
    main, worker = (cast(Any, SimpleNamespace(stash={})) for _ in range(2))
    order.pytest_configure(main)
    node = SimpleNamespace(config=main, workerinput={})
    order.pytest_configure_node(node)
    worker.workerinput = node.workerinput
    order.pytest_configure(worker)
    assert worker.stash == main.stash
    assert main.stash[order.NUMBER].isdecimal()
    assert f"ORDER={main.stash[order.NUMBER]} " in str(order.pytest_report_header(main))


def taken(speed: str, items: list[pytest.Item]) -> list[str]:
    left: list[pytest.Item] = []
    config: Any = SimpleNamespace(hook=SimpleNamespace(pytest_deselected=lambda items: left.extend(items)))
    chosen = list(items)
    order._select(config, chosen, speed)
    assert len(chosen) + len(left) == len(items)
    return [one.nodeid for one in chosen]


def test_what_is_quick_has_no_browser_and_no_long_way_to_go_and_the_rest_is_slow(items: list[pytest.Item]) -> None:
    assert taken("quick", items) == ["a.py::test_1", "a.py::test_2", "new.py::test_1"]
    assert taken("slow", items) == ["b.py::test_1", "b.py::test_slow", "new.py::test_page"]


def test_a_speed_that_is_none_is_refused(items: list[pytest.Item]) -> None:
    with pytest.raises(pytest.UsageError, match="TESTS is"):
        taken("fast", items)


def test_an_order_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORDER", "slowest")
    with pytest.raises(pytest.UsageError, match="ORDER is"):
        order.pytest_configure(cast(Any, SimpleNamespace(stash={})))


def test_every_line_of_the_table_names_a_file_that_is_there() -> None:
    gone = {name for name in order.durations() if not (ROOT / name.split("::")[0]).exists()}
    assert gone == set()
