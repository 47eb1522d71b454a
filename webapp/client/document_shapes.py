"""The parts of a document: manifest and body, as JSON has them."""

from typing import Any, Literal, NotRequired, TypedDict, cast

from webapp.client.encoding import from_base64
from webapp.client.errors import Malformed, TooLarge
from webapp.client.identities import check_recipient, read_identity
from webapp.client.shapes import demand, demand_list, exactly, fingerprint, identifier, number, sha256, text, time
from webapp.limits import VAULT_ITEMS


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


class Keyring(TypedDict):
    """Every vault key there was, and the kit."""

    epochs: list[EpochKey]
    kit: KitEntry


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
    epoch: int
    counter: int
    made_at: str
    device: str
    base_sha256: str
    devices: list[DeviceEntry]
    kit: int
    organisation_key: KeyPin | None


class Manifest(Draft):
    """Line 1."""

    format: int
    items: int
    body_sha256: str


MANIFEST = {
    "format": exactly(1),
    "organisation": identifier,
    "user": identifier,
    "epoch": number,
    "counter": number,
    "made_at": time,
    "device": identifier,
    "items": number,
    "body_sha256": sha256,
    "base_sha256": lambda value: value == "" or sha256(value),
    "kit": number,
    "organisation_key": lambda value: value is None or isinstance(value, dict),
}
DEVICE = {"id": identifier, "sign": text, "recipient": text, "name": text}
TEXTS = ("title", "username", "password", "url", "notes")
ITEM = {
    "id": identifier,
    "kind": lambda value: value in ("login", "note"),
    **{name: text for name in TEXTS},
    "created_at": time,
    "updated_at": time,
}


def check_manifest(value: object) -> Manifest:
    """`value` as a manifest; raises Malformed."""
    manifest = demand(value, MANIFEST)
    for device in demand_list(manifest.get("devices"), DEVICE):
        from_base64(device["sign"], 32)
        check_recipient(device["recipient"])
    if manifest["organisation_key"] is not None:
        demand(manifest["organisation_key"], {"epoch": number, "fingerprint": fingerprint})
    return cast(Manifest, manifest)


def check_body(value: object) -> Body:
    """`value` as a body; raises Malformed, TooLarge."""
    body = demand(value, {})
    demand_list(body.get("items"), ITEM)
    demand_list(body.get("tombstones"), {"id": identifier, "deleted_at": time})
    _check_keyring(body.get("keyring"))
    if len(body["items"]) > VAULT_ITEMS:
        raise TooLarge("items")
    if any(item["kind"] == "note" and any(item[name] for name in TEXTS[1:4]) for item in body["items"]):
        raise Malformed("a note with a username, password or url")
    return cast(Body, body)


def _check_keyring(value: object) -> None:
    keyring: dict[str, Any] = demand(value, {})
    for entry in demand_list(keyring.get("epochs"), {"epoch": number, "key": text}):
        read_identity(entry["key"])
    kit = demand(keyring.get("kit"), {"number": number, "recipient": text, "made_at": time})
    check_recipient(kit["recipient"])
    if "identity" in kit:
        read_identity(demand(kit, {"identity": text})["identity"])
