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
from webapp.models.columns import new_id
from webapp.models.event import Event
from webapp.models.invite import Invite
from webapp.models.organisation import Organisation
from webapp.models.user import Role, User

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
    """What they may invite somebody as, now. An admin who made another admin could approve in that one’s name what
    nobody may approve alone, so only owners make admins."""
    if not person.is_admin or not person.is_enabled:
        return []
    return [Role.MEMBER, Role.ADMIN, Role.OWNER] if person.role == Role.OWNER else [Role.MEMBER]


def known_as(emails: Collection[str]) -> dict[str, str]:
    """By address, the code of why it gets no invite: somebody has it, or was invited at it."""
    wanted = {User.normalised_email(email) for email in emails}
    invited = select(Invite.email).where(Invite.email.in_(wanted), Invite.used_at.is_(None))
    invited = invited.where(Invite.withdrawn_at.is_(None), Invite.expires_at > now())
    found = dict.fromkeys(db.session.scalars(invited), "already_invited")
    return found | dict.fromkeys(db.session.scalars(select(User.email).where(User.email.in_(wanted))), "already_user")


def check(rows: Sequence[Row], by: User) -> list[str]:
    """A code for each row: "" where nothing speaks against it."""
    roles, known = roles_given_by(by), known_as([row.email for row in rows])
    seen: set[str] = set()
    codes = []
    for row in rows:
        email = User.normalised_email(row.email)
        codes.append(_code(row, roles) or ("duplicate" if email in seen else known.get(email, "")))
        seen.add(email)
    return codes


def make(rows: Sequence[Row], by: User) -> list[str]:
    """Invite those that nothing speaks against, in the caller’s transaction; a code for each row, as `check`."""
    assert in_transaction()
    Organisation.locked(by.organisation_id)
    by = db.session.get_one(User, by.id, populate_existing=True)
    made_before, taken = _made_before(rows), set[str]()
    codes, values = check(rows, by), []
    for place, row in enumerate(rows):
        token = row.token_sha256
        if token in made_before and made_before[token] == User.normalised_email(row.email):
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


def _code(row: Row, roles: Collection[Role]) -> str:
    if not User.is_email(User.normalised_email(row.email)):
        return "no_address"
    if len(row.name) > limits.NAME_CHARACTERS or not row.name.isprintable():
        return "name_long"
    return "" if row.role in roles else "no_role"


def _made_before(rows: Sequence[Row]) -> Mapping[str, str]:
    """By hash, the address of those that are there already, because their answer got lost; "" where the link no longer
    works."""
    found = select(Invite).where(Invite.token_sha256.in_([row.token_sha256 for row in rows]))
    return {each.token_sha256: each.email if each.is_open else "" for each in db.session.scalars(found)}


def _values(row: Row, by: User) -> dict[str, Any]:
    return {
        "id": new_id(),
        "organisation_id": by.organisation_id,
        "email": User.normalised_email(row.email),
        "name": row.name,
        "role": row.role,
        "made_by": by.id,
        "token_sha256": row.token_sha256,
        "made_at": now(),
        "expires_at": now() + limits.INVITE_LIFE,
    }
