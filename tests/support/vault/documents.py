"""What the tests of the formats start from: a member's device, a document it wrote, the organisation's key."""

from dataclasses import dataclass

from webapp.client.crypto.identities import Identity, new_identity, recipient_of
from webapp.client.crypto.signatures import new_seed, public_key
from webapp.client.formats import documents
from webapp.client.formats.document_shapes import Body, Draft, Item
from webapp.client.formats.encoding import moment, new_id, to_base64
from webapp.client.formats.recovery_keys import OrganisationKey, make_key

ORIGIN = "https://keys.example.org"
ACCOUNT = "zoe@example.org"


@dataclass(frozen=True)
class Maker:
    """A member with one device, a vault key, a kit, and an organisation with a recovery key."""

    organisation: str
    user: str
    device: str
    seed: bytes
    identity: Identity
    vault: Identity
    kit: Identity
    key: OrganisationKey

    @property
    def recipients(self) -> list[str]:
        """Whom a vault file is sealed to."""
        return [recipient_of(self.vault), recipient_of(self.kit)]

    def draft(self) -> Draft:
        """The first save of this member."""
        device = {"id": self.device, "sign": to_base64(public_key(self.seed)), "name": "A browser"}
        return {
            "organisation": self.organisation,
            "user": self.user,
            "account": ACCOUNT,
            "epoch": 1,
            "counter": 1,
            "made_at": moment(),
            "device": self.device,
            "base_sha256": "",
            "devices": [{**device, "recipient": recipient_of(self.identity)}],  # type: ignore[typeddict-item]
            "kit": 1,
            "organisation_key": {"epoch": 1, "fingerprint": self.key.public.fingerprint},
        }

    def body(self, items: list[Item]) -> Body:
        """These items under the keyring."""
        kit = recipient_of(self.kit)
        return {
            "items": items,
            "tombstones": [],
            "keyring": {
                "epochs": [{"epoch": 1, "key": self.vault}],
                "kit": {"number": 1, "recipient": kit, "made_at": moment()},
            },
        }

    def document(self, items: list[Item] | None = None) -> documents.Document:
        """A signed document with these items."""
        return documents.write(self.draft(), self.body(items or []), self.seed)

    def file(self, items: list[Item] | None = None) -> bytes:
        """A vault file with these items."""
        return documents.seal_document(self.document(items), self.recipients)


def maker() -> Maker:
    """A fresh member."""
    organisation = new_id()
    keys = new_identity(), new_identity(), new_identity()
    return Maker(organisation, new_id(), new_id(), new_seed(), *keys, make_key(organisation, "Example", "2026", 1))


def note(title: str = "", text: str = "") -> Item:
    """A note."""
    times = {"created_at": moment(), "updated_at": moment()}
    empty = {"username": "", "password": "", "url": ""}
    return {"id": new_id(), "kind": "note", "title": title, "notes": text, **empty, **times}  # type: ignore[typeddict-item]
