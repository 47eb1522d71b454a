"""Documents (vault file, local or cloud backup): age file of gzip of three lines: manifest, signature, body."""

import gzip
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from webapp.client.crypto.identities import Identity, read_identity
from webapp.client.crypto.sealing import seal, unseal
from webapp.client.crypto.signatures import sign, verify
from webapp.client.errors import BadSignature, Malformed, TooLarge, WrongAccount
from webapp.client.formats.document_shapes import FORMAT, Body, Draft, Manifest, check_body, check_manifest
from webapp.client.formats.encoding import from_base64, from_json, sha256_hex, to_base64, to_json
from webapp.limits import VAULT_FILE_BYTES

LABEL = "spare-key/v1/manifest"
INFLATED_LIMIT = 128 * 1024 * 1024


@dataclass(frozen=True)
class Document:
    """A document that was verified, or has just been signed; `lines` are its exact bytes."""

    manifest: Manifest
    body: Body
    lines: bytes


def write(draft: Draft, body: Body, seed: bytes) -> Document:
    """A new document, signed by the device of the draft, whose Ed25519 seed this is; raises Malformed, TooLarge."""
    body_line = to_json(body).encode()
    counted = {"format": FORMAT, **draft, "items": len(body["items"]), "body_sha256": sha256_hex(body_line)}
    manifest_line = to_json(counted).encode()
    signature_line = to_base64(sign(seed, LABEL, manifest_line)).encode()
    return read(b"%s\n%s\n%s\n" % (manifest_line, signature_line, body_line))


def read(lines: bytes) -> Document:
    """The document of three lines, verified; raises Malformed, BadSignature, TooLarge."""
    if len(lines) > INFLATED_LIMIT:
        raise TooLarge("inflated")
    parts = lines.split(b"\n")
    if len(parts) != 4 or parts[3]:
        raise Malformed("a document has three lines")
    manifest_line, signature_line, body_line, _ = parts
    manifest = check_manifest(from_json(manifest_line))
    _verify_writer(manifest, manifest_line, signature_line)
    if sha256_hex(body_line) != manifest["body_sha256"]:
        raise BadSignature("the body isn’t the one that was signed")
    return Document(manifest, check_body(from_json(body_line), manifest), lines)


def seal_document(document: Document, recipients: Iterable[str]) -> bytes:
    """The file of a document: to [V, kit] as a vault file, to [B, kit] as a cloud backup; raises TooLarge."""
    file = seal(gzip.compress(document.lines, mtime=0), recipients)
    if len(file) > VAULT_FILE_BYTES:
        raise TooLarge("file")
    return file


def open_document(file: bytes, identities: Iterable[Identity]) -> Document:
    """The document of a file, verified; raises WrongKey, Malformed, BadSignature, TooLarge."""
    if len(file) > VAULT_FILE_BYTES:
        raise TooLarge("file")
    return read(_inflate(unseal(file, identities)))


def vault_key_of(document: Document, epoch: int) -> Identity | None:
    """The vault key of this epoch, never of another, if the document’s keyring has it."""
    ring = document.body["keyring"]["epochs"]
    return next((read_identity(entry["key"]) for entry in ring if entry["epoch"] == epoch), None)


def require_account(document: Document, organisation: str, user: str) -> None:
    """Return if the document is this member's; else raise WrongAccount."""
    manifest = document.manifest
    if (manifest["organisation"], manifest["user"]) != (organisation, user):
        raise WrongAccount


def _verify_writer(manifest: Manifest, manifest_line: bytes, signature_line: bytes) -> None:
    keys = [device["sign"] for device in manifest["devices"] if device["id"] == manifest["device"]]
    if len(keys) != 1:
        raise BadSignature("the writing device isn’t in its own list")
    signature = from_base64(signature_line.decode("latin-1"), 64)
    verify(from_base64(keys[0], 32), LABEL, manifest_line, signature)


def _inflate(packed: bytes) -> bytes:
    # One gzip member and nothing after it, as the browser's DecompressionStream demands.
    stream = zlib.decompressobj(wbits=31)
    try:
        lines = stream.decompress(packed, INFLATED_LIMIT + 1)
    except zlib.error as error:
        raise Malformed("not gzip") from error
    if len(lines) > INFLATED_LIMIT:
        raise TooLarge("inflated")
    if not stream.eof or stream.unused_data:
        raise Malformed("not one whole gzip")
    return lines
