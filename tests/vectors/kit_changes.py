"""Vectors of a vault whose Recovery Kit is being changed: both kits stand in it, and both open it."""

from typing import Any

from tests.vectors.age_files import gzip_stored, seal_fixed
from tests.vectors.formats import KIT, USER, VAULT, example_document
from tests.vectors.primitives import Vectors
from tests.vectors.seeds import MADE_AT, identity, signing_seed
from webapp.client.crypto.identities import Identity, recipient_of
from webapp.client.formats import documents
from webapp.client.formats.document_shapes import KitEntry
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.recovery_kits import verify_key

NEXT_KIT = identity("next kit")


def kit_change() -> Vectors:
    """The example document, its kit confirmed, between the two steps."""
    example = example_document()
    keyring = {**example.body["keyring"], "kit": _kit(1, KIT), "next_kit": {**_kit(2, NEXT_KIT), "identity": NEXT_KIT}}
    manifest: Any = example.manifest
    body: Any = {**example.body, "keyring": keyring}
    lines = documents.write(manifest, body, signing_seed("device")).lines
    file = seal_fixed(gzip_stored(lines), [VAULT, KIT, NEXT_KIT], "changing file")
    return {"vault_key": VAULT, "kit": KIT, "next_kit": NEXT_KIT, "file": to_base64(file)}


def _kit(number: int, kit: Identity) -> KitEntry:
    key = to_base64(verify_key(kit, USER))
    return {"number": number, "recipient": recipient_of(kit), "made_at": MADE_AT, "verify_key": key}
