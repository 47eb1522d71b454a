"""The parts of a document: manifest and body, as JSON has them."""

from typing import Literal, NotRequired, TypedDict, cast

from webapp.client.errors import Malformed, NewerFormat, TooLarge
from webapp.client.formats.shapes import (
    Check,
    each,
    either,
    exactly,
    fingerprint,
    identifier,
    identity,
    number,
    octets,
    recipient,
    record,
    require,
    sha256,
    text,
)
from webapp.limits import VAULT_ITEMS

FORMAT = 1


class Item(TypedDict):
    """A login or a note; a note's username, password and url are empty."""

    id: str
    kind: Literal["login", "note"]
    title: str
    username: str
    password: str
    url: str
    notes: str
    created_at: str
    updated_at: str


class Tombstone(TypedDict):
    """An item that was deleted."""

    id: str
    deleted_at: str


class EpochKey(TypedDict):
    """The vault key of one epoch."""

    epoch: int
    key: str


class KitEntry(TypedDict):
    """The Recovery Kit in force; its identity only until the person has confirmed to have it."""

    number: int
    recipient: str
    made_at: str
    identity: NotRequired[str]
    verify_key: NotRequired[str]


class Keyring(TypedDict):
    """Every vault key there was, and the kit."""

    epochs: list[EpochKey]
    kit: KitEntry
    next_kit: NotRequired[KitEntry]
    """Made, but not confirmed: it takes the kit’s place then, and both open the vault until then."""


class Body(TypedDict):
    """What is secret: line 3."""

    items: list[Item]
    tombstones: list[Tombstone]
    keyring: Keyring


class DeviceEntry(TypedDict):
    """A device that may write this vault."""

    id: str
    sign: str
    recipient: str
    name: str


class KeyPin(TypedDict):
    """The organisation recovery key the member trusts."""

    epoch: int
    fingerprint: str


class Draft(TypedDict):
    """What a manifest says besides what follows from the body."""

    organisation: str
    user: str
    account: NotRequired[str]
    """The member’s address. Every writer says it; files from before addresses were sealed have none."""
    epoch: int
    counter: int
    made_at: str
    device: str
    base_sha256: str
    devices: list[DeviceEntry]
    kit: int
    organisation_key: KeyPin | None
    unconfirmed_since: NotRequired[str]
    """Where the key on record was lost because nobody compared it in a recovery: since when. Gone once there is one."""


class Manifest(Draft):
    """Line 1."""

    format: int
    items: int
    body_sha256: str


MANIFEST: dict[str, Check] = {
    "format": exactly(FORMAT),
    **{name: identifier for name in ("organisation", "user", "device")},
    **{name: number for name in ("epoch", "counter", "items", "kit")},
    "account?": text,
    "made_at": text,
    "body_sha256": sha256,
    "base_sha256": either(sha256, exactly("")),
    "devices": each({"id": identifier, "sign": octets(32), "recipient": recipient, "name": text}),
    "unconfirmed_since?": text,
    "organisation_key": either(exactly(None), record({"epoch": number, "fingerprint": fingerprint})),
}
ITEM: dict[str, Check] = {
    "id": identifier,
    "kind": either(exactly("login"), exactly("note")),
    **{name: text for name in ("title", "username", "password", "url", "notes", "created_at", "updated_at")},
}
KIT: dict[str, Check] = {"number": number, "recipient": recipient, "made_at": text}
KEYRING: dict[str, Check] = {
    "epochs": each({"epoch": number, "key": identity}),
    "kit": record({**KIT, "identity?": identity, "verify_key?": octets(32)}),
    "next_kit?": record({**KIT, "identity": identity, "verify_key": octets(32)}),
}
BODY: dict[str, Check] = {
    "items": each(ITEM),
    "tombstones": each({"id": identifier, "deleted_at": text}),
    "keyring": record(KEYRING),
}


def check_manifest(value: object) -> Manifest:
    """`value` as a manifest; raises NewerFormat, Malformed."""
    version = value.get("format") if isinstance(value, dict) else None
    if isinstance(version, int) and version > FORMAT:
        raise NewerFormat
    return cast(Manifest, require(value, MANIFEST))


def check_body(value: object, manifest: Manifest) -> Body:
    """`value` as the body this manifest speaks of; raises Malformed, TooLarge."""
    body = cast(Body, require(value, BODY))
    if len(body["items"]) > VAULT_ITEMS:
        raise TooLarge("items")
    keyring = body["keyring"]
    counted = (len(body["items"]), keyring["kit"]["number"]) == (manifest["items"], manifest["kit"])
    epochs = [entry["epoch"] for entry in keyring["epochs"]]
    if not counted or manifest["epoch"] not in epochs:
        raise Malformed("the manifest speaks of another body")
    if max(epochs) > manifest["epoch"] or len(set(epochs)) < len(epochs):
        raise Malformed("keys of coming epochs, or two of one")
    return body
