"""Each template says in its first comment what it gets, and reads nothing else.

`{# needs: asked, poll (none once it is closed), Decision #}`: names, and contexts (`webapp.web.rendering`), whose
fields are names too. What stands in parentheses, and after a dash or a full stop, is for people.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from jinja2 import Environment, meta, nodes

from webapp.web.rendering import Context

TEMPLATES = Path(__file__).resolve().parents[2] / "templates"
OF_EVERY_PAGE = {"current_user", "request", "session", "g", "config"}
OF_A_MAIL = {"user", "organisation", "at", "site", "host"}
"""What `webapp.ops.mail` gives each mail, beside the details of its notice."""


def every_template() -> list[str]:
    return sorted(path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.rglob("*.*"))


def contexts(kind: type[Context] = Context) -> Iterator[type[Context]]:
    for each in kind.__subclasses__():
        yield each
        yield from contexts(each)


def head_of(template: str) -> str:
    found = re.match(r"\{#(.*?)#\}", (TEMPLATES / template).read_text(), re.S)
    return " ".join(found[1].split()) if found else ""


def named(head: str) -> list[str]:
    """What a head announces: the names of values and of contexts."""
    _, _, after = head.partition("needs:")
    while "(" in after:
        shorter = re.sub(r"\([^()]*\)", "", after)
        if shorter == after:
            break
        after = shorter
    pieces = re.split(r"[,;:]", re.split(r"\s[—]\s|\.(?:\s|$)", after)[0])
    return [piece.strip() for piece in pieces if re.fullmatch(r"\w+", piece.strip())]


def announced(head: str) -> set[str]:
    """The same with the fields of contexts in their place."""
    fields = {kind.__name__: set(kind.__dataclass_fields__) for kind in contexts()}
    return {name for each in named(head) for name in fields.get(each, {each})}


def parsed(environment: Environment, template: str) -> nodes.Template:
    return environment.parse((TEMPLATES / template).read_text())


def set_by(tree: nodes.Template) -> set[str]:
    """Names that a template gives itself: what it sets, loops over, imports and defines."""
    found = {node.name for node in tree.find_all(nodes.Name) if node.ctx in ("store", "param")}
    found |= {node.target for node in tree.find_all(nodes.Import)} | {node.name for node in tree.find_all(nodes.Macro)}
    for each in tree.find_all(nodes.FromImport):
        found |= {name if isinstance(name, str) else name[1] for name in each.names}
    return found


def optional_in(tree: nodes.Template) -> set[str]:
    """Names that may be missing: a template asks first whether they are there."""
    asked = [test.node for test in tree.find_all(nodes.Test) if test.name == "defined"]
    asked += [each.node for each in tree.find_all(nodes.Filter) if each.name == "default" and each.node]
    return {node.name for node in asked if isinstance(node, nodes.Name)}


def read_by(environment: Environment, template: str) -> set[str]:
    """Names that a template reads, and what it includes, unless it gives them itself."""
    tree = parsed(environment, template)
    found = meta.find_undeclared_variables(tree)
    for include in tree.find_all(nodes.Include):
        if isinstance(include.template, nodes.Const):
            part = include.template.value
            found |= read_by(environment, part) - optional_in(parsed(environment, part))
    return found - set_by(tree) - set(environment.globals) - OF_EVERY_PAGE


@pytest.mark.parametrize("template", every_template())
def test_a_template_says_what_it_gets_and_reads_nothing_else(app: Flask, template: str) -> None:
    head = head_of(template)
    assert head, "it begins with a comment that says what it gets"
    given = announced(head) | (OF_A_MAIL if template.startswith("mail/") else set())
    assert read_by(app.jinja_env, template) - given == set()


def spreads(call: ast.AST) -> bool:
    """Whether it is a call of `render_template` with `**`."""
    if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.func.id != "render_template":
        return False
    return any(keyword.arg is None for keyword in call.keywords)


def test_no_call_spreads_a_dict_into_a_template() -> None:
    """But for a mail, whose names are the details of its notice; and `render` itself."""
    paths = list((TEMPLATES.parent / "webapp").rglob("*.py"))
    found = {path.name for path in paths if any(spreads(node) for node in ast.walk(ast.parse(path.read_text())))}
    assert found == {"mail.py", "rendering.py"}


def returned_by(module: ast.Module) -> dict[str, str]:
    """By function of a module, the class that it says it returns."""
    functions = [node for node in module.body if isinstance(node, ast.FunctionDef)]
    return {each.name: each.returns.id for each in functions if isinstance(each.returns, ast.Name)}


def class_of(value: ast.expr, known: dict[str, str]) -> str | None:
    """The context that an expression is, by the functions and names that are known."""
    if isinstance(value, ast.Name):
        return known.get(value.id)
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Name):
        return None
    name = value.func.id
    return class_of(value.args[0], known) if name == "replace" else known.get(name, name)


def filled(module: ast.Module, known: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Each template that is rendered by its name, with each context that it is rendered with."""
    for function in ast.walk(module):
        if not isinstance(function, ast.FunctionDef):
            continue
        here = dict(known)
        for node in ast.walk(function):
            if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
                here[node.targets[0].id] = class_of(node.value, here) or ""
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in ("render", "step"):
                template, *rest = node.args
                if isinstance(template, ast.Constant):
                    yield from ((str(template.value), class_of(each, here) or "") for each in rest)


def test_a_head_names_each_context_that_its_template_is_rendered_with() -> None:
    """As far as the source shows it: a template named in the call, a context made or returned there."""
    classes = {kind.__name__ for kind in contexts()}
    modules = [ast.parse(path.read_text()) for path in (TEMPLATES.parent / "webapp").rglob("*.py")]
    everywhere = {name: kind for module in modules for name, kind in returned_by(module).items() if kind in classes}
    pairs = {pair for module in modules for pair in filled(module, everywhere | returned_by(module))}
    shown = {(template, kind) for template, kind in pairs if kind in classes}
    assert len(shown) > 70
    assert {(template, kind) for template, kind in shown if kind not in named(head_of(template))} == set()


def without_tags(environment: Environment, template: str) -> str:
    """The text of a template as it is compiled: a mark stands for each tag of Jinja, and joins what it doesn’t part."""
    source = environment.preprocess((TEMPLATES / template).read_text(), template)
    tokens = environment.lexer.tokeniter(source, template)
    ends = {"block_end", "variable_end"}
    return "".join(text if kind == "data" else "\0" if kind in ends else "" for _, kind, text in tokens)


@pytest.mark.parametrize("template", [each for each in every_template() if each.endswith(".html")])
def test_no_attribute_joins_the_one_before(app: Flask, template: str) -> None:
    """A line break behind a tag is left out, and so is indentation: there `+%}` keeps them apart."""
    joined = re.findall(r'="[^"<>]*"\0*[A-Za-z][^<>]{0,30}', without_tags(app.jinja_env, template))
    assert joined == []


@pytest.mark.parametrize("template", [each for each in every_template() if each.endswith(".html")])
def test_each_element_of_ours_ends_under_its_own_name(app: Flask, template: str) -> None:
    """A browser passes over an end that fits no beginning, and what follows stands inside."""
    text = without_tags(app.jinja_env, template)
    assert Counter(re.findall(r"<([a-z]+-[a-z-]+)", text)) == Counter(re.findall(r"</([a-z]+-[a-z-]+)", text))


def test_contexts_have_names_of_their_own() -> None:
    """A head names one by its class."""
    names = [kind.__name__ for kind in set(contexts())]
    assert sorted(names) == sorted(set(names))
