"""Many invites at once, out of one file: what each row would come to, and making them.

The admin’s browser makes the tokens and keeps them: only their hashes come here. So a batch that is sent once more,
because its answer got lost, changes nothing and loses no link.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select

from webapp import limits
from webapp.clock import now
from webapp.database import db, in_transaction
from webapp.email_addresses import is_address, key_of, parse
from webapp.models.accounts.invite import Invite
from webapp.models.columns import new_id
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event

HASH = re.compile(r"[0-9a-f]{64}")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")


@dataclass(frozen=True)
class Row:
    """Somebody to be invited, as the file has them; with the hash of their link’s token once it is made."""

    email: str
    name: str
    role: str
    token_sha256: str = ""

    @staticmethod
    def of(found: object) -> "Row | None":
        """From JSON; None: no page of ours sent it."""
        if not isinstance(found, dict) or not found.keys() <= {"email", "name", "role", "token_sha256"}:
            return None
        texts = [found.get(name, "") for name in ("email", "name", "role", "token_sha256")]
        return Row(*texts) if all(isinstance(text, str) and not UNSTORABLE.search(text) for text in texts) else None


def roles_given_by(person: User) -> list[Role]:
    """The roles to which they may invite somebody now. Only owners make admins: an admin who made one could use that
    account to approve what needs a second person."""
    if not person.is_admin or not person.is_enabled:
        return []
    return [Role.MEMBER, Role.ADMIN, Role.OWNER] if person.role == Role.OWNER else [Role.MEMBER]


def known_as(emails: Collection[str]) -> dict[str, str]:
    """For each address that gets no invite, by its key, the code of the reason: it has an account, or an open
    invite."""
    wanted = {key_of(email) for email in emails}
    invited = select(Invite.email_key).where(Invite.email_key.in_(wanted), Invite.used_at.is_(None))
    invited = invited.where(Invite.withdrawn_at.is_(None), Invite.expires_at > now())
    found = dict.fromkeys(db.session.scalars(invited), "already_invited")
    users = select(User.email_key).where(User.email_key.in_(wanted))
    return found | dict.fromkeys(db.session.scalars(users), "already_user")


def check(rows: Sequence[Row], by: User, *, every_letter: bool = True) -> list[str]:
    """A code for each row: "" where nothing speaks against it. `every_letter`: whether mail can go to addresses with
    letters beyond ASCII before the @."""
    roles = roles_given_by(by)
    known = known_as([row.email for row in rows])
    seen: set[str] = set()
    codes = []
    for row in rows:
        email = key_of(row.email)
        codes.append(_code(row, roles, every_letter) or ("duplicate" if email in seen else known.get(email, "")))
        seen.add(email)
    return codes


def make(rows: Sequence[Row], by: User, *, every_letter: bool = True) -> list[str]:
    """Invite those that nothing speaks against, in the caller’s transaction; a code for each row, as `check`."""
    assert in_transaction()
    Organisation.locked(by.organisation_id)
    by = db.session.get_one(User, by.id, populate_existing=True)
    made_before = _made_before(rows)
    taken = set[str]()
    codes = check(rows, by, every_letter=every_letter)
    values = []
    for place, row in enumerate(rows):
        token = row.token_sha256
        if token in made_before and made_before[token] == key_of(row.email):
            codes[place] = ""
        elif not codes[place] and (token in made_before or token in taken or not HASH.fullmatch(token)):
            codes[place] = "no_token"
        elif not codes[place]:
            taken.add(token)
            values.append(_values(row, by))
    if values:
        db.session.execute(insert(Invite), values)
    for made in values:
        facts = {"email": made["email"], "role": made["role"]}
        Event.append("invite.made", by.organisation_id, actor=by, object_id=made["id"], **facts)
    return codes


def _code(row: Row, roles: Collection[Role], every_letter: bool) -> str:
    if not is_address(row.email):
        return "no_address"
    if not every_letter and parse(row.email).needs_smtputf8:
        return "no_smtputf8"
    if len(row.name) > limits.NAME_CHARACTERS or not row.name.isprintable():
        return "name_long"
    return "" if row.role in roles else "no_role"


def _made_before(rows: Sequence[Row]) -> Mapping[str, str]:
    """The rows that an earlier upload stored, when its answer got lost: the address by token hash, "" where the link no
    longer works."""
    found = select(Invite).where(Invite.token_sha256.in_([row.token_sha256 for row in rows]))
    return {each.token_sha256: each.email_key if each.is_open else "" for each in db.session.scalars(found)}


def _values(row: Row, by: User) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organisation_id": by.organisation_id,
        "email": parse(row.email).text,
        "name": row.name,
        "role": row.role,
        "made_by": by.id,
        "token_sha256": row.token_sha256,
        "made_at": now(),
        "expires_at": now() + limits.INVITE_LIFE,
    }
