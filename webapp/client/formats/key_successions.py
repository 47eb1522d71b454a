"""One organisation recovery key after another: the former signs which key takes its place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from webapp.client.crypto.signatures import sign, verify
from webapp.client.errors import DeviceError, KeyMismatch
from webapp.client.formats.document_shapes import KeyPin
from webapp.client.formats.encoding import from_base64, from_json, moment, to_base64, to_json
from webapp.client.formats.recovery_keys import LENGTHS, OrganisationKey, PublicKey
from webapp.client.formats.shapes import (
    Check,
    exactly,
    fits,
    identifier,
    number,
    octets,
    recipient,
    record,
    require,
    text,
)

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


@dataclass(frozen=True)
class Step:
    """A statement that holds: from which fingerprint to which key it leads."""

    succession: Succession
    former: str
    next: KeyPin


def leads_to(successions: Sequence[Succession], organisation: str, known: str, asked: str) -> bool:
    """Whether `asked` is the known fingerprint (which may be its first 32 or 16 characters), or signed statements lead
    to it, each to a key of a later epoch."""
    return path_to(successions, organisation, known, asked) is not None


def path_to(successions: Sequence[Succession], organisation: str, known: str, asked: str) -> list[Step] | None:
    """The steps from the one fingerprint to the other, each of which may be its first 32 or 16 characters; none where
    they are of one key. None: nothing leads there."""
    steps = [step for step in (_step(each, organisation) for each in successions) if step]
    paths: dict[str, list[Step]] = {known: []}
    queue = [known]
    for fingerprint in queue:  # grows while it is walked
        if is_pinned_as(asked, fingerprint) or is_pinned_as(fingerprint, asked):
            return paths[fingerprint]
        for step in steps:
            to = step.next["fingerprint"]
            if is_pinned_as(step.former, fingerprint) and to not in paths:
                paths[to] = [*paths[fingerprint], step]
                queue.append(to)
    return None


def own_pin(successions: Sequence[Succession], organisation: str, known: str, key: PublicKey) -> KeyPin | None:
    """What a browser that knew a key has on record once `key` has approved: `key`, where it is the known one or follows
    from it by signature. Where it came before, the known one stays: anybody can make a key up that “signed” for
    another, so that no former key is believed in its place. None: they have nothing to do with each other."""
    return later_of(successions, organisation, known, {"epoch": key.epoch, "fingerprint": key.fingerprint})


def later_of(successions: Sequence[Succession], organisation: str, known: str, pin: KeyPin) -> KeyPin | None:
    """The same of a key on record: the one of the two that the other led to."""
    if path_to(successions, organisation, known, pin["fingerprint"]) is not None:
        return pin
    back = path_to(successions, organisation, pin["fingerprint"], known)
    return back[-1].next if back else None


def are_related(successions: Sequence[Succession], organisation: str, one: str, other: str) -> bool:
    """Whether one of the two keys follows from the other, or they are the same."""
    return any(path_to(successions, organisation, *way) is not None for way in ((one, other), (other, one)))


def _step(succession: Succession, organisation: str) -> Step | None:
    """Where it leads; None: nowhere."""
    try:
        said = require(from_json(succession.statement), SHAPE)
        former, following = (_public(organisation, said[name]) for name in ("former", "next"))
        if said["organisation"] != organisation or following.epoch <= former.epoch:
            return None
        verify(former.sign, LABEL, succession.statement.encode(), succession.signature)
    except DeviceError:
        return None
    return Step(succession, former.fingerprint, {"epoch": following.epoch, "fingerprint": following.fingerprint})


def is_pinned_as(fingerprint: str, pinned: str) -> bool:
    """Whether `pinned`, whole or its first 32 or 16 characters, is of this fingerprint."""
    return len(pinned) in LENGTHS and fingerprint.startswith(pinned)


def _public(organisation: str, named: dict[str, Any]) -> PublicKey:
    return PublicKey(organisation, named["epoch"], named["recipient"], from_base64(named["sign"], 32))


def _whole(key: PublicKey) -> dict[str, Any]:
    return {"epoch": key.epoch, "recipient": key.recipient, "sign": to_base64(key.sign)}
