"""What of a form was edited. A form sends beside each field what it showed at first, so that saving one field doesn’t
write the others back over what somebody else has changed meanwhile."""

from collections.abc import Mapping

from flask import request


def shown(names: Mapping[str, object]) -> dict[str, str]:
    """By field, what the form showed at first; without those of which the form doesn’t say it."""
    return {name: request.form[f"shown_{name}"] for name in names if f"shown_{name}" in request.form}


def untouched(typed: Mapping[str, str]) -> set[str]:
    """The fields that still read as the form showed them, but for spaces and line breaks, which an input changes."""
    before = shown(typed)
    return {name for name, text in typed.items() if name in before and before[name].split() == text.split()}
