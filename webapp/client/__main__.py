"""`python -m webapp.client open FILE --kit FILE`: a vault file or backup as JSON, when there is no server any more."""

import argparse
import json
import sys
from pathlib import Path

from webapp.client.errors import DeviceError
from webapp.client.formats.documents import open_document
from webapp.client.formats.key_files import only_identity
from webapp.client.text_files import text_of

SENTENCES = {
    "wrong_key": "This key doesn’t open this file.",
    "malformed": "This isn’t a Spare Key file, or it isn’t whole.",
    "bad_signature": "This file opens, but none of the member’s devices wrote it like this.",
    "newer_format": "A later version of Spare Key wrote this file.",
    "too_large": "This file is larger than a vault can be.",
}


def main(arguments: list[str] | None = None) -> int:
    """Print what a file holds, once its three lines are verified. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m webapp.client")
    opening = parser.add_subparsers(required=True).add_parser("open", help="print the items of a file as JSON")
    opening.add_argument("file", type=Path, help="a vault file, local backup or cloud backup")
    opening.add_argument("--kit", type=Path, required=True, help="the Recovery Kit, as it was saved")
    given = parser.parse_args(arguments)
    try:
        document = open_document(given.file.read_bytes(), [only_identity(text_of(given.kit.read_bytes()))])
    except DeviceError as error:
        print(SENTENCES.get(error.code, error.code), file=sys.stderr)  # noqa: T201
        return 1
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    printed = {"manifest": document.manifest, "items": document.body["items"]}
    json.dump(printed, sys.stdout, ensure_ascii=True, indent=2)
    print()  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
