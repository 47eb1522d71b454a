"""The web process must not be able to open a vault: it never imports the headless device."""

import ast
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ALLOWED = {"cli.py", "demo.py"}
IMPORTED = """
import os, sys
os.environ["SPAREKEY_MODE"] = "testing"
import webapp
webapp.create_app()
print([name for name in sys.modules if name.startswith("webapp.client")])
"""


def imports(path: Path) -> set[str]:
    """What a module names in its import statements, wherever they stand."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_only_the_demo_and_the_command_line_name_the_client() -> None:
    others = [
        path for path in (ROOT / "webapp").rglob("*.py") if "client" not in path.relative_to(ROOT / "webapp").parts
    ]
    naming = {path.name for path in others if any(name.startswith("webapp.client") for name in imports(path))}
    assert naming <= ALLOWED


def test_making_the_application_does_not_load_the_client(tmp_path: Path) -> None:
    environ = {"PATH": "/usr/bin:/bin", "SPAREKEY_INSTANCE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", IMPORTED]
    made = subprocess.run(command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False)
    assert made.stdout.strip() == "[]", made.stderr


def test_the_server_side_cryptography_opens_nothing() -> None:
    """webapp.crypto knows how to verify and to seal its own values; no module of it can decrypt an age file."""
    for path in (ROOT / "webapp" / "crypto").glob("*.py"):
        names = imports(path)
        assert not any(name.startswith(("pyrage.decrypt", "webapp.client")) for name in names)
        assert "pyrage.decrypt" not in path.read_text(encoding="utf-8")
