"""Pairing, protocol `pair/v1`: the other device O shows a code, the new device N types it, CPace tells both the truth.

O is A of the draft, N is B. Only when N has shown that it knows the code, O seals the vault key to it.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from webapp.client.crypto import cpace
from webapp.client.crypto.cpace import Sent
from webapp.client.crypto.identities import Identity, read_identity
from webapp.client.crypto.sealing import seal, unseal
from webapp.client.errors import Malformed, Reflected, WrongCode, WrongPairing
from webapp.client.formats.encoding import from_base64, to_base64
from webapp.client.pairing.messages import (
    ANNOUNCEMENT,
    ANSWER,
    KEY,
    LABEL,
    OFFER,
    OFFER_LABEL,
    Keys,
    Signed,
    Transcript,
    fresh_nonce,
    read,
    require_pairing,
    signed,
    transcript,
    verified,
    write,
)

CODE = re.compile("[0-9]{6}")
IV = 12


@dataclass
class Offered:
    """What O keeps of an offer, in memory only. The scalar goes with the first answer, whatever comes of it."""

    pairing: str
    recipient: str
    run: Transcript
    share: bytes
    scalar: int | None


@dataclass(frozen=True)
class Agreed:
    """What a side of a finished run has."""

    isk: bytes
    tag_a: bytes
    tag_b: bytes


@dataclass(frozen=True)
class Answered:
    """What N keeps of its answer."""

    pairing: str
    run: Transcript
    agreed: Agreed
    by: dict[str, str]


@dataclass(frozen=True)
class Accepted:
    """What N got: the vault key, and who sent it (device, sign, recipient), for `require_listed`."""

    vault_key: Identity
    by: dict[str, str]


def make_code() -> str:
    """Six digits, each code as likely as any other."""
    return f"{secrets.randbelow(1_000_000):06}"


def offer(announcement: Mapping[str, str], code: str, old: Keys) -> tuple[Signed, Offered]:
    """O's half of a run, with a fresh code, for an announcement that was read; raises Malformed, Reflected."""
    fields = {**old.public(), "nonce": fresh_nonce()}
    run = transcript(announcement, fields)
    scalar, share = _half(run, code)
    pairing = announcement["pairing"]
    exact = write("pairing-offer", pairing, {**fields, "share": to_base64(share)})
    state = Offered(pairing, announcement["recipient"], run, share, scalar)
    return signed(exact, OFFER_LABEL, old.seed), state


def answer(announced: str, offered: Signed, code: str) -> tuple[str, Answered]:
    """N's half, with the code as typed; an offer is answered once.

    Raises Malformed, BadSignature, WrongPairing, Reflected, BadShare.
    """
    announcement = read(announced, ANNOUNCEMENT)
    fields = verified(offered, OFFER, OFFER_LABEL)
    pairing = announcement["pairing"]
    require_pairing(fields, pairing)
    run = transcript(announcement, fields)
    scalar, share = _half(run, code)
    a = Sent(from_base64(fields["share"], 32), run.ada)
    b = Sent(share, run.adb)
    agreed = _agree(run.sid, cpace.scalar_mult_vfy(scalar, a.share), a, b)
    told = {"share": share, "associated": run.adb, "tag": agreed.tag_b}
    message = write("pairing-answer", pairing, {name: to_base64(value) for name, value in told.items()})
    return message, Answered(pairing, run, agreed, {name: fields[name] for name in ("device", "sign", "recipient")})


def confirm(state: Offered, answered: str, vault_key: Identity) -> str:
    """O's last message, if N knows the code and is who O was told: the vault key, sealed to N.

    Raises WrongCode (also where this offer was answered before), WrongPairing, Reflected, BadShare, Malformed.
    """
    scalar = state.scalar
    state.scalar = None
    if scalar is None:
        raise WrongCode("used up")
    fields = read(answered, ANSWER)
    require_pairing(fields, state.pairing)
    a = Sent(state.share, state.run.ada)
    b = Sent(from_base64(fields["share"]), from_base64(fields["associated"]))
    if a.share == b.share or a.associated == b.associated:
        raise Reflected
    if b.associated != state.run.adb:
        raise WrongPairing
    agreed = _agree(state.run.sid, cpace.scalar_mult_vfy(scalar, b.share), a, b)
    if not secrets.compare_digest(agreed.tag_b, from_base64(fields["tag"])):
        raise WrongCode
    iv = secrets.token_bytes(IV)
    file = seal(vault_key.encode(), [state.recipient])
    sealed = iv + _channel(agreed.isk, state.run.sid).encrypt(iv, file, state.run.sid)
    return write("pairing-key", state.pairing, {"tag": to_base64(agreed.tag_a), "sealed": to_base64(sealed)})


def accept(state: Answered, confirmed: str, identity: Identity) -> Accepted:
    """The vault key, if O knows the code too.

    Raises WrongCode, WrongPairing, Reflected, WrongKey, Malformed.
    """
    fields = read(confirmed, KEY)
    require_pairing(fields, state.pairing)
    tag = from_base64(fields["tag"])
    sealed = from_base64(fields["sealed"])
    if tag == state.agreed.tag_b:
        raise Reflected
    if not secrets.compare_digest(tag, state.agreed.tag_a):
        raise WrongCode
    try:
        file = _channel(state.agreed.isk, state.run.sid).decrypt(sealed[:IV], sealed[IV:], state.run.sid)
        vault_key = unseal(file, [identity]).decode()
    except (InvalidTag, ValueError) as error:
        raise Malformed("sealed") from error
    return Accepted(read_identity(vault_key), state.by)


def _half(run: Transcript, code: str) -> tuple[int, bytes]:
    if not CODE.fullmatch(code):
        raise Malformed("a code has six digits")
    scalar = cpace.sample_scalar()
    return scalar, cpace.scalar_mult(scalar, cpace.calculate_generator(code.encode(), run.ci, run.sid))


def _agree(sid: bytes, k: bytes, a: Sent, b: Sent) -> Agreed:
    isk = cpace.session_key(sid, k, a, b)
    return Agreed(isk, cpace.confirmation(sid, isk, a), cpace.confirmation(sid, isk, b))


def _channel(isk: bytes, sid: bytes) -> AESGCM:
    return AESGCM(HKDF(algorithm=SHA512(), length=32, salt=sid, info=f"{LABEL}/o2n".encode()).derive(isk))
