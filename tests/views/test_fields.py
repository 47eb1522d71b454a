"""The macros that make fields, as a browser reads what they make."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from flask import Flask, get_template_attribute

from webapp.client.device.pins import weakness

AUTOCOMPLETE = {"autocomplete": "one-time-code"}


class Attributes(HTMLParser):
    """The names of the attributes of each element, as often as they stand there."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[list[str]] = []
        self.values: dict[str, str | None] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append([name for name, _ in attrs])
        if tag == "input":
            self.values = dict(reversed(attrs))  # the first one counts


def made(app: Flask, macro: str, attrs: dict[str, str]) -> Attributes:
    with app.test_request_context():
        return Attributes(str(get_template_attribute("shared/macros/fields.html", macro)("code", "Code", attrs=attrs)))


@pytest.mark.parametrize("macro", ["field", "code_field", "file_field"])
def test_no_field_says_anything_twice(app: Flask, macro: str) -> None:
    for names in made(app, macro, AUTOCOMPLETE).found:
        assert len(names) == len(set(names)), names


def test_a_field_for_a_code_lets_the_phone_fill_it_in_where_it_may(app: Flask) -> None:
    assert made(app, "code_field", AUTOCOMPLETE).values["autocomplete"] == "one-time-code"
    assert made(app, "code_field", {}).values["autocomplete"] == "off"


def test_the_hint_of_a_new_pin_names_pins_that_are_refused(app: Flask) -> None:
    with app.test_request_context():
        hint = str(get_template_attribute("shared/macros/fields.html", "PIN_RULES"))
    assert [weakness(pin) for pin in re.findall(r"\d{6,}", hint)] == ["pin_runs", "pin_repeats"]


def test_each_new_pin_is_asked_for_with_that_hint(app: Flask) -> None:
    templates = [path.read_text() for path in Path(app.root_path, str(app.template_folder)).rglob("*.html")]
    fields = [line for text in templates for line in text.splitlines() if "m.pin_field(" in line and "new=true" in line]
    hints = ["m.PIN_RULES" in line for line in fields if "once more" not in line]
    assert len(hints) > 4
    assert all(hints)
