"""Secrets that a development server makes for itself and finds again at its next start."""

import os
import secrets
from pathlib import Path


def dev_secret(path: Path, fresh: str) -> str:
    """The content of `path`, which gets `fresh` when nobody was first. Only the owner can read it.

    The whole file appears at once under its name, so two workers that start together end up with the same secret.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}-{secrets.token_hex(8)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(fresh)
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text().strip()
