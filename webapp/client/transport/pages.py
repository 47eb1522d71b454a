"""The little that a device without a screen has to read in HTML: the attributes of elements."""

from html.parser import HTMLParser

from webapp.client.errors import Malformed

Attributes = dict[str, str]


class Page(HTMLParser):
    """A page as a list of elements, each its attributes."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text
        self.elements: list[Attributes] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the element."""
        self.elements.append({name: value or "" for name, value in attrs})

    def all(self, name: str) -> list[Attributes]:
        """Every element that has this attribute, in the page's order."""
        return [element for element in self.elements if name in element]

    def value(self, name: str) -> str:
        """This attribute of the first element that has it; raises Malformed where none has."""
        for element in self.all(name):
            return element[name]
        raise Malformed(f"the page names no {name}")
