"""Files that a test writes, and chooses on a page as a person would."""

from pathlib import Path

from playwright.sync_api import Page


def saved(path: Path, content: bytes) -> Path:
    """A file with this content."""
    path.write_bytes(content)
    return path


def choose(page: Page, file: Path, label: str = "Recovery key file") -> None:
    """Choose it in the field with this label."""
    page.get_by_label(label).set_input_files(file)
