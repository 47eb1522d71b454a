"""`flask --app webapp audit …`: for whoever checks, or keeps, what happened."""

import base64
import binascii
from datetime import datetime
from pathlib import Path

import click
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from webapp.audit.chain import AT, NOTHING, Head
from webapp.audit.reading import Unreadable, head_of
from webapp.audit.verification import Broken, Fault, Proof
from webapp.audit.verification import verify as check
from webapp.crypto.fingerprints import groups

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)
WORDS = {
    Fault.ALTERED: "Line {line}, where entry {entry} should be, was altered, or this file is no export. (A\n"
    "spreadsheet that saved it again has altered every line: take the file as it was downloaded.)",
    Fault.REWRITTEN: "Entry {entry} (line {line}) was rewritten: it isn’t the one that the next entry was chained to.",
    Fault.DROPPED: "Entry {entry} is missing: line {line} holds a later one.",
    Fault.REORDERED: "Entry {entry} is not in its place, line {line}, but further down: the order was changed.",
    Fault.DUPLICATED: "Entry {entry} stands here twice: once more in line {line}.",
    Fault.FOREIGN: "What begins in line {line} belongs to another organisation than the rest.",
    Fault.TRUNCATED: "The file ends too early: entry {entry}, or the signed end, is missing. Was the download whole?",
    Fault.ADDED: "There is more in the file than was signed: something was added.",
    Fault.NOT_SIGNED: "The entries fit each other, but they are not the ones that were signed: history was rewritten.",
    Fault.FORGED: "The signature at the end is forged, or what it signs was changed.",
    Fault.OTHER_KEY: "It is signed with another key than this one. Is it an export of another organisation, or forged?",
    Fault.OTHER_HISTORY: "Entry {entry} is not the one that was signed then: history was rewritten on the server.",
    Fault.NOT_EARLIER: "What --since names isn’t signed with this key, or is of another organisation: no proof.",
    Fault.SHORTER: "It ends before entry {entry}, which was signed earlier: history was cut off on the server.",
}


@click.group("audit")
def audit() -> None:
    """Check exports of what happened, or print how the chain ends today."""


@audit.command("verify")
@click.argument("file", type=FILE)
@click.option("--public-key", "key", required=True, help="The organisation’s public key: a file, or its base64.")
@click.option("--since", type=FILE, help="A signed head, or an earlier export: FILE has to go on from there.")
def verify(file: Path, key: str, since: Path | None) -> None:
    """Prove that FILE, an export of Activity, is whole; or say what is wrong with it. Needs no database."""
    public = _public_key(key)
    earlier = _earlier(since) if since else None
    try:
        with file.open("rb") as opened:
            proof = check(opened, public, earlier)
    except Broken as broken:
        raise click.ClickException(_fault(broken)) from None
    click.echo(_proved(proof))


def _public_key(given: str) -> bytes:
    path = Path(given)
    try:
        text = path.read_text().strip() if path.is_file() else given.strip()
        if "BEGIN" in text:
            loaded = load_pem_public_key(text.encode())
            if isinstance(loaded, Ed25519PublicKey):
                return loaded.public_bytes_raw()
        elif len(octets := base64.b64decode(text, validate=True)) == 32:
            return octets
    except (OSError, ValueError, binascii.Error, UnsupportedAlgorithm):
        pass
    raise click.ClickException(
        "This is no public key. Give the file that Export Activity offers, or the key as that page shows it."
    )


def _earlier(path: Path) -> Head:
    try:
        with path.open("rb") as opened:
            return head_of(opened)
    except Unreadable:
        raise click.ClickException(
            f"{path} does not end in a signed head, so there is nothing to go on from. Was the download whole?"
        ) from None


def _fault(broken: Broken) -> str:
    words = WORDS[broken.fault].format(entry=f"{broken.entry:,}", line=f"{broken.line:,}")
    return f"{words}\nNothing from there on is proved."


def _proved(proof: Proof) -> str:
    head = proof.head
    lines = ["This export is whole: no entry is missing, altered, added or out of its place.", ""]
    if head.count:
        span = f"from {_time(proof.first_at)} to {_time(proof.last_at)}"
        lines += [f"Entries       {head.count:,}, {span}"]
    else:
        lines += ["Entries       none yet"]
    lines += [
        f"Last hash     {head.hash}",
        f"Organisation  {head.organisation}",
        f"Signed        {_time(head.at)}, with the key {groups(head.fingerprint)}",
    ]
    if proof.since:
        then = "from the beginning" if proof.since.hash == NOTHING else f"from entry {proof.since.count:,}"
        lines += [f"Goes on       {then}, signed {_time(proof.since.at)}: nothing until there was changed since"]
    lines += ["", "This is what the server with that key says happened. Whether it told the truth no file can show;"]
    lines += ["that it changed nothing later, an earlier signed head can (--since)."]
    return "\n".join(lines)


def _time(text: str) -> str:
    """As people read it, where it is a time."""
    try:
        return f"{datetime.strptime(text, AT):%Y-%m-%d %H:%M:%S} UTC"  # noqa: DTZ007
    except ValueError:
        return text
