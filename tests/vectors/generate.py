"""Write the vectors: `python -m tests.vectors.generate` (nothing changes unless a format did)."""

import json
from pathlib import Path
from unittest import mock

from tests.vectors import formats, kit_changes, own_recoveries, pairings, primitives, voice_checks
from tests.vectors.seeds import NOW, SENTENCE, identifier

FOLDER = Path(__file__).parent
ABOUT = f"Made by tests/vectors/generate.py. The keys are SHA-256 of '{SENTENCE}…' and protect nothing. Bytes are hex."
FILES = {
    "encodings": primitives.encodings,
    "derivations": primitives.derivations,
    "argon2id": primitives.argon2id,
    "pins": primitives.pins,
    "identities": primitives.identities,
    "signatures": primitives.signatures,
    "epochs": formats.epoch_signing,
    "device-lock": formats.lock,
    "documents": formats.document,
    "key-files": formats.key_files,
    "restore-requests": formats.restore,
    "voice-checks": voice_checks.voice_check,
    "pairings": pairings.pairing,
    "kit-changes": kit_changes.kit_change,
    "own-recoveries": own_recoveries.own_recovery,
}
PUBLISHED = {"cpace", "ristretto255"}
"""Copied from the documents that they name, never made here."""


def texts() -> dict[str, str]:
    """File name and content of every vector file, at a fixed time and with fixed ids."""
    clock = mock.patch("webapp.client.formats.encoding.now", return_value=NOW)
    request_id = mock.patch("webapp.client.formats.restore_requests.new_id", return_value=identifier("request"))
    with clock, request_id:
        made = {name: {"about": ABOUT, **make()} for name, make in FILES.items()}
    return {f"{name}.json": json.dumps(vectors, ensure_ascii=False, indent=1) + "\n" for name, vectors in made.items()}


def main() -> None:
    """Write every file."""
    for name, text in texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
