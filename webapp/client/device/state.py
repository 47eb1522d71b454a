"""What a browser profile keeps of a device, as a JSON file that only its owner may read."""

import dataclasses
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webapp.client.crypto.identities import new_identity, read_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, public_key
from webapp.client.device.lock import Place
from webapp.client.errors import Malformed
from webapp.client.formats.document_shapes import DeviceEntry
from webapp.client.formats.encoding import from_base64, from_json, new_id, to_base64, to_json
from webapp.client.formats.restore_requests import RestoreRequest
from webapp.client.transport.http import Signer

LINK = 32
"""As many characters of a fingerprint stand in a link, and nowhere else."""


@dataclass
class DeviceState:
    """One device of one member. A real browser keeps the two secret keys where no script can read them."""

    origin: str
    organisation: str
    user: str
    account: str
    """The address the member signs in with: as the page named it at joining, later as the vault does."""
    name: str
    id: str = field(default_factory=new_id)
    identity: str = field(default_factory=new_identity, repr=False)
    seed: str = field(default_factory=lambda: to_base64(new_seed()), repr=False)
    salts: dict[str, str] = field(default_factory=dict, repr=False)
    """By lock version; never sent."""
    enrolled: bool = False
    seen_epoch: int = 0
    seen_counter: int = 0
    key_fingerprint: str = ""
    """Of the organisation recovery key, as the invite link or a person told it: 32 or 16 characters, later all 52."""
    key_epoch: int = 0
    """Of that key, where a vault has it on record."""
    elsewhere: bool = False
    """Whether this browser knows another organisation at this address, and has compared no key of this one."""
    joined_with: str = ""
    """What the invite link said, by which this device joined: good for that, and for nothing else."""
    request: str = ""
    """The exact text of this device's restore request, while there is one."""
    request_signature: str = ""
    digits_tries: int = 0
    """Wrong digits typed for that request."""
    digits_by: str = ""
    """Who told the right ones: a user id."""
    key_compared: bool = False
    """Whether the characters of the key that the request names were compared."""
    unconfirmed: bool = False
    """Whether the member goes on without any of that."""
    pairing: str = ""
    """The exact text with which this device asked to be paired, until it is."""
    used_codes: list[str] = field(default_factory=list, repr=False)
    """Offers and codes of that pairing that were answered with."""
    codes: list[str] = field(default_factory=list)
    """When this device showed codes to others, since the last success."""

    @property
    def root(self) -> str:
        """The fingerprint that a person compared, or that a vault or a kit has on record; "" where only a link said
        one: that may refuse another, and no more, since anybody can put a link into a page or a mail."""
        return "" if len(self.key_fingerprint) == LINK else self.key_fingerprint

    @property
    def signer(self) -> Signer:
        """What signs requests."""
        return Signer(self.id, from_base64(self.seed, 32))

    @property
    def place(self) -> Place:
        """Where this device's lock belongs."""
        return Place(self.origin, self.user, self.id)

    @property
    def entry(self) -> DeviceEntry:
        """This device in a vault's list."""
        keys = {"sign": to_base64(public_key(from_base64(self.seed, 32))), "recipient": self.recipient}
        return {"id": self.id, "name": self.name, **keys}  # type: ignore[typeddict-item]

    @property
    def recipient(self) -> str:
        """What is sealed to this device."""
        return recipient_of(read_identity(self.identity))

    @property
    def restore_request(self) -> RestoreRequest | None:
        """This device's restore request, if it made one."""
        return RestoreRequest(self.request, from_base64(self.request_signature, 64)) if self.request else None

    def save(self, path: Path) -> None:
        """Write it where only this user of the computer can read it (0600), all of it or nothing."""
        unfinished = path.with_name(path.name + ".new")
        unfinished.unlink(missing_ok=True)
        opened = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(opened, "w", encoding="utf-8") as file:
            file.write(to_json(dataclasses.asdict(self)) + "\n")
        unfinished.replace(path)

    @classmethod
    def load(cls, path: Path) -> "DeviceState":
        """What `save` wrote; raises Malformed."""
        fields: Any = from_json(path.read_text(encoding="utf-8"))
        try:
            return cls(**fields)
        except TypeError as error:
            raise Malformed("not a device") from error
