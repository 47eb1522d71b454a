"""What a soft keyboard and a password manager are told of each field: the right keys, the right offer, and what Enter
does. A new field gets its row here; nothing of it is left to a browser’s guess.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask import Flask
from jinja2 import nodes

ROOT = Path(__file__).parents[2] / "templates"
MACROS = {"field", "password_field", "pin_field", "code_field", "textarea_field"}
TOLD = ("type", "inputmode", "autocomplete", "autocapitalize", "enterkeyhint")
MAIL_SIGN_IN, MAIL_OTHER = "email - username - {}", "email - off - {}"
PASSWORD, NEW_PASSWORD = "password - current-password none {}", "password - new-password none {}"
PASSPHRASE = "password - off none {}"
PIN = "password numeric off - {}"
CODE, DIGITS = "text - one-time-code none go", "text numeric one-time-code none go"
TYPED = "text - off none go"
"""Characters that were printed or read out: no browser has them."""
NUMBER = "number numeric off - go"
SEARCH = "search - off none search"
LINES = "- - - - -"

ROWS = [
    # Who somebody is. At a sign-in or with a new password, what a password manager keeps it under
    ("email", MAIL_SIGN_IN.format("next")),
    ("email", MAIL_SIGN_IN.format("go")),
    ("name", "text - name words next"),
    ("invite-email", MAIL_OTHER.format("next")),
    ("invite-name", "text - off words go"),
    ("contact-*", "text - off * *"),
    ("device-name", "text - off - go"),
    # Passwords
    ("password *password shown-again", PASSWORD.format("go")),
    ("password new-password", NEW_PASSWORD.format("go")),
    ("present-password", PASSWORD.format("next")),
    ("key-passphrase *-passphrase", PASSPHRASE.format("go")),
    # PINs: figures, and nobody offers to keep them
    ("pin new-pin present-pin", PIN.format("next")),
    ("pin pin-again new-pin-again own-pin export-pin former-pin-*", PIN.format("go")),
    # Codes that another device or a mail has. Where one of paper may be typed instead, it has letters
    ("code *code shown-again", CODE),
    ("first-code mail-code pairing-code", DIGITS),
    ("digits-told", "text numeric off none go"),
    # Characters that are compared
    ("kit-confirmation organisation-key-typed fingerprint-typed digits-read-out key-characters typed-name", TYPED),
    ("key-name", "text - off - next"),
    # Items. What is in a vault is offered to no other manager
    ("item-title", "text - off - next"),
    ("item-username", "text - off none next"),
    ("item-password", PASSPHRASE.format("next")),
    ("item-url", "url url off none next"),
    # Admins look for something, or set a number
    ("words person", SEARCH),
    ("filter-person", "text - off none search"),
    ("filter-from filter-to", "date - - - go"),
    ("retention-* *", NUMBER),
    # Several lines: Enter begins another one. The one without an id of its own is a Recovery Kit, in capitals
    ("item-notes reason reset-reason", LINES),
    ("*", "- - off characters -"),
]


def constant(node: nodes.Node | None) -> Any:
    """What stands in the template; `*` for what it gets."""
    match node:
        case nodes.Const():
            return node.value
        case nodes.Concat():
            return re.sub(r"\*+", "*", "".join(str(constant(each)) for each in node.nodes))
        case nodes.Dict():
            return {constant(each.key): constant(each.value) for each in node.items}
        case _:
            return "*"


def fields(app: Flask) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Each call of a macro that makes one to type in: where, the id, and what the browser is told."""
    macros = app.jinja_env.get_template("shared/macros/fields.html").module
    for path in sorted(ROOT.rglob("*.html")):
        for call in app.jinja_env.parse(path.read_text()).find_all(nodes.Call):
            name = getattr(call.node, "attr", None) or getattr(call.node, "name", "")
            if name not in MACROS or path.name == "fields.html":
                continue
            given = {
                each.key: constant(each.value) for each in call.kwargs if each.key in ("type", "autocomplete", "attrs")
            }
            if given.get("type") == "*":
                given["type"] = "text"
            markup = getattr(macros, name)(*(constant(each) for each in call.args), **given)
            (told,) = re.findall(r"<(?:input|textarea) ([^>]*)>", markup)
            yield (
                path.relative_to(ROOT).as_posix(),
                str(constant(call.args[0])),
                dict(re.findall(r'([\w-]+)="([^"]*)"', told)),
            )


def test_each_field_says_what_is_typed_in_it(app: Flask) -> None:
    told = {(name, " ".join(said.get(each, "-") for each in TOLD)): path for path, name, said in fields(app)}
    rows = {(name, said) for names, said in ROWS for name in names.split()}
    assert {pair: path for pair, path in told.items() if pair not in rows} == {}
    assert rows - told.keys() == set(), "no field is like this"


def test_no_field_is_written_without_its_macro() -> None:
    """But for boxes to tick, what is hidden, and the search of the vault, which says the same."""
    tags = [
        (path.name, tag)
        for path in ROOT.rglob("*.html")
        for tag in re.findall(r"<(?:input|textarea)\b[^>]*", path.read_text())
    ]
    typed = [(name, tag) for name, tag in tags if not re.search(r'type="(hidden|checkbox|radio|file)"', tag)]
    ours = [(name, tag) for name, tag in typed if name != "fields.html"]
    assert len(typed) - len(ours) == 5
    ((name, tag),) = ours
    assert name == "index.html"
    assert all(each in tag for each in ('type="search"', 'autocapitalize="none"', 'enterkeyhint="search"'))
