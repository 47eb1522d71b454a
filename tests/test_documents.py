"""What the documents say of the code is what the code says."""

import re
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest

from webapp import limits
from webapp.client import documents as client_documents
from webapp.client import other_device, pairing_messages
from webapp.flows import pairing, restore_request

ROOT = Path(__file__).parent.parent
SECURITY = ROOT / ".github" / "SECURITY.md"
DOCUMENTS = ("README.md", ".github/CONTRIBUTING.md", ".github/SECURITY.md")
SUFFIXES = "css|html|in|js|json|md|mjs|py|toml|txt"
PATH = re.compile(rf"(?!/)(?:[\w.*-]+/)+[\w.*-]*|[\w.*-]+\.(?:{SUFFIXES})")
MADE_LATER = ("instance/", "recovery-kit.txt")
"""By running it, or by a member."""
MIB = 1024 * 1024


def named_paths(text: str) -> set[str]:
    """What stands between backticks, or in a line of shell there, and looks like a path; `<noun>` is any name."""
    found = set()
    for quoted in re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.M | re.S)):
        words = re.sub(r"<\w+>", "*", quoted).split()
        found |= {word for word in words if PATH.fullmatch(word)}
    return found


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_path_a_document_names_is_there(document: str) -> None:
    paths = named_paths((ROOT / document).read_text())
    assert paths
    elsewhere = {path for path in paths - {*MADE_LATER} if not [*ROOT.glob(path.rstrip("/"))]}
    assert elsewhere == set()


@pytest.mark.parametrize("document", DOCUMENTS)
def test_every_link_to_a_file_leads_somewhere(document: str) -> None:
    here = (ROOT / document).parent
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)", (ROOT / document).read_text())
    assert [link for link in links if not (here / link).exists()] == []


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
        ("a thief of the device has ten tries", limits.PIN_TRIES, 10),
        ("bound to the session, two minutes, one use", limits.CHALLENGE_LIFE, timedelta(minutes=2)),
        ("fifteen idle minutes by the server’s clock", limits.TAB_KEY_IDLE, timedelta(minutes=15)),
        ("an approval 72 hours", limits.APPROVAL_LIFE, timedelta(hours=72)),
        ("A request lives 7 days", limits.REQUEST_LIFE, timedelta(days=7)),
        ("are released to nobody, for 7 days", limits.UNDO_WINDOW, timedelta(days=7)),
        ("A pairing is open for 10 minutes", limits.PAIRING_LIFE, timedelta(minutes=10)),
        ("a code is good for two minutes", limits.PAIRING_CODE_LIFE, timedelta(minutes=2)),
        ("its answer is waited for one", limits.PAIRING_ANSWER_LIFE, timedelta(minutes=1)),
        ("Three codes that came to nothing", limits.PAIRING_CODES, 3),
        ("lock pairing for 24 hours", limits.PAIRING_LOCK, timedelta(hours=24)),
        ("O counts its own three a day", (other_device.CODES, other_device.DAY), (3, timedelta(hours=24))),
        ("7 days later, unless any admin stops it", limits.KEY_REMOVAL_NOTICE, timedelta(days=7)),
        ("keeps the former for 30 days", limits.FORMER_SHARE_LIFE, timedelta(days=30)),
        ("each of at most 20 shares", limits.REWRAP_BATCH, 20),
        ("none younger than 14 days", limits.BACKUP_SAFE_AGE, timedelta(days=14)),
        ("more than 32 MiB of file", limits.VAULT_FILE_BYTES, 32 * MIB),
        ("more than 128 MiB inflated", client_documents.INFLATED_LIMIT, 128 * MIB),
        ("inflating stops at 128 MiB", client_documents.INFLATED_LIMIT, 128 * MIB),
    ],
)
def test_the_numbers_of_the_threat_model_are_those_of_the_code(said: str, bound: object, expected: object) -> None:
    assert said in re.sub(r"\s+", " ", SECURITY.read_text())
    assert bound == expected


def test_the_browser_has_the_bounds_of_the_server() -> None:
    documents = (ROOT / "static/js/crypto/documents.js").read_text()
    bounds = re.search(
        r"LIMITS = \{ file: (\d+) \* 1024 \* 1024, inflated: (\d+) \* 1024 \* 1024, items: ([\d_]+) \}", documents
    )
    assert bounds
    file, inflated, items = map(int, bounds.groups())
    assert (file * MIB, inflated * MIB) == (limits.VAULT_FILE_BYTES, client_documents.INFLATED_LIMIT)
    assert items == limits.VAULT_ITEMS
    idle = re.search(r"IDLE = (\d+) \* 60_000;", (ROOT / "static/js/vault-session.js").read_text())
    assert idle
    assert timedelta(minutes=int(idle[1])) == limits.TAB_KEY_IDLE


@pytest.mark.parametrize("flow", [restore_request, pairing])
def test_the_diagrams_are_the_ones_that_the_tables_draw(flow: ModuleType) -> None:
    assert f"```mermaid\n{flow.mermaid()}\n```" in SECURITY.read_text()


def test_the_label_of_pairing_is_the_one_of_both_devices() -> None:
    assert f'"{pairing_messages.LABEL}"' in SECURITY.read_text()
    assert f"'{pairing_messages.LABEL}'" in (ROOT / "static/js/crypto/pairing.js").read_text()
