"""Whether there is room in a folder, found out by a write: a full disk ends a process that shares its memory in files
there by a signal, without a word."""

import os
import shutil
from pathlib import Path
from tempfile import TemporaryFile

TRIED = 64 * 1024
"""Bytes."""
LEAST_FREE = 16 * 1024 * 1024


def problem(folder: Path) -> str:
    """Why nothing more can be kept there, in a sentence; "" where there is room. Leaves nothing behind."""
    try:
        with TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIED))
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free
    except OSError as error:
        why = error.strerror or type(error).__name__
    else:
        why = "" if free >= LEAST_FREE else f"{free // 1024:,} KB are free"
    return f"Spare Key can’t keep anything in {folder} ({why}): make room on that disk." if why else ""
