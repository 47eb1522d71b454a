"""Email addresses as people write them, as they are kept, and as they go over the wire: one address, one account.

email-validator says what is one (RFC 5321, RFC 6531), idna (IDNA 2008, UTS 46) what a domain is called. Domains at
`.local`, `.test` and the like, or of one word, are companies’ own, and stay allowed.
"""

import unicodedata
from dataclasses import dataclass
from email.headerregistry import Address
from email.utils import parseaddr
from functools import lru_cache
from urllib.parse import unquote

import email_validator

from webapp import limits

email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()
LONGEST = 1_000
"""Characters; what is longer is not even looked at."""


class NoAddress(ValueError):
    """It is none, or one that no mail server takes."""


@dataclass(frozen=True)
class EmailAddress:
    """One address in its three forms."""

    text: str
    """As it is kept and shown: as it was typed before the @, in the letters of its language behind it (NFC)."""
    key: str
    """What is the same for every spelling: before the @ in lower case, behind it in ASCII (A-labels)."""
    wire: str
    """As it goes to a mail server: behind the @ in ASCII."""

    @property
    def needs_smtputf8(self) -> bool:
        """Whether only a server that offers SMTPUTF8 (RFC 6531) takes it."""
        return not self.wire.isascii()


def parse(text: str) -> EmailAddress:
    """The address that somebody wrote: alone, with blanks, `<…>` or `mailto:` around it, or a full stop behind it.
    Raises NoAddress."""
    bare = _bare(text)
    try:
        found = email_validator.validate_email(bare, check_deliverability=False, globally_deliverable=False)
    except (email_validator.EmailNotValidError, UnicodeError) as error:
        raise NoAddress from error
    local = unicodedata.normalize("NFC", bare.rpartition("@")[0])
    domain = found.ascii_domain
    key = f"{unicodedata.normalize('NFC', local.lower())}@{domain}"
    address = EmailAddress(f"{local}@{found.domain}", key, f"{local}@{domain}")
    if max(len(part.encode()) for part in (address.text, key, address.wire)) > limits.EMAIL_CHARACTERS:
        raise NoAddress
    return address


def is_address(text: str) -> bool:
    """Whether it could be one; only a mail that arrives shows that it is."""
    try:
        parse(text)
    except NoAddress:
        return False
    return True


@lru_cache(1024)
def key_of(text: str) -> str:
    """By what an account is found, and its tries are counted. What is no address gets a key, too, as the same text."""
    try:
        return parse(text).key
    except NoAddress:
        return spelled(text)


def spelled(text: str) -> str:
    """The key of before spellings were one: of two accounts from then, that differ in it alone, each keeps its own."""
    return text.strip().lower()[: limits.EMAIL_CHARACTERS].strip()


def keys_of(text: str) -> set[str]:
    """Both."""
    return {key_of(text), spelled(text)}


def wire_of(text: str) -> str:
    """As it goes to a mail server; as it is, where it is from before there were rules and fits none."""
    try:
        return parse(text).wire
    except NoAddress:
        return text


def sender(text: str) -> str:
    """MAIL_FROM, `Name <address>` or an address alone, as it goes over the wire."""
    name, address = parseaddr(text)
    return str(Address(name, addr_spec=wire_of(address)))


def _bare(text: str) -> str:
    bare = unicodedata.normalize("NFC", text[:LONGEST]).strip()
    if bare.startswith("<") and bare.endswith(">"):
        bare = bare[1:-1].strip()
    if bare.lower().startswith("mailto:"):
        bare = unquote(bare[len("mailto:") :].partition("?")[0])
    return bare.removesuffix(".")
