"""A migration is never changed once it is committed: databases stand that it has run on."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VERSIONS = ROOT / "webapp/migrations/versions"
CHECKSUMS = Path(__file__).with_name("CHECKSUMS")
"""As `sha256sum` writes them. A new migration adds its line."""


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_no_migration_was_changed_and_each_new_one_is_listed() -> None:
    listed = CHECKSUMS.read_text().splitlines()
    here = [f"{digest(path)}  {path.relative_to(ROOT).as_posix()}" for path in sorted(VERSIONS.glob("*.py"))]
    assert here == listed, "change nothing that is listed: what is missing is a migration of its own"


def test_each_migration_follows_the_one_before_it() -> None:
    """One that is put between others would never run where those have run."""
    chain = []
    for path in sorted(VERSIONS.glob("*.py")):
        found = dict(re.findall(r'^(revision|down_revision) = "?(\w+)"?$', path.read_text(), re.M))
        assert path.name.startswith(found["revision"])
        chain.append((found["down_revision"], found["revision"]))
    assert chain[0][0] == "None"
    assert [before for before, _ in chain[1:]] == [revision for _, revision in chain[:-1]]
