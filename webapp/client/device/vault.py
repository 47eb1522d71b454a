"""An unlocked vault: reading, saving, backing up."""

from collections.abc import Mapping
from typing import Any

from webapp.client.crypto.identities import Identity, recipient_of
from webapp.client.device.state import DeviceState
from webapp.client.errors import EpochEnded, KeyMismatch, Malformed, NotUnlocked, OlderThanSeen
from webapp.client.formats import documents
from webapp.client.formats.cloud_backups import CloudBackup, make_backup
from webapp.client.formats.document_shapes import Body, DeviceEntry, Draft, Item, KeyPin, Keyring, KitEntry, Tombstone
from webapp.client.formats.encoding import from_base64, moment, new_id, sha256_hex, to_base64
from webapp.client.formats.key_successions import leads_to, read_successions
from webapp.client.formats.recovery_keys import PublicKey
from webapp.client.formats.recovery_kits import RecoveryKit, confirms, make_kit, verify_key
from webapp.client.transport.http import Browser
from webapp.crypto.fingerprints import from_typed


class Vault:
    """The vault of one member on one device, with the vault key at hand."""

    def __init__(self, browser: Browser, state: DeviceState, vault_key: Identity) -> None:
        self.browser = browser
        self.state = state
        self.vault_key = vault_key
        self.document: documents.Document | None = None
        self.sha256 = ""

    @property
    def opened(self) -> documents.Document:
        """The document as this device last read or wrote it."""
        if self.document is None:
            raise NotUnlocked
        return self.document

    @property
    def items(self) -> list[Item]:
        """The items as this device last read or wrote them."""
        return self.opened.body["items"]

    def load(self) -> None:
        """Read the newest file; raises what `read` raises."""
        header, file = self.browser.get_file("/vault/file")
        self.keep(self.read(header, file), file)

    def read(self, header: Mapping[str, Any], file: bytes) -> documents.Document:
        """What the server hands out as the newest file, if it can be; raises WrongAccount, EpochEnded, OlderThanSeen
        and what opening raises."""
        if sha256_hex(file) != header.get("sha256"):
            raise Malformed("another file than announced")
        document = documents.open_document(file, [self.vault_key])
        manifest = document.manifest
        documents.require_account(document, self.state.organisation, self.state.user)
        if manifest["epoch"] != header.get("epoch") or manifest["epoch"] < self.state.seen_epoch:
            raise EpochEnded
        if (manifest["epoch"], manifest["counter"]) < (self.state.seen_epoch, self.state.seen_counter):
            raise OlderThanSeen
        return document

    def keep(self, document: documents.Document, file: bytes) -> None:
        """Remember this as the newest, so that nothing older is taken for it later. A step that is sent again has what
        it had the first time, and there may be newer by now: what was seen stays."""
        self.document = document
        self.sha256 = sha256_hex(file)
        manifest = document.manifest
        if (manifest["epoch"], manifest["counter"]) < (self.state.seen_epoch, self.state.seen_counter):
            return
        self.state.seen_epoch = manifest["epoch"]
        self.state.seen_counter = manifest["counter"]
        recorded = manifest["organisation_key"]
        if recorded and (not self.state.root or recorded["epoch"] >= self.state.key_epoch):
            self.state.key_fingerprint = recorded["fingerprint"]
            self.state.key_epoch = recorded["epoch"]
            self.state.elsewhere = False

    def add(self, title: str, *, kind: str = "login", **fields: str) -> Item:
        """Save one more item: a login (username, password, url, notes) or a note (notes)."""
        empty = {"username": "", "password": "", "url": "", "notes": ""}
        times = {"created_at": moment(), "updated_at": moment()}
        item: Any = {"id": new_id(), "kind": kind, "title": title, **empty, **fields, **times}
        self.save([*self.items, item])
        return item  # type: ignore[no-any-return]

    def save(self, items: list[Item]) -> None:
        """Save these items instead of the former ones; raises StaleVault where another device was first."""
        kept = {item["id"] for item in items}
        gone = [item["id"] for item in self.items if item["id"] not in kept]
        tombstones: list[Tombstone] = [{"id": item, "deleted_at": moment()} for item in gone]
        former = self.opened.body
        body: Body = {**former, "items": items, "tombstones": [*former["tombstones"], *tombstones]}
        self.write(body, self.opened.manifest["organisation_key"])

    def write(self, body: Body, pin: KeyPin | None) -> None:
        """Save this body under this pin; raises StaleVault."""
        header, document, file = self.sealed(body, pin)
        same = {"epoch": header["epoch"], "counter": header["counter"], "sha256": header["file_sha256"]}
        self.browser.sign_file(self.state.signer, "/vault/file", header, file, same)
        self.keep(document, file)

    def sealed(
        self, body: Body, pin: KeyPin | None, *more: DeviceEntry
    ) -> tuple[dict[str, Any], documents.Document, bytes]:
        """The file that follows the one last read, with these devices in its list too, and what the server is told of
        it."""
        document = documents.write(self._draft(body, pin, *more), body, self.state.signer.seed)
        file = documents.seal_document(document, [recipient_of(self.vault_key), *_kits(body["keyring"])])
        manifest: Any = document.manifest
        header = {name: manifest[name] for name in ("epoch", "counter", "base_sha256", "items", "kit")}
        kit = body["keyring"]["kit"]
        if kit["number"] > self.opened.manifest["kit"]:
            header["kit_verify_key"] = kit["verify_key"]
        return {**header, "file_sha256": sha256_hex(file)}, document, file

    def _draft(self, body: Body, pin: KeyPin | None, *more: DeviceEntry) -> Draft:
        former = self.opened.manifest
        own = [self.state.entry, *more]
        devices = [device for device in former["devices"] if device["id"] not in [each["id"] for each in own]]
        draft: Draft = {
            "organisation": self.state.organisation,
            "user": self.state.user,
            "account": former.get("account", self.state.account),
            "epoch": former["epoch"],
            "counter": former["counter"] + 1,
            "made_at": moment(),
            "device": self.state.id,
            "base_sha256": self.sha256,
            "devices": [*devices, *own],
            "kit": body["keyring"]["kit"]["number"],
            "organisation_key": pin,
        }
        if "unconfirmed_since" in former and pin is None:
            draft["unconfirmed_since"] = former["unconfirmed_since"]
        return draft

    def kit(self) -> RecoveryKit:
        """The Recovery Kit, as long as the vault still has it: until it is confirmed; else raises NotUnlocked."""
        entry = self.opened.body["keyring"]["kit"]
        if "identity" not in entry:
            raise NotUnlocked
        return self._as_kit(entry)

    def _as_kit(self, entry: KitEntry) -> RecoveryKit:
        name = organisation_name(self.browser)
        key = self._compared_key()
        identity = Identity(entry["identity"])
        return RecoveryKit(entry["number"], entry["made_at"], self.state.account, name, identity, key)

    def _compared_key(self) -> str:
        """For the kit: the key that the vault has on record, or that this browser knows, or joined
        with, and the server names; "" where nobody has compared any."""
        manifest = self.opened.manifest
        if manifest["organisation_key"]:
            return manifest["organisation_key"]["fingerprint"]
        known = self._told()
        if "unconfirmed_since" in manifest or not known:
            return ""
        try:
            key = served_key(self.browser)
            key.require(known)
        except KeyMismatch:
            return ""
        return key.fingerprint

    def _told(self) -> str:
        """What this browser knows of the key, or was told as it joined, unless it knows another organisation here."""
        return "" if self.state.elsewhere else self.state.root or self.state.joined_with

    def confirm_kit(self, typed: str) -> bool:
        """Whether the last four characters are right; from then on only the person has the kit."""
        if not confirms(self.kit(), typed):
            return False
        body = self.opened.body
        entry = self.opened.body["keyring"]["kit"]
        number = {"kit": entry["number"]}
        self.browser.sign_json(self.state.signer, "/vault/kit-confirmation", number, same=number)
        keyring: Keyring = {
            "epochs": body["keyring"]["epochs"],
            "kit": {"number": entry["number"], "recipient": entry["recipient"], "made_at": entry["made_at"]},
        }
        self.write({**body, "keyring": keyring}, self.opened.manifest["organisation_key"])
        return True

    def make_next_kit(self) -> RecoveryKit:
        """A new Recovery Kit beside the present one; both open the vault until it is confirmed. Again gives the same
        one: somebody may have it on paper."""
        keyring = self.opened.body["keyring"]
        number = self.opened.body["keyring"]["kit"]["number"] + 1
        if "next_kit" in keyring:
            return self._as_kit(keyring["next_kit"])
        kit = make_kit(number, self.state.account, organisation_name(self.browser))
        entry: KitEntry = {
            "number": number,
            "recipient": kit.recipient,
            "made_at": kit.made_at,
            "identity": kit.identity,
        }
        entry["verify_key"] = to_base64(verify_key(kit.identity, self.state.user))
        body: Body = {**self.opened.body, "keyring": {**keyring, "next_kit": entry}}
        self.write(body, self.opened.manifest["organisation_key"])
        return self._as_kit(entry)

    def confirm_next_kit(self) -> None:
        """The next kit takes the present one’s place; raises NotUnlocked where none was made."""
        keyring = self.opened.body["keyring"]
        if "next_kit" not in keyring:
            raise NotUnlocked
        kit: Any = {name: value for name, value in keyring["next_kit"].items() if name != "identity"}
        body: Body = {**self.opened.body, "keyring": {"epochs": keyring["epochs"], "kit": kit}}
        self.write(body, self.opened.manifest["organisation_key"])

    def switch_on_cloud_backups(self, typed: str = "") -> None:
        """Trust the organisation recovery key served, if the person named it (by characters, or by a link of which they
        say that an admin gave it to them), or the link did by which this device joined, or that named one that signed
        for it; else KeyMismatch."""
        key = served_key(self.browser)
        known = from_typed(typed or self._told())
        successions = [] if typed else read_successions(self.browser.get_json("/organisation/key")["successions"])
        if not leads_to(successions, key.organisation, known, key.fingerprint):
            raise KeyMismatch
        self.state.key_epoch = 0 if typed else self.state.key_epoch  # only a person leads back to an earlier one
        self.write(self.opened.body, {"epoch": key.epoch, "fingerprint": key.fingerprint})
        path = "/backups/enrolment"
        fingerprint = {"fingerprint": key.fingerprint}
        self.browser.sign_json(self.state.signer, path, fingerprint, same=fingerprint)

    def follow_key(self) -> bool:
        """Take over the key served, where the pinned one signed for it; whether it is a new one. Raises KeyMismatch."""
        pin = self.opened.manifest["organisation_key"]
        key = served_key(self.browser)
        answer = self.browser.get_json("/organisation/key")
        successions = read_successions(answer.get("successions"))
        if pin is None or not leads_to(successions, key.organisation, pin["fingerprint"], key.fingerprint):
            raise KeyMismatch
        if pin["fingerprint"] == key.fingerprint:
            return False
        self.write(self.opened.body, {"epoch": key.epoch, "fingerprint": key.fingerprint})
        fingerprint = {"fingerprint": key.fingerprint}
        self.browser.sign_json(self.state.signer, "/backups/enrolment", fingerprint, same=fingerprint)
        return True

    def back_up(self) -> CloudBackup:
        """Make a cloud backup of the vault as it is; raises KeyMismatch where the key served is neither the pinned one
        nor followed that by signature."""
        self.follow_key()
        key = served_key(self.browser)
        key.require(self.state.key_fingerprint)
        account = self.opened.manifest.get("account", self.state.account)
        backup = make_backup(self.opened, account, key, self.state.id, self.state.signer.seed)
        same = {"backup": backup.id, "sha256": sha256_hex(backup.file)}
        self.browser.sign_file(self.state.signer, "/backups", backup.header(), backup.file, same)
        return backup


def _kits(keyring: Keyring) -> list[str]:
    """Whom every file is sealed to beside the vault key."""
    return [entry["recipient"] for entry in (keyring["kit"], keyring.get("next_kit")) if entry]


def served_key(browser: Browser) -> PublicKey:
    """The organisation recovery key as the server names it, to be held against a pin; raises KeyMismatch for none."""
    answer = browser.get_json("/organisation/key")
    key = answer.get("key")
    if not isinstance(key, dict):
        raise KeyMismatch
    sign = from_base64(key["sign"], 32)
    return PublicKey(str(answer["organisation"]), int(key["epoch"]), str(key["recipient"]), sign)


def organisation_name(browser: Browser) -> str:
    """What the organisation is called."""
    return str(browser.get_json("/organisation/key").get("name", ""))
