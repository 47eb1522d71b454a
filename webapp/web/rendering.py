"""Templates filled from contexts. A context is a frozen dataclass; the head of its template names it."""

from dataclasses import dataclass, fields

from flask import render_template


@dataclass(frozen=True, kw_only=True)
class Context:
    """What a template gets: each field by its name."""


def render(template: str, *contexts: Context) -> str:
    """The template, filled with the fields of all the contexts. No two of them have a field in common."""
    filled = {field.name: getattr(context, field.name) for context in contexts for field in fields(context)}
    return render_template(template, **filled)
