"""The macros that make fields, as a browser reads what they make."""

from html.parser import HTMLParser

import pytest
from flask import Flask, get_template_attribute

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
