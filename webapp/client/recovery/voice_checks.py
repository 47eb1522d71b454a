"""The voice check back: six digits by which a member hears that whoever answers holds the key that their request names.

They carry no secret: everything that they are made of passes the server. They show that a page which opened the key
file agreed, to somebody who knows the voice or the number. This device counts wrong ones itself, and needn’t trust the
server to.
"""

import hashlib

from webapp.client.device.state import DeviceState
from webapp.client.errors import CheckStopped, KeyMismatch, NoDigits, WrongDigits
from webapp.client.formats.key_successions import is_pinned_as
from webapp.client.formats.restore_requests import RestoreRequest
from webapp.crypto.fingerprints import from_typed, lv

LABEL = "spare-key/v1/restore-digits"
TRIES = 5
DIGITS = 6
WORD = 4
BOUND = 256**WORD // 10**DIGITS * 10**DIGITS
"""Words from here on are passed over, so that each number of six digits is as likely as any other."""


def digits_to_tell(request: RestoreRequest, fingerprint: str, approver: str) -> str:
    """The six digits that this approver tells back. `fingerprint` is computed from the key file; raises Malformed."""
    message = lv(LABEL, request.fields["origin"], request.exact, fingerprint, approver)
    return digits_of(hashlib.sha256(message).digest())


def digits_of(digest: bytes) -> str:
    """The first word (four bytes, big-endian) of a SHA-256 that is below 4,294,000,000, modulo 1,000,000, with its
    leading zeros. Where none of the eight is, SHA-256 of the 32 bytes takes their place."""
    for start in range(0, len(digest), WORD):
        word = int.from_bytes(digest[start : start + WORD], "big")
        if word < BOUND:
            return f"{word % 10**DIGITS:0{DIGITS}}"
    return digits_of(hashlib.sha256(digest).digest())


class VoiceCheck:
    """What the member of this device has heard about one request."""

    def __init__(self, state: DeviceState, request: RestoreRequest) -> None:
        self.state = state
        self.request = request

    def type_digits(self, typed: str, approver: str = "") -> None:
        """What somebody told the member: one of those whom the request named when it was made, and once it is approved,
        whoever did (a user id). A server can look for an id with which digits that it heard fit, so none that it names
        later counts. A try counts before it is compared.

        Raises WrongDigits; CheckStopped at the fifth, and from then on; NoDigits for what isn’t six digits, or where
        the request doesn’t name them: that is no try.
        """
        people = [each for each in self.request.approvers if approver in ("", each)]
        digits = "".join(typed.split())
        are_digits = len(digits) == DIGITS and digits.isascii() and digits.isdigit()
        if not are_digits or not people:
            raise NoDigits
        self.require_running()
        self.state.digits_tries += 1
        key = self.request.organisation_key
        fitting = [each for each in people if key and digits_to_tell(self.request, key, each) == digits]
        if fitting:
            self.state.digits_tries = 0
            self.state.digits_by = fitting[0]
            return
        self.require_running()
        raise WrongDigits(TRIES - self.state.digits_tries)

    def is_told_by(self, approver: str) -> bool:
        """Whether whoever approved told digits that fit, and was named by the request."""
        return self.state.digits_by == approver and approver in self.request.approvers

    def type_characters(self, typed: str) -> None:
        """The key’s own first 16 characters (or 32, or all), as they stand on a Recovery Kit, or as somebody reads them
        from the key file; raises KeyMismatch."""
        self.require_running()
        if not is_pinned_as(self.request.organisation_key, from_typed(typed)):
            raise KeyMismatch
        self.state.key_compared = True

    def go_on_unconfirmed(self) -> None:
        """Nobody told the member any digits."""
        self.require_running()
        self.state.unconfirmed = True

    def require_running(self) -> None:
        """Raises CheckStopped once five tries were wrong: whoever answered holds another key."""
        if self.state.digits_tries >= TRIES:
            raise CheckStopped
