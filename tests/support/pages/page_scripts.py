"""Which scripts a page loads, and which it would need: read from pages, templates, scripts and views."""

import ast
import inspect
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from flask import Flask

ROOT = Path(__file__).resolve().parents[3]
TEMPLATES = ROOT / "templates"
ENTRIES = ROOT / "static/js/entries"
SCRIPT = re.compile(r'<script type="module" src="/static/[0-9a-f]+/([^"]+)"')
ENTRIES_SET = re.compile(r"{% set entries = (?:entries if entries is defined else )?(\[.*?\]) %}")
ELEMENT = re.compile(r"<([a-z]+(?:-[a-z]+)+)")
TEMPLATE = re.compile(r"[\"']([\w/-]+\.html)[\"']")
OF_MACROS = {
    "copy(": "copy-button",
    "copyable=": "copy-button",
    "kit_input(": "kit-input",
    "password_field(": "reveal-field",
}
"""What writes an element that doesn’t stand in the template itself."""
HTMX_ADDRESS = re.compile(r"hx-(?:get|post)(?:\"|')?\s*[:=]\s*\"?(?:{{ )?(?:url_for\(\"([\w.]+)\"|(/[\w/.-]+))")


def scripts_of(page: str) -> list[str]:
    """The files under static/ that a page runs."""
    return SCRIPT.findall(page)


@cache
def text_of(template: str) -> str:
    """Without its comments."""
    return re.sub(r"{#.*?#}", "", (TEMPLATES / template).read_text(), flags=re.S)


def pages() -> list[str]:
    """The templates of whole pages that run scripts of ours."""
    names = (path.relative_to(TEMPLATES).as_posix() for path in sorted(TEMPLATES.rglob("*.html")))
    return [
        name for name in names if "{% extends" in text_of(name) and not name.startswith(("layouts/", "shared/errors"))
    ]


def layout_of(template: str) -> str:
    """The layout that a page extends."""
    extended = re.search(r'{% extends "(.+?)" %}', text_of(template))
    assert extended, template
    return extended[1]


def entries_of(page: str) -> list[str]:
    """As the page’s template sets them, or else its layout, or else the layout of that one."""
    found = ENTRIES_SET.search(text_of(page))
    return ast.literal_eval(found[1]) if found else entries_of(layout_of(page))


def elements_defined_by(entry: str) -> set[str]:
    """The custom elements of a file of static/js/entries."""
    imported = re.findall(r"^import '\.\./(\w+/elements/[\w-]+\.js)';$", (ENTRIES / f"{entry}.js").read_text(), re.M)
    return {name for path in imported for name in defined_in(ROOT / "static/js" / path)}


def defined_in(script: Path) -> set[str]:
    """The custom elements that this file itself defines."""
    return set(re.findall(r"customElements\.define\('([a-z-]+)'", script.read_text()))


def elements_used_by(page: str, app: Flask) -> dict[str, str]:
    """Each custom element of the page, and of what htmx swaps into it, with the template that has it."""
    used: dict[str, str] = {}
    for template in within(page, app):
        text = text_of(template)
        names = set(ELEMENT.findall(text)) | {name for call, name in OF_MACROS.items() if call in text}
        used |= dict.fromkeys(names, template)
    if "{% block vault_keys %}" in text_of(page):
        for name in ("vault-keys", "session-watch"):
            used.pop(name, None)  # the page has put something else there
        used |= dict.fromkeys(ELEMENT.findall(text_of(page)), page)
    return used


def within(page: str, app: Flask) -> set[str]:
    """The templates that a page consists of, then those of what it fetches, and so on; no macros."""
    found: set[str] = set()
    left = [page]
    while left:
        template = left.pop()
        if template in found or template.startswith("shared/macros"):
            continue
        found.add(template)
        text = text_of(template)
        left += [name for name in TEMPLATE.findall(text) if (TEMPLATES / name).is_file()]
        left += [fragment for endpoint in fetched(text, app) for fragment in fragments_of(endpoint, app)]
    return found


def fetched(text: str, app: Flask) -> Iterator[str]:
    """The endpoints that htmx asks from a template."""
    for endpoint, path in HTMX_ADDRESS.findall(text):
        if endpoint:
            yield endpoint
        else:
            yield from (rule.endpoint for rule in app.url_map.iter_rules() if rule.rule == path)


def fragments_of(endpoint: str, app: Flask) -> set[str]:
    """What a view renders that is no page: by itself, or by functions of its module that it names."""
    view = app.view_functions.get(endpoint)
    if view is None:
        return set()
    functions = functions_of(Path(inspect.unwrap(view).__code__.co_filename))
    called, left = set(), [inspect.unwrap(view).__name__]
    while left:
        function = left.pop()
        if function in functions and function not in called:
            called.add(function)
            left += {node.id for node in ast.walk(functions[function]) if isinstance(node, ast.Name)}
    texts = [ast.unparse(functions[function]) for function in called]
    names = {name for text in texts for name in TEMPLATE.findall(text) if (TEMPLATES / name).is_file()}
    return {name for name in names if name.split("/")[-1].startswith("_")}


@cache
def functions_of(module: Path) -> dict[str, ast.FunctionDef]:
    """The functions that stand in a file."""
    return {node.name: node for node in ast.parse(module.read_text()).body if isinstance(node, ast.FunctionDef)}
