"""What can go wrong on a device, one class each; `code` is what the browser's modules call the same thing."""

from collections.abc import Mapping


class DeviceError(Exception):
    """Something a device refuses or is refused."""

    code = "refused"


class Malformed(DeviceError):
    """The bytes are not written the way their format says."""

    code = "malformed"


class NewerFormat(DeviceError):
    """Written by a later version of this program."""

    code = "newer_format"


class TooLarge(DeviceError):
    """More bytes or items than a vault may have, packed or unpacked."""

    code = "too_large"


class WrongKey(DeviceError):
    """No key at hand opens this file."""

    code = "wrong_key"


class BadSignature(DeviceError):
    """The signature isn't by the key that has to have made it, or the bytes were changed after signing."""

    code = "bad_signature"


class WrongAccount(DeviceError):
    """The file is genuine but belongs to another person or organisation."""

    code = "wrong_member"


class ForeignBackup(DeviceError):
    """The backup names, sealed with its share, another member than the one whom the page shows to the admin."""

    code = "wrong_account"

    def __init__(self, account: str) -> None:
        super().__init__(account)
        self.account = account


class OlderThanSeen(DeviceError):
    """The server hands out a vault older than one this device has already seen."""

    code = "rolled_back"


class KeyMismatch(DeviceError):
    """The organisation recovery key served isn't the one that was pinned. No backup is made with it."""

    code = "key_mismatch"


class OtherKeyShown(DeviceError):
    """The member’s browser was shown another organisation recovery key than the one in the opened file. Nothing is to
    be approved."""

    code = "other_key_shown"


class NoDigits(DeviceError):
    """What was typed are no six digits, or it is not known who of a few people can have told them. It counts as no
    try."""

    code = "no_digits"


class WrongTry(DeviceError):
    """What was typed doesn’t fit; `tries_left` says how often it may still be typed."""

    def __init__(self, tries_left: int) -> None:
        super().__init__(f"{tries_left} tries left")
        self.tries_left = tries_left


class WrongDigits(WrongTry):
    """The six digits are not of this request, this key and one of those who may approve it."""

    code = "wrong_digits"


class DigitsMissing(DeviceError):
    """Nobody has told the member the six digits of this approval, and they have not said that there are none."""

    code = "digits_missing"


class CheckStopped(DeviceError):
    """Five times the digits were wrong: whoever answered holds another key, and the recovery has stopped."""

    code = "check_stopped"


class ApprovalPast(DeviceError):
    """By the clock of this device the approval is over; `expires_at` and `now` are both times."""

    code = "approval_past"

    def __init__(self, expires_at: str, now: str) -> None:
        super().__init__(f"until {expires_at}, and it is {now}")
        self.expires_at = expires_at
        self.now = now


class ExpiresTooLate(DeviceError):
    """The page wants an approval to be good for longer than any may be. Nothing is signed."""

    code = "expires_too_late"


class WrongFingerprint(DeviceError):
    """The fingerprint typed isn't the one of the request in front of the admin."""

    code = "wrong_fingerprint"


class ShareMismatch(DeviceError):
    """Share A and share S together are not the key of this backup."""

    code = "wrong_shares"


class WeakPin(DeviceError):
    """A PIN that is too easy to guess; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WrongPin(WrongTry):
    """The PIN is wrong."""

    code = "wrong_pin"


class ServerRefused(DeviceError):
    """The server answered with an error. `details` is its JSON, `status` the HTTP status."""

    def __init__(self, status: int, code: str, details: Mapping[str, object] | None = None) -> None:
        super().__init__(f"{status} {code}")
        self.status = status
        self.code = code
        self.details = dict(details or {})


class NoAnswer(ServerRefused):
    """Nobody answered, or somebody else than the server: what was sent may have arrived all the same. `code` says who
    it probably was, `status` what they said."""


class CodeNeeded(ServerRefused):
    """The password was right, and the account has a second factor."""


class StaleVault(ServerRefused):
    """Another device saved first; `details` names what the server has now."""


class AlreadyOpen(ServerRefused):
    """The member has a restore request in another browser, which comes first."""


class NotReleased(ServerRefused):
    """The restore request is still waiting for its approval."""


class RequestClosed(ServerRefused):
    """The restore request or the pairing has ended; `details["state"]` says how."""


class LockDestroyed(ServerRefused):
    """The PIN was wrong too often: the server's share is gone, and recovery is the way on."""


class MethodOff(ServerRefused):
    """The organisation has switched this way back off: what was begun stands still until it is allowed again."""


class EpochEnded(DeviceError):
    """The vault moved on to a key that this device doesn't have."""

    code = "wrong_epoch"


class NotUnlocked(DeviceError):
    """The vault is locked, or this browser has no device yet."""

    code = "locked"


class WrongOrigin(DeviceError):
    """Made for another installation of Spare Key."""

    code = "wrong_origin"


class BadShare(DeviceError):
    """A pairing's share is no point of the group, or the neutral one: the run ends (draft-irtf-cfrg-cpace-21)."""

    code = "bad_share"


class WrongCode(DeviceError):
    """The two devices of a pairing don't have the same code and view, or the code is used up."""

    code = "wrong_code"


class CodeUsed(DeviceError):
    """The offer of a pairing, or the code that was typed, was answered with before."""

    code = "code_used"


class CodesUsedUp(DeviceError):
    """This device has shown three codes within a day, and none of them led to a pairing."""

    code = "codes_used_up"


class WrongPairing(DeviceError):
    """A message of another pairing, or from another device than the one this pairing is with."""

    code = "wrong_pairing"


class Reflected(DeviceError):
    """A device was sent its own message or keys back."""

    code = "reflected"
