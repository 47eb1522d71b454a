"""Restore requests of version 1, as browsers made them before a request named the organisation recovery key."""

from webapp.client.crypto.signatures import sign
from webapp.client.formats.encoding import to_json
from webapp.client.formats.restore_requests import LABEL, Asker, RestoreRequest, Told, make_request

SECOND = {"organisation_key", "successions", "approvers"}
"""What version 2 added."""


def make_first_request(asker: Asker, backup: str, file_sha256: str, seed: bytes) -> RestoreRequest:
    """A request for this backup, signed by the seed of the asking device."""
    return as_first(make_request(asker, backup, file_sha256, seed, Told("a" * 52)), seed)


def as_first(request: RestoreRequest, seed: bytes) -> RestoreRequest:
    """The same in version 1."""
    exact = to_json({name: 1 if name == "v" else value for name, value in request.fields.items() if name not in SECOND})
    return RestoreRequest(exact, sign(seed, LABEL, exact.encode()))
