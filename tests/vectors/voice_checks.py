"""Vectors of the voice check: a request that names its recovery key, and the six digits that approvers tell back."""

import hashlib
from dataclasses import replace

from tests.vectors.formats import KEY, NEW, ORGANISATION, USER
from tests.vectors.primitives import Vectors
from tests.vectors.seeds import ORIGIN, identifier, identity, octets, signing_seed
from webapp.client.crypto.identities import recipient_of
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.key_successions import Succession, make_succession
from webapp.client.formats.recovery_keys import OrganisationKey
from webapp.client.formats.restore_requests import Asker, RestoreRequest, Told, make_request
from webapp.client.recovery import voice_checks
from webapp.crypto.fingerprints import lv

FIRST = KEY
SECOND = replace(
    KEY,
    epoch=2,
    name="Second",
    identity=identity("second organisation key"),
    seed=signing_seed("second organisation key"),
)
EDGES = (
    (voice_checks.BOUND - 1).to_bytes(4, "big") + bytes(28),  # the last word that counts
    voice_checks.BOUND.to_bytes(4, "big") + (42).to_bytes(4, "big") + bytes(24),  # passed over: the next one counts
    b"\xff" * 28 + (7).to_bytes(4, "big"),  # the last of eight
    b"\xff" * 32,  # none of them: hashed once more
    bytes(32),
)


def voice_check() -> Vectors:
    """One request by a browser that knew the key before, with the digits of several approvers."""
    succession = make_succession(FIRST, SECOND)
    request = _request(SECOND, succession)
    naming = _request(SECOND, succession, (identifier("admin"), identifier("second admin")))
    approvers = [identifier("admin"), _approver(request, passed_over=True), _approver(request, passed_over=False)]
    return {
        "label": voice_checks.LABEL,
        "known": FIRST.public.fingerprint,
        "request": {
            "exact": request.exact,
            "signature": to_base64(request.signature),
            "fingerprint": request.fingerprint,
            "sha256": request.sha256,
            "organisation_key": SECOND.public.fingerprint,
            "successions": [succession.fields()],
            "signing_seed": signing_seed("new device").hex(),
        },
        "naming": {
            "exact": naming.exact,
            "signature": to_base64(naming.signature),
            "fingerprint": naming.fingerprint,
            "approvers": naming.approvers,
        },
        "digits": [_digits(request, SECOND, approver) for approver in approvers],
        "of_another_key": _digits(request, FIRST, approvers[0]),
        "truncation": [{"sha256": edge.hex(), "digits": voice_checks.digits_of(edge)} for edge in EDGES],
    }


def _request(key: OrganisationKey, succession: Succession, approvers: tuple[str, ...] = ()) -> RestoreRequest:
    asker = Asker(ORIGIN, ORGANISATION, USER, identifier("new device"), recipient_of(NEW), "Safari on iPhone")
    file_sha256 = octets("cloud backup").hex()
    told = Told(key.public.fingerprint, (succession,), approvers)
    return make_request(asker, identifier("backup"), file_sha256, signing_seed("new device"), told)


def _message(request: RestoreRequest, key: OrganisationKey, approver: str) -> bytes:
    return lv(voice_checks.LABEL, ORIGIN, request.exact, key.public.fingerprint, approver)


def _digits(request: RestoreRequest, key: OrganisationKey, approver: str) -> Vectors:
    fingerprint = key.public.fingerprint
    digest = hashlib.sha256(_message(request, key, approver)).hexdigest()
    digits = voice_checks.digits_to_tell(request, fingerprint, approver)
    return {"approver": approver, "fingerprint": fingerprint, "sha256": digest, "digits": digits}


def _approver(request: RestoreRequest, *, passed_over: bool) -> str:
    """The first of many whose digits begin with zeros, or whose first word is passed over."""
    for number in range(1_000_000):
        approver = identifier(f"admin {number}")
        digest = hashlib.sha256(_message(request, SECOND, approver)).digest()
        is_over = int.from_bytes(digest[:4], "big") >= voice_checks.BOUND
        if is_over if passed_over else not is_over and voice_checks.digits_of(digest).startswith("00"):
            return approver
    raise AssertionError("none")
