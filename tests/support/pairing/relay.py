"""A relay between two devices that checks nothing and hands on whatever a test puts in the place of a message."""

import html
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.support.vault.documents import ACCOUNT, ORIGIN, Maker, maker, note
from webapp.client.device.state import DeviceState
from webapp.client.formats import documents
from webapp.client.formats.encoding import from_base64, from_json, sha256_hex, to_base64, to_json, unframe
from webapp.client.pairing.host import OtherDevice
from webapp.client.pairing.joiner import NewDevice
from webapp.client.pairing.messages import Signed
from webapp.client.transport.answers import ANSWER, OCTETS
from webapp.client.transport.http import Answer, Browser
from webapp.crypto.framing import frame

Told = Signed | str | None


@dataclass
class Relay:
    """What either side last sent (`heard`), and what is handed on instead where a test says so (`lies`).

    By name: announcement, offer, answer, key (header and file), vault.
    """

    file: bytes = b""
    heard: dict[str, Any] = field(default_factory=dict)
    lies: dict[str, Any] = field(default_factory=dict)
    refusals: int = 0

    def told(self, name: str) -> Any:
        """What is handed on."""
        return self.lies.get(name, self.heard.get(name))

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Answer everything with success."""
        what = path.partition("?")[0].rpartition("/")[2]
        handler = getattr(self, f"_{method.lower()}_{what.replace('-', '_')}", None)
        content = handler(body) if handler else {}
        if isinstance(content, Answer):
            return content
        octets = content if isinstance(content, bytes) else to_json(content).encode()
        kind = OCTETS if isinstance(content, bytes) else ANSWER
        return Answer(200, {"content-type": kind, "spare-key": "1"}, octets, path)

    def _post_challenge(self, _: bytes) -> dict[str, str]:
        return {"challenge": to_base64(secrets.token_bytes(32))}

    def _post_pairings(self, body: bytes) -> Answer:
        fields = {name: values[0] for name, values in parse_qs(body.decode()).items()}
        self.heard["announcement"] = Signed(fields["announcement"], from_base64(fields["signature"]))
        pairing = from_json(fields["announcement"])["pairing"]
        return Answer(303, {"location": f"/recovery/pairings/{pairing}", "spare-key": "1"}, b"", "/recovery/pairings")

    def _get_pair(self, _: bytes) -> bytes:
        announced = self.told("announcement")
        shown = self.lies.get("pairing") or from_json(announced.exact)["pairing"]
        return _element(pairing=shown, announcement=announced.exact, announcement_signature=announced.signature)

    def _post_offer(self, body: bytes) -> dict[str, str]:
        sent = from_json(body)
        self.heard["offer"] = Signed(sent["offer"], from_base64(sent["signature"]))
        return {"sha256": sha256_hex(sent["offer"].encode())}

    def _get_status(self, _: bytes) -> bytes:
        """Of both sides: each reads what is for it."""
        offer, answer = self.told("offer"), self.told("answer")
        shown = {"offer": offer.exact, "offer_signature": offer.signature} if offer else {}
        return _element(version="1", state="offered", **shown, **({"answer": answer} if answer else {}))

    def _post_answer(self, body: bytes) -> dict[str, str]:
        self.heard["answer"] = from_json(body)["answer"]
        return {"sha256": sha256_hex(self.heard["answer"].encode())}

    def _post_refusal(self, _: bytes) -> dict[str, str]:
        self.refusals += 1
        return {}

    def _post_vault(self, _: bytes) -> bytes:
        file = self.told("vault") or self.file
        return frame({"epoch": 1, "counter": 1, "sha256": sha256_hex(file), "kit": 1, "size": len(file)}, file)

    def _post_confirmation(self, body: bytes) -> dict[str, str]:
        header, self.file = unframe(body)
        self.heard["key"] = header["confirmation"]
        return {"epoch": header["epoch"], "counter": header["counter"], "sha256": header["file_sha256"]}

    def _post_key(self, _: bytes) -> bytes:
        file = self.told("vault") or self.file
        place = {"epoch": 1, "sha256": sha256_hex(file), "size": len(file)}
        return frame({**place, "confirmation": self.told("key")}, file)


class RelayTransport:
    """One browser’s connection to it."""

    origin = ORIGIN

    def __init__(self, relay: Relay) -> None:
        self.relay = relay

    def send(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """One request."""
        return self.relay.send(method, path, body, headers)


@dataclass
class Between:
    """Both devices of a member with a relay between them, and the person who types."""

    relay: Relay
    member: Maker
    new: NewDevice
    other: OtherDevice

    def ask(self) -> None:
        """The new device asks, the other one looks."""
        self.new.begin()
        self.other.look()

    def require_nothing_given(self) -> None:
        """No key left the other device, and none was taken by the new one."""
        assert "key" not in self.relay.heard
        assert self.new.vault is None


def between(member: Maker | None = None) -> Between:
    """A member with a vault, and a relay between the device that opens it and a new one."""
    member, relay = member or maker(), Relay()
    relay.file = documents.seal_document(member.document([note("Bank")]), member.recipients)
    old = DeviceState(ORIGIN, member.organisation, member.user, ACCOUNT, "A browser")
    old.id, old.identity, old.seed = member.device, member.identity, to_base64(member.seed)
    new = DeviceState(ORIGIN, member.organisation, member.user, ACCOUNT, "Another browser")
    browsers = [Browser(RelayTransport(relay), "test") for _ in range(2)]
    return Between(relay, member, NewDevice(browsers[0], new), OtherDevice(browsers[1], old, member.vault))


def _element(**parts: str | bytes) -> bytes:
    octets = {name: to_base64(value) if isinstance(value, bytes) else value for name, value in parts.items()}
    attributes = (f'data-{name.replace("_", "-")}="{html.escape(value)}"' for name, value in octets.items())
    return f"<i {' '.join(attributes)}></i>".encode()
