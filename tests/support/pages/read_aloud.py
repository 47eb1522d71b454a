"""What a screen reader would say of a page: its accessibility tree as lines of text, in the order of reading."""

import re
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

INLINE = {"StaticText", "InlineTextBox", "LineBreak", "time", "strong", "emphasis", "code", "mark", "sub", "sup"}
"""Roles that go on in the sentence around them."""
SILENT = {*INLINE, "none", "generic", "RootWebArea", "presentation", "Section", "LabelText", "Legend", "paragraph"}
SILENT |= {"DescriptionList"}
"""Roles that nobody hears: only what is in them."""
LEAVES = {"link", "button", "checkbox", "radio", "option", "DisclosureTriangle", "image", "textbox", "combobox"}
LEAVES |= {"searchbox", "spinbutton", "progressbar", "ListMarker", "term"}
"""Roles of which the name is all that is said of what is in them."""
BARE = {"listitem", "group", "status", "alert", "form"}
"""Roles of which nobody hears where they have no name."""
SAID = {"DisclosureTriangle": "summary", "contentinfo": "footer", "banner": "header"}
STATES = ("checked", "disabled", "expanded", "invalid", "required", "pressed", "focused", "live")
CHANGING = [
    (r"AGE-SECRET-KEY-1(?:\s+[A-Z0-9]{2,4}\b)+", "AGE-SECRET-KEY-1…"),
    (r"(?<=\S) +([;:,)]|\.(?= |$))", r"\1"),
    (r"\( ", "("),
    (r"\b[a-z2-7]{4}(?: [a-z2-7]{4}){7,}\b", "abcd efgh …"),
    (r"\b\d{1,2} \w{3,9}(?: \d{4})?,? \d{2}:\d{2}(?: UTC)?", "[a moment]"),
    (r"\b\d{1,2} \w{3,9} \d{4}\b", "[a day]"),
    (r"\b(?:just now|a moment ago|(?:\d+|an?) (?:second|minute|hour)s? ago)\b", "[a while ago]"),
    (r"\b\d{3} \d{3}\b", "123 456"),
    (r"\b\d+:\d{2}\b", "1:23"),
    (r"\blocalhost:\d+", "localhost:8000"),
    (r"\b[\d.]+\s?(?:kB|bytes|Bytes)\b", "[a size]"),
    (r"\b(?:Headless)?(?:Chrome|Chromium)(?: \d+)? on \w+", "Chrome on Linux"),
    (r"\b(number:?|request|Request) (\d{4,}|[A-Z2-7]{4,}-?[A-Z2-7]*)\b", r"\1 1234"),
    (r"\b([Nn]umber|[Rr]equest) [0-9a-f]{8}\b", r"\1 1a2b3c4d"),
    (r"(?m)^( *)[0-9a-f]{8}$", r"\g<1>1a2b3c4d"),
    (r"(“Fingerprint to read out” \(live: polite\))(?:\s+[a-z2-7]{4}\b){4}", r"\1 abcd …"),
]
"""What differs from one run to the next."""


@dataclass
class Reading:
    """The lines so far. What stands in one sentence is one of them."""

    known: dict[str, Any]
    current: set[int]
    """Nodes that say of themselves that they are the present step or page: the tree of Chromium doesn’t."""
    lines: list[str] = field(default_factory=list)
    block: str = ""
    """Whose sentence the last line is; none: it is no sentence."""

    def go_on(self, node_id: str, depth: int = 0, block: str = "", *, in_label: bool = False) -> None:
        """Say this, and what is in it."""
        node = self.known.get(node_id, {})
        role = node.get("role", {}).get("value", "none")
        name = " ".join(str(node.get("name", {}).get("value", "")).split())
        if role == "StaticText":
            if not in_label:  # a label is said with its field
                self.say(name, depth, block)
            return
        holds_more = role == "heading" and self.has(node, LEAVES)
        is_said = not node.get("ignored") and role not in SILENT and not (role in BARE and not name)
        if is_said:
            self.lines.append("  " * depth + _line(node, role, "" if holds_more else name))
            self.block = ""
        if node.get("backendDOMNodeId") in self.current:
            self.say("(current)", depth, self.block if is_said else node_id)
        if role in LEAVES or (role == "heading" and not holds_more):
            self.block = ""
            return
        inner = block if role in INLINE else node_id
        for child in node.get("childIds", []):
            self.go_on(child, depth + is_said, inner, in_label=in_label or role == "LabelText")

    def say(self, words: str, depth: int, block: str) -> None:
        """In the sentence that is being said, or as one of its own."""
        if block == self.block and self.lines:
            self.lines[-1] += f" {words}"
        else:
            self.lines.append("  " * depth + words)
        self.block = block

    def has(self, node: dict[str, Any], roles: set[str]) -> bool:
        """Whether something of these roles is in it."""
        children = [self.known[each] for each in node.get("childIds", []) if each in self.known]
        return any(child["role"]["value"] in roles or self.has(child, roles) for child in children if "role" in child)


def read_aloud(page: Page) -> str:
    """One line for each thing that is said: its role, its name, how it is, and what describes it."""
    session = page.context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.send("DOM.enable")
    root = session.send("DOM.getDocument", {"depth": 0})["root"]["nodeId"]
    query = {"nodeId": root, "selector": "[aria-current]"}
    found = session.send("DOM.querySelectorAll", query)["nodeIds"]
    current = {session.send("DOM.describeNode", {"nodeId": each})["node"]["backendNodeId"] for each in found}
    session.detach()
    reading = Reading({node["nodeId"]: node for node in nodes}, current)
    reading.go_on(nodes[0]["nodeId"])
    text = "\n".join([f"title: {page.title()}", *reading.lines])
    for changing, instead in CHANGING:
        text = re.sub(changing, instead, text)
    return text + "\n"


def _line(node: dict[str, Any], role: str, name: str) -> str:
    found = {each["name"]: each["value"].get("value") for each in node.get("properties", [])}
    level = f" {found['level']}" if role == "heading" else ""
    value = node.get("value", {}).get("value")
    states = [
        state if found[state] in (True, "true") else f"{state}: {found[state]}"
        for state in STATES
        if found.get(state) not in (None, False, "false", "off", "")
    ]
    if found.get("expanded") is False:
        states.append("collapsed")
    if role in ("checkbox", "radio") and found.get("checked") in (None, False, "false"):
        states.append("not checked")
    description = " ".join(str(node.get("description", {}).get("value", "")).split())
    said = [SAID.get(role, role) + level, f"“{name}”" if name else "", f"({', '.join(states)})" if states else ""]
    line = " ".join(part for part in said if part)
    if value and role not in ("progressbar",):
        line += f" = {value}"
    return f"{line}: {description}" if description else line
