"""What of an item was edited, as a value: the rest, known or not, is what it was."""

from typing import Any

from tests.browser.modules.conftest import Modules

ITEM = {"title": " Lamp ", "password": "a\r\nb", "notes": "one\r\ntwo\rthree", "from a later version": {"codes": [1]}}
SHOWN = {"title": " Lamp ", "password": "a\nb", "notes": "one\ntwo\nthree"}


def edited(modules: Modules, **after: str) -> Any:
    return modules("return (await load('vault/item-edits')).changed(item, shown, { ...shown, ...after });",
        item=ITEM, shown=SHOWN, after=after)  # fmt: skip


def test_what_nobody_typed_in_is_untouched(modules: Modules) -> None:
    assert edited(modules) == ITEM
    assert edited(modules, title="Lamp") == {**ITEM, "title": "Lamp"}


def test_an_edited_text_keeps_the_kind_of_line_end_that_all_of_it_had(modules: Modules) -> None:
    assert edited(modules, password="a\nb\nc") == {**ITEM, "password": "a\r\nb\r\nc"}
    assert edited(modules, notes="one\ntwo") == {**ITEM, "notes": "one\ntwo"}
