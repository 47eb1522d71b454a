"""Recovery keys after the first: one that took its place, and what a re-wrap sends."""

from typing import Any

from sqlalchemy import update

from tests.support.people.people import ActiveKey, add_organisation_key
from tests.support.people.person import Person
from webapp.client.formats.encoding import to_base64
from webapp.client.formats.key_successions import make_succession
from webapp.client.recovery.rewrap import NewShare, rewrap_body, rewrap_share
from webapp.clock import now
from webapp.database import db, transaction
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.recovery_keys.succession import KeySuccession, SignedSuccession
from webapp.models.vaults.cloud_backup import CloudBackup


def follow(maker: Person, former: ActiveKey, name: str = "Second key", *, signed: bool = True) -> ActiveKey:
    """An active key that took the place of `former`, which is disabled."""
    with maker.app.app_context(), transaction() as session:
        values = {"state": KeyState.DISABLED, "disabled_at": now()}
        session.execute(update(OrganisationKey).where(OrganisationKey.id == former.id).values(**values))
    made = add_organisation_key(maker, name)
    with maker.app.app_context(), transaction() as session:
        row, before = session.get_one(OrganisationKey, made.id), session.get_one(OrganisationKey, former.id)
        row.follows_id = former.id
        if signed:
            succession = make_succession(former.key, made.key)
            KeySuccession.keep(before, row, SignedSuccession(succession.statement, succession.signature))
    return made


def rows_of(admin: Person, former: ActiveKey) -> list[dict[str, Any]]:
    """What the server lists as left."""
    shares: list[dict[str, Any]] = admin.get(f"/admin/keys/{former.id}/shares").get_json()["shares"]
    return shares


def new_shares(admin: Person, former: ActiveKey, following: ActiveKey) -> list[NewShare]:
    """Sealed to the following key, of all that is listed."""
    succession = make_succession(former.key, following.key)
    return [rewrap_share(row, former.key, following.key, succession) for row in rows_of(admin, former)]


def rewrap_form(admin: Person, former: ActiveKey, following: ActiveKey, shares: list[NewShare]) -> dict[str, Any]:
    """The JSON that the admin’s browser sends."""
    succession = make_succession(former.key, following.key)
    return rewrap_body(admin.app.config["ORIGIN"], admin.user_id, (former.key, following.key), shares, succession)


def succession_form(former: ActiveKey, following: Any) -> dict[str, str]:
    """What the former key’s file adds to an activation."""
    made = make_succession(former.key, following)
    return {"succession": made.statement, "succession_signature": to_base64(made.signature)}


def key_of(admin: Person, backup_id: str) -> tuple[str, bytes] | None:
    """The id of the key that opens a backup, and its share A; None: it is gone."""
    with admin.app.app_context():
        found = db.session.get(CloudBackup, backup_id)
        return (found.organisation_key_id, found.share_a) if found else None
