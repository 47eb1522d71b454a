"""What the documents say of the code is what the code says."""

import re
import tomllib
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from webapp import limits
from webapp.client.formats import documents as client_documents
from webapp.config import SETTINGS
from webapp.settings.source import FILE, SECRETS
from webapp.version import VERSION
from webapp.web import rate_limits

ROOT = Path(__file__).parent.parent
LIMITS = ROOT / ".github" / "docs" / "limits.md"
THREATS = ROOT / ".github/docs/threat-model.md"
ADMIN = ROOT / ".github/docs/admin.md"
ARCHITECTURE = ROOT / ".github/docs/architecture.md"
GLOSSARY = ".github/docs/glossary.md"
DOCUMENTS = ("README.md", *sorted(path.relative_to(ROOT).as_posix() for path in (ROOT / ".github").rglob("*.md")))
SUFFIXES = "css|html|in|js|json|md|mjs|py|toml|txt"
PATH = re.compile(rf"(?!/|spare-key/|application/)(?:[\w.*-]+/)+[\w.*-]*|[\w.*-]+\.(?:{SUFFIXES})")
MADE_LATER = (".venv/bin/pytest", "instance/", "recovery-kit.txt", "templates/mail/backups/kit_old.txt")
"""By running it, or by a member."""
OTHER_NAMES = {"EARLIER", "WORKER_PAUSE", "FURTHER", "MAY", "MOVES", "NAME_FILE", "SETTINGS", "TRIES"}
"""In capitals, and neither limits nor settings."""
MIB = 1024 * 1024
UNITS = {"day": 86_400, "hour": 3_600, "minute": 60, "second": 1}


def named_paths(text: str) -> set[str]:
    """What stands between backticks, or in a line of shell there, and looks like a path; `<noun>` is any name."""
    found = set()
    for quoted in re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)):
        words = re.sub(r"<\w+>", "*", quoted).split()
        found |= {word for word in words if PATH.fullmatch(word)}
    return found


def headings(document: Path) -> set[str]:
    """The anchors of a document, as a forge makes them of its headings."""
    titles = re.findall(r"^#+ (.*)$", re.sub(r"^```.*?^```", "", document.read_text(), flags=re.M | re.S), re.M)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_a_document_names_is_there(document: str) -> None:
    paths = named_paths((ROOT / document).read_text())
    places = (ROOT, ROOT / "webapp") if document == GLOSSARY else (ROOT,)
    there = {path for path in paths if any([*place.glob(path.rstrip("/"))] for place in places)}
    elsewhere = paths - there - {*MADE_LATER}
    assert elsewhere == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_leads_somewhere(document: str) -> None:
    here = ROOT / document
    for link, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", here.read_text()):
        target = here.parent / link if link else here
        assert target.exists(), link
        assert not anchor or anchor in headings(target), f"{link}#{anchor}"


def test_the_newest_release_of_the_changelog_is_this_one() -> None:
    assert re.findall(r"^## ([\d.]+)$", (ROOT / ".github/CHANGELOG.md").read_text(), re.M)[0] == VERSION


def test_the_map_of_the_tree_names_what_is_there() -> None:
    tree = (ROOT / "README.md").read_text().partition("## Map of the tree")[2].split("```")[1]
    top = None
    for line in tree.strip().splitlines():
        if line[0] != " ":
            top = ROOT / line.split()[0]
            assert top.is_dir()
            line = line[line.index("/") + 1 :]
        assert top
        missing = [
            name
            for name in re.findall(r"[\w/]+/(?=\s|;|,)|js/\w+", line)
            if not any((at / name).exists() for at in (top, ROOT))
        ]
        assert missing == [], top


def test_every_folder_and_file_the_makefile_names_is_there() -> None:
    makefile = (ROOT / "Makefile").read_text()
    names = set(re.findall(r"(?<![\w/$).-])(?:tests|templates|static|webapp|requirements)(?:/[\w.-]+)*", makefile))
    assert {"tests/bench", "tests/browser", "static/vendor/build.mjs", "requirements/run.txt"} <= names
    modules = set(re.findall(r"-m (tests\.[\w.]+)", makefile))
    names |= {f"{module.replace('.', '/')}.py" for module in modules}
    names -= modules
    assert {name for name in names if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize(
    ("said", "bound", "expected"),
    [
        ("the tenth wrong one destroys the share", limits.PIN_TRIES, 10),
        ("has ten tries of the PIN, at the server", limits.PIN_TRIES, 10),
        ("stays open for fifteen idle minutes", limits.TAB_KEY_IDLE, timedelta(minutes=15)),
        ("can take that recovery back for 7 days", limits.UNDO_WINDOW, timedelta(days=7)),
        ("An admin who in the last 30 days reset", limits.MARK_LIFE, timedelta(days=30)),
        ("24 hours, which an owner can set between 1 and 168", limits.APPROVAL_WAIT_HOURS, (1, 24, 168)),
        ("“This wasn’t me” works for 14 days", limits.VETO_LIFE, timedelta(days=14)),
        ("A password link works for an hour", limits.LINK_LIFE, timedelta(hours=1)),
        ("inflating stops at 128 MiB", client_documents.INFLATED_LIMIT, 128 * MIB),
    ],
)
def test_the_numbers_of_the_threat_model_are_those_of_the_code(said: str, bound: object, expected: object) -> None:
    assert said in re.sub(r"\s+", " ", THREATS.read_text())
    assert bound == expected


def test_every_policy_stands_in_the_guide_for_admins() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "webapp").rglob("*.py"))
    policies = set(re.findall(r'"(policy\.\w+_changed)"', sources))
    assert len(policies) >= 4
    assert policies == set(re.findall(r"`(policy\.\w+)`", ADMIN.read_text()))


def test_the_bounds_of_policies_are_those_of_the_code() -> None:
    (least, _, most), kept = limits.APPROVAL_WAIT_HOURS, (limits.BACKUPS_KEPT, limits.BACKUP_DAYS_KEPT)
    weeks = limits.BACKUP_WEEKS_KEPT
    text = ADMIN.read_text()
    assert f"{least} to {most} hours" in text
    assert f"{kept[0][0]} to {kept[0][2]} of the newest, one a day for {kept[1][0]} to {kept[1][2]} days" in text
    assert f"one a week for {weeks[0]} to {weeks[2]} weeks" in text


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_limit_and_setting_a_document_names_is_one(document: str) -> None:
    named = set(re.findall(r"`([A-Z][A-Z]+(?:_[A-Z]+)*)`", (ROOT / document).read_text()))
    known = {*vars(limits), *SETTINGS, *(f"{name}{FILE}" for name in SECRETS), *OTHER_NAMES}
    assert named - known == set()


def test_the_packages_of_the_models_stand_in_the_order_that_a_machine_keeps() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    [kept] = [each["layers"] for each in contracts if each.get("containers") == ["webapp.models"]]
    row = next(line for line in ARCHITECTURE.read_text().splitlines() if line.startswith("| models |"))
    said = re.search(r"in packages: ([\w, ]+);", row)
    assert said
    packages = [name.replace(" ", "_") for name in said[1].split(", ")]
    order = [name for layer in reversed(kept) for name in layer.split(" : ")]
    assert packages == [name for name in order if (ROOT / "webapp/models" / name).is_dir()]


def test_every_command_a_document_names_is_one(app: Flask) -> None:
    text = "".join((ROOT / document).read_text() for document in DOCUMENTS)
    named = set(re.findall(r"flask --app webapp ([a-z][\w-]*)", text))
    assert len(named) >= 10
    assert named - set(app.cli.commands) == set()


def test_decisions_are_numbered_records() -> None:
    records = sorted((ROOT / ".github/docs/decisions").glob("*.md"))
    assert len(records) >= 12
    for number, path in enumerate(records, 1):
        text = path.read_text()
        assert path.name.startswith(f"{number:04}-")
        assert text.startswith(f"# {number}. ")
        assert re.search(r"^Status: \w+\. Date: \d{4}-\d\d-\d\d\.$", text, re.M), path.name
        assert re.findall(r"^## (\w+)$", text, re.M) == ["Context", "Decision", "Consequences"], path.name


def test_the_browser_has_the_bounds_of_the_server() -> None:
    documents = (ROOT / "static/js/crypto/documents.js").read_text()
    bounds = re.search(
        r"LIMITS = \{ file: (\d+) \* 1024 \* 1024, inflated: (\d+) \* 1024 \* 1024, items: ([\d_]+) \}", documents
    )
    assert bounds
    file, inflated, items = map(int, bounds.groups())
    assert (file * MIB, inflated * MIB) == (limits.VAULT_FILE_BYTES, client_documents.INFLATED_LIMIT)
    assert items == limits.VAULT_ITEMS
    idle = re.search(r"IDLE = (\d+) \* 60_000;", (ROOT / "static/js/device/vault-session.js").read_text())
    assert idle
    assert timedelta(minutes=int(idle[1])) == limits.TAB_KEY_IDLE


def spoken(rate: rate_limits.Rate) -> str:
    """`10, then one each 2 minutes`."""
    seconds = rate.every.total_seconds()
    unit, size = next((unit, size) for unit, size in UNITS.items() if seconds >= size or unit == "second")
    number = f"{seconds / size:g} "
    return f"{rate.burst}, then one each {f'{number}{unit}s' if number != '1 ' else unit}"


def test_every_bucket_stands_in_the_list_of_limits_with_its_number() -> None:
    said = dict(re.findall(r"^\| `([a-z-]+)` \| ([^|]+) \|", LIMITS.read_text(), re.M))
    rates = [found for found in vars(rate_limits).values() if isinstance(found, rate_limits.Rate)]
    assert {rate.name: spoken(rate) for rate in rates} == said


def written(name: str, value: object) -> str:
    """A limit as the list has it: `15 minutes`, `32 MiB`, `3, 10, 50`, `1,000`."""
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, timedelta):
        seconds = int(value.total_seconds())
        unit, size = next((unit, size) for unit, size in UNITS.items() if seconds % size == 0)
        return f"{seconds // size} {unit}{'s' if seconds != size else ''}"
    assert isinstance(value, int)
    if name.endswith("_BYTES"):
        return f"{value // MIB} MiB" if value % MIB == 0 else f"{value // 1024} KiB"
    return f"{value:,}"


def test_every_bound_of_the_code_stands_in_the_list_of_limits_with_its_value() -> None:
    said = dict(re.findall(r"^\| `([A-Z_]+)` \| ([^|]+) \|", LIMITS.read_text(), re.M))
    bounds = {name: written(name, value) for name, value in vars(limits).items() if name.isupper()}
    assert said == bounds


def test_what_people_read_of_a_limit_stands_in_a_template() -> None:
    rows = [row.split("|")[-2].strip() for row in LIMITS.read_text().splitlines() if re.match(r"\| `[a-z]", row)]
    words = {text for text in rows if not text.startswith("nothing:")}
    sources = "".join(path.read_text() for path in (ROOT / "templates").rglob("*.html"))
    assert len(words) >= 6
    assert {text for text in words if text not in sources} == set()


def test_the_counts_that_protect_a_secret_are_those_of_the_code() -> None:
    said = dict(re.findall(r"`([A-Z_]+)`: (\d+)", LIMITS.read_text()))
    assert said == {name: str(getattr(limits, name)) for name in said}
    assert {"PIN_TRIES", "MAIL_CODE_TRIES", "PAIRING_CODES"} == set(said)
    voice_check = (ROOT / "static/js/recovery/voice-check.js").read_text()
    assert "`TRIES` of `static/js/recovery/voice-check.js`: 5" in LIMITS.read_text()
    assert "const TRIES = 5;" in voice_check
