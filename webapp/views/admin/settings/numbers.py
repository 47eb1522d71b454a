"""Whole numbers, as people type them into a form."""

FIGURES = 6
"""More than that is no number that anybody typed on purpose."""


def whole_number(text: str) -> int | None:
    """The number, if it is one: without a sign, a point or figures of another alphabet."""
    text = text.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= FIGURES else None
