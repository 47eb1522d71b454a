"""What the protocol files say is what the code does: versions, labels, addresses, numbers, diagrams, vectors."""

import re
from datetime import timedelta
from pathlib import Path
from types import ModuleType

import pytest
from flask import Flask

from webapp import limits
from webapp.client.formats import documents as client_documents
from webapp.client.pairing import host
from webapp.flows import pairing, restore_request

ROOT = Path(__file__).parent.parent
PROTOCOL = ROOT / ".github/docs/protocol"
FILES = sorted(path.name for path in PROTOCOL.glob("*.md"))
LABEL = re.compile(r"spare-key/(?:pair/)?v1/[\w/-]*\w")
DERIVED = {"spare-key/v1/link", "spare-key/v1/mail-code"}
"""`webapp.crypto.links` puts these together."""
MIB = 1024 * 1024


def said(name: str) -> str:
    """The text of a protocol file, in one line."""
    return re.sub(r"\s+", " ", (PROTOCOL / name).read_text())


@pytest.mark.parametrize("name", FILES)
def test_every_protocol_file_says_its_version_first(name: str) -> None:
    lines = (PROTOCOL / name).read_text().splitlines()
    assert lines[0].startswith("# ")
    assert re.match(r"\*\*Version [1-9]\*\*|\*\*Version [1-9]\.\*\*", lines[2]), lines[2]


@pytest.mark.parametrize("name", FILES)
def test_every_protocol_file_names_its_code_its_vectors_and_its_sources(name: str) -> None:
    text = (PROTOCOL / name).read_text()
    assert [part for part in ("Code", "Vectors", "Sources") if f"\n- {part}:" not in text] == []


def test_every_vector_stands_in_a_protocol_file() -> None:
    text = "".join((PROTOCOL / name).read_text() for name in FILES)
    vectors = {f"tests/vectors/{path.name}" for path in (ROOT / "tests/vectors").glob("*.json")}
    assert {path for path in vectors if f"`{path}`" not in text} == set()


def test_the_list_of_labels_is_that_of_the_code() -> None:
    folders = ((ROOT / "webapp", "*.py"), (ROOT / "static/js", "*.js"))
    sources = [path.read_text() for folder, files in folders for path in folder.rglob(files)]
    used = {label for source in sources for label in LABEL.findall(source)}
    table = (PROTOCOL / "encodings.md").read_text().partition("\n## Labels")[2].partition("\n## ")[0]
    assert set(LABEL.findall(table)) == used | DERIVED


@pytest.mark.parametrize("name", FILES)
def test_every_label_a_protocol_file_names_is_in_the_list(name: str) -> None:
    table = (PROTOCOL / "encodings.md").read_text().partition("\n## Labels")[2].partition("\n## ")[0]
    assert set(LABEL.findall((PROTOCOL / name).read_text())) <= set(LABEL.findall(table))


def test_every_address_a_protocol_file_names_is_one(app: Flask) -> None:
    named = {
        (method, re.sub(r"<[^>]*>", "<>", path))
        for name in FILES
        for method, path in re.findall(r"\b(GET|POST) (/[^`\s?#,)]+)", (PROTOCOL / name).read_text())
    }
    known = {
        (method, re.sub(r"<[^>]*>", "<>", rule.rule))
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
    }
    assert len(named) >= 20
    assert named - known == set()


@pytest.mark.parametrize(
    ("name", "words", "bound", "expected"),
    [
        ("device-lock", "The tenth wrong one destroys the share", limits.PIN_TRIES, 10),
        ("device-lock", "fifteen idle minutes by the server’s clock", limits.TAB_KEY_IDLE, timedelta(minutes=15)),
        ("device-lock", "within ten minutes after the present PIN", limits.PIN_CHANGE_WINDOW, timedelta(minutes=10)),
        ("signed-requests", "bound to the session, two minutes, one use", limits.CHALLENGE_LIFE, timedelta(minutes=2)),
        ("cloud-backup", "an approval 72 hours", limits.APPROVAL_LIFE, timedelta(hours=72)),
        ("cloud-backup", "A request lives 7 days", limits.REQUEST_LIFE, timedelta(days=7)),
        ("cloud-backup", "are released to nobody, for 7 days", limits.UNDO_WINDOW, timedelta(days=7)),
        ("cloud-backup", "(30 after a new account)", limits.NEW_ACCOUNT_UNDO_WINDOW, timedelta(days=30)),
        ("cloud-backup", "none younger than 14 days", limits.BACKUP_SAFE_AGE, timedelta(days=14)),
        ("cloud-backup", "the statements between that key", limits.SUCCESSIONS_IN_A_REQUEST, 30),
        ("cloud-backup", "may approve then, at most 20)", limits.APPROVERS_IN_A_REQUEST, 20),
        (
            "cloud-backup",
            "(3 to 50, 14 to 90 days",
            (limits.BACKUPS_KEPT, limits.BACKUP_DAYS_KEPT),
            ((3, 10, 50), (14, 14, 90)),
        ),
        ("cloud-backup", "4 to 104 weeks)", limits.BACKUP_WEEKS_KEPT, (4, 8, 104)),
        (
            "cloud-backup",
            "by 1,000,000 at most, the kit’s number by 10",
            (limits.COUNTER_LEAP, limits.KIT_LEAP),
            (1_000_000, 10),
        ),
        ("self-service", "within an hour and in the same session", limits.OWN_RECOVERY_LIFE, timedelta(hours=1)),
        ("self-service", "typed in this session within 15 minutes", limits.PASSWORD_SHOWN, timedelta(minutes=15)),
        ("pairing", "A pairing is open for 10 minutes", limits.PAIRING_LIFE, timedelta(minutes=10)),
        ("pairing", "a code is good for two minutes", limits.PAIRING_CODE_LIFE, timedelta(minutes=2)),
        ("pairing", "its answer is waited for one", limits.PAIRING_ANSWER_LIFE, timedelta(minutes=1)),
        ("pairing", "Three codes that came to nothing", limits.PAIRING_CODES, 3),
        ("pairing", "lock pairing for 24 hours", limits.PAIRING_LOCK, timedelta(hours=24)),
        ("pairing", "O counts its own three a day", (host.CODES, host.DAY), (3, timedelta(hours=24))),
        ("organisation-key", "7 days later, unless any admin stops it", limits.KEY_REMOVAL_NOTICE, timedelta(days=7)),
        ("organisation-key", "keeps the former for 30 days", limits.FORMER_SHARE_LIFE, timedelta(days=30)),
        ("organisation-key", "each of at most 20 shares", limits.REWRAP_BATCH, 20),
        ("vault-file", "a file of more than 32 MiB", limits.VAULT_FILE_BYTES, 32 * MIB),
        ("vault-file", "more than 128 MiB inflated", client_documents.INFLATED_LIMIT, 128 * MIB),
        ("vault-file", "more than 50,000 items", limits.VAULT_ITEMS, 50_000),
        ("second-factor", "a signed cookie waits ten minutes", limits.CODE_ASKED, timedelta(minutes=10)),
        ("second-factor", "once ten minutes have passed", limits.ASKED_AGAIN, timedelta(minutes=10)),
    ],
)
def test_the_numbers_of_the_protocols_are_those_of_the_code(
    name: str, words: str, bound: object, expected: object
) -> None:
    assert words in said(f"{name}.md")
    assert bound == expected


@pytest.mark.parametrize(("flow", "name"), [(restore_request, "cloud-backup.md"), (pairing, "pairing.md")])
def test_the_diagrams_are_the_ones_that_the_tables_draw(flow: ModuleType, name: str) -> None:
    assert f"```mermaid\n{flow.mermaid()}\n```" in (PROTOCOL / name).read_text()
