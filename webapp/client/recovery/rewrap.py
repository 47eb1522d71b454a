"""Re-wrap: share A of cloud backups, opened with a former organisation recovery key and sealed to the present one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from webapp.client.crypto.sealing import seal
from webapp.client.crypto.signatures import sign
from webapp.client.errors import DeviceError, ServerRefused, ShareMismatch
from webapp.client.formats.cloud_backups import open_share_a, read_meta
from webapp.client.formats.encoding import from_base64, moment, sha256_hex, to_base64, to_json
from webapp.client.formats.key_successions import Succession, make_succession
from webapp.client.formats.recovery_keys import OrganisationKey
from webapp.client.transport.http import Browser

LABEL = "spare-key/v1/rewrap"


@dataclass(frozen=True)
class NewShare:
    """The share of a backup as it is and as it is to be."""

    backup: str
    former_sha256: str
    file: bytes

    def fields(self) -> dict[str, str]:
        """As both keys sign it."""
        return {"backup": self.backup, "former_sha256": self.former_sha256, "sha256": sha256_hex(self.file)}


@dataclass
class Rewrapped:
    """Ids of backups: done; held by an open request; gone meanwhile; left as they are, with the code that says why."""

    done: list[str] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    skipped: dict[str, str] = field(default_factory=dict)


class Rewrapping:
    """An admin’s browser with both key files opened."""

    def __init__(self, browser: Browser, former: OrganisationKey, following: OrganisationKey) -> None:
        self.browser = browser
        self.former = former
        self.following = following
        self.succession = make_succession(former, following)

    def run(self, key_id: str, *, batches: int | None = None) -> Rewrapped:
        """All that is left, or so many batches of it."""
        outcome = Rewrapped()
        after = ""
        while batches is None or batches > 0:
            batches = None if batches is None else batches - 1
            rows = self.browser.get_json(f"/admin/keys/{key_id}/shares?after={after}")["shares"]
            if not rows:
                break
            shares = [share for share in (self._new_share(row, outcome) for row in rows) if share]
            if shares:
                self.send(key_id, shares, outcome)
            after = rows[-1]["backup"]
        return outcome

    def send(self, key_id: str, shares: Sequence[NewShare], outcome: Rewrapped) -> None:
        """One batch, signed by both keys."""
        admin = self.browser.visit(f"/admin/keys/{key_id}/rewrap").page.value("data-admin")
        body = rewrap_body(self.browser.origin, admin, (self.former, self.following), shares, self.succession)
        answer = self.browser.post_json(f"/admin/keys/{key_id}/rewrap", body, once=True)
        outcome.done += answer["done"]
        outcome.held += answer["held"]
        outcome.gone += answer["gone"]

    def _new_share(self, row: Mapping[str, Any], outcome: Rewrapped) -> NewShare | None:
        try:
            return rewrap_share(row, self.former, self.following, self.succession)
        except ServerRefused:
            raise
        except DeviceError as error:
            outcome.skipped[row["backup"]] = getattr(error, "code", type(error).__name__)
            return None


def rewrap_share(
    row: Mapping[str, Any], former: OrganisationKey, following: OrganisationKey, succession: Succession
) -> NewShare:
    """The share of a backup as the server names it, for the following key; it has been opened again. Raises what
    `open_share_a` raises, and ShareMismatch where it is that of another backup."""
    file = from_base64(row["share_a"])
    share_a = open_share_a(file, former)
    meta = read_meta(share_a.meta)
    if any(meta[name] != row[name] for name in ("organisation", "user", "backup", "file_sha256")):
        raise ShareMismatch
    inside = replace(share_a, successions=(*share_a.successions, succession))
    sealed = seal(to_json(inside.fields()).encode(), [following.public.recipient])
    if open_share_a(sealed, following) != inside:
        raise ShareMismatch
    return NewShare(row["backup"], sha256_hex(file), sealed)


def rewrap_body(
    origin: str,
    admin: str,
    keys: tuple[OrganisationKey, OrganisationKey],
    shares: Sequence[NewShare],
    succession: Succession,
) -> dict[str, Any]:
    """What the server is sent: the statement both keys (former, following) sign, the shares, the succession."""
    former, following = keys
    statement = to_json(
        {
            "v": 1,
            "type": "rewrap",
            "origin": origin,
            "organisation": following.organisation,
            "admin": admin,
            "former": former.public.fingerprint,
            "next": following.public.fingerprint,
            "made_at": moment(),
            "shares": [share.fields() for share in shares],
        }
    )
    return {
        "statement": statement,
        "signature": to_base64(sign(following.seed, LABEL, statement.encode())),
        "former_signature": to_base64(sign(former.seed, LABEL, statement.encode())),
        "shares": [to_base64(share.file) for share in shares],
        "succession": succession.statement,
        "succession_signature": to_base64(succession.signature),
    }
