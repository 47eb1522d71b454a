"""One organisation recovery key after another: the former signs which key takes its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.client.encoding import from_base64, from_json, moment, to_base64, to_json
from webapp.client.errors import DeviceError, KeyMismatch
from webapp.client.organisation_keys import LENGTHS, OrganisationKey, PublicKey
from webapp.client.shapes import Check, demand, exactly, fits, identifier, number, octets, recipient, record, text
from webapp.client.signatures import sign, verify

LABEL = "spare-key/v1/organisation-key-succession"
KEY: dict[str, Check] = {"epoch": number, "recipient": recipient, "sign": octets(32)}
SUCCESSION: dict[str, Check] = {"statement": text, "signature": octets(64)}
SHAPE: dict[str, Check] = {
    "v": exactly(1),
    "type": exactly("organisation-key-succession"),
    "organisation": identifier,
    "former": record(KEY),
    "next": record(KEY),
    "made_at": text,
}


@dataclass(frozen=True)
class Succession:
    """A statement: exact text and the former key’s signature."""

    statement: str
    signature: bytes

    def fields(self) -> dict[str, str]:
        """As JSON has it."""
        return {"statement": self.statement, "signature": to_base64(self.signature)}


def make_succession(former: OrganisationKey, following: OrganisationKey) -> Succession:
    """`following` takes the place of `former`, which signs it; raises KeyMismatch where it can’t."""
    if following.organisation != former.organisation or following.epoch <= former.epoch:
        raise KeyMismatch
    statement = to_json(
        {
            "v": 1,
            "type": "organisation-key-succession",
            "organisation": former.organisation,
            "former": _whole(former.public),
            "next": _whole(following.public),
            "made_at": moment(),
        }
    )
    return Succession(statement, sign(former.seed, LABEL, statement.encode()))


def read_successions(value: object) -> list[Succession]:
    """Statements as JSON has them; what is none is left out."""
    found = [each for each in value if fits(each, SUCCESSION)] if isinstance(value, list) else []
    return [Succession(each["statement"], from_base64(each["signature"])) for each in found]


def leads_to(successions: Sequence[Succession], organisation: str, known: str, asked: str) -> bool:
    """Whether `asked` is the known fingerprint (which may be its first 32 or 16 characters), or signed statements lead
    to it, each to a key of a later epoch."""
    steps = [step for step in (_step(each, organisation) for each in successions) if step]
    reached = [known]
    for fingerprint in reached:  # grows while it is walked
        if _is_pinned_as(asked, fingerprint):
            return True
        reached += [to for former, to in steps if _is_pinned_as(former, fingerprint) and to not in reached]
    return False


def _step(succession: Succession, organisation: str) -> tuple[str, str] | None:
    """From which fingerprint to which it leads; None: it leads nowhere."""
    try:
        said = demand(from_json(succession.statement), SHAPE)
        former, following = (_public(organisation, said[name]) for name in ("former", "next"))
        if said["organisation"] != organisation or following.epoch <= former.epoch:
            return None
        verify(former.sign, LABEL, succession.statement.encode(), succession.signature)
    except DeviceError:
        return None
    return former.fingerprint, following.fingerprint


def _is_pinned_as(fingerprint: str, pinned: str) -> bool:
    return len(pinned) in LENGTHS and fingerprint.startswith(pinned)


def _public(organisation: str, named: dict[str, Any]) -> PublicKey:
    return PublicKey(organisation, named["epoch"], named["recipient"], from_base64(named["sign"], 32))


def _whole(key: PublicKey) -> dict[str, Any]:
    return {"epoch": key.epoch, "recipient": key.recipient, "sign": to_base64(key.sign)}
