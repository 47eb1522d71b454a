"""What the documents say of the code is what the code says."""

from pathlib import Path

from webapp.flows.restore_request import mermaid

SECURITY = Path(__file__).parent.parent / ".github" / "SECURITY.md"


def test_the_diagram_of_the_restore_request_is_the_one_the_table_draws() -> None:
    assert f"```mermaid\n{mermaid()}\n```" in SECURITY.read_text()
