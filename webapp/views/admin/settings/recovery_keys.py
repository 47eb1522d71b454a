"""What becomes of recovery keys that are no longer in use: re-wrapped, deleted; and Cloud Backups disabled at all."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, jsonify, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.database import db, transaction
from webapp.models.backups.key_removal import NotRemoved, ask_removal, carry_out_due, stop_removal
from webapp.models.backups.rewrap import NotRewrapped, SignedRewrap, held_backups, left, rewrap
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.pairing.method_policy import other_methods
from webapp.models.recovery.clock_moves import gone
from webapp.models.recovery_keys.key import KeyState, OrganisationKey
from webapp.models.recovery_keys.removal import KeyRemoval
from webapp.models.recovery_keys.succession import SignedSuccession
from webapp.models.reports.coverage import backups_of_keys, backups_sealed_to, members_with_backups
from webapp.models.vaults.cloud_backup import CloudBackup
from webapp.views.admin.settings.key_summary import OPENING, find_key, key_list
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context, render
from webapp.web.wire import ApiError, age_file, at_most, base64_of, from_base64, json_body, text_of

bp = Blueprint("admin_keys", __name__, url_prefix="/admin")


@dataclass(frozen=True, kw_only=True)
class KeyDeletion(Context):
    """What deleting one key means."""

    key: OrganisationKey
    count: int
    """Of backups that it opens."""
    members: int
    """Whose they are."""
    removal: KeyRemoval | None
    """The one that waits for it already."""
    typed: str = ""
    error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Disabling(Context):
    """What disabling Cloud Backups means."""

    keys: Sequence[OrganisationKey]
    """Those that go."""
    count: int
    """Of backups."""
    members: int
    """Whose they are."""
    removal: KeyRemoval | None
    """The one that waits already."""
    others: Sequence[str]
    """Ways back that are left."""
    typed: str = ""
    error: str | None = None


@bp.get("/keys/<key_id>/rewrap")
def show_rewrap(key_id: str) -> str:
    """Re-wrap: with both key files opened, what the former key opens is sealed to the active one."""
    key = find_key(key_id)
    active = OrganisationKey.active(key.organisation_id)
    count = backups_sealed_to(key.id)
    held = held_backups(key.id)
    return render_template("admin/settings/keys/rewrap.html", key=key, active=active, count=count, held=held)


@bp.get("/keys/<key_id>/shares")
def list_shares(key_id: str) -> Response:
    """The next sealed shares that are left, with what the admin’s browser holds their content against. Of a former key
    only: nothing but a re-wrap needs so many at once."""
    key = find_key(key_id)
    if key.state != KeyState.DISABLED:
        abort(404)
    shares = left(key.id, request.args.get("after", "")[:32])
    return jsonify(shares=[_share(backup) for backup in shares], left=backups_sealed_to(key.id))


@bp.post("/keys/<key_id>/rewrap")
@at_most(limits.REWRAP_BYTES)
def create_rewrap(key_id: str) -> Response:
    """Put shares that the admin’s browser sealed to the active key in the place of the former ones."""
    find_key(key_id)
    by_id = current_member().id
    sent = _rewrap()
    try:
        with transaction() as session:
            outcome = rewrap(session.get_one(User, by_id), key_id, sent, current_app.config["ORIGIN"])
    except NotRewrapped as error:
        raise ApiError(422, error.code) from None
    return jsonify(done=outcome.done, held=outcome.held, gone=outcome.gone)


@bp.get("/keys/<key_id>/deletion")
def new_deletion(key_id: str) -> str:
    """What deleting this key means, and the form that begins it."""
    return render("admin/settings/keys/key_deletion.html", _deletion(find_key(key_id)))


@bp.post("/keys/<key_id>/deletion")
@requires_reauthentication
def create_deletion(key_id: str) -> BaseResponse | tuple[str, int]:
    """Announce that the key and its backups are deleted in a week."""
    find_key(key_id)
    typed = request.form.get("typed", "")
    error = _ask(key_id, typed)
    if error:
        refused = replace(_deletion(find_key(key_id)), error=error, typed=typed)
        return render("admin/settings/keys/_key_deletion.html", refused), 422
    flash("Announced. Any admin can stop it here until then.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


@bp.get("/cloud-backups/disabling")
def new_disabling() -> str:
    """What disabling Cloud Backups means, and the form that begins it."""
    return render("admin/settings/keys/key_disabling.html", _disabling())


@bp.post("/cloud-backups/disabling")
@requires_reauthentication
def create_disabling() -> BaseResponse | tuple[str, int]:
    """Announce that every key and every cloud backup is deleted in a week."""
    typed = request.form.get("typed", "")
    error = _ask(None, typed)
    if error:
        return render("admin/settings/keys/_key_disabling.html", replace(_disabling(), error=error, typed=typed)), 422
    flash("Announced. Any admin can stop it here until then.", "success")
    return redirect_to(url_for("admin_settings.show_settings"))


@bp.post("/removals/<removal_id>/cancellation")
def create_cancellation(removal_id: str) -> BaseResponse:
    """Stop it: everything stays. Any admin may."""
    removal = db.session.get(KeyRemoval, removal_id)
    if removal is None or removal.organisation_id != current_member().organisation_id:
        abort(404)
    by_id = current_member().id
    organisation_id = current_member().organisation_id
    carry_out_due(organisation_id)
    try:
        with transaction() as session:
            Organisation.locked(organisation_id)
            removal = session.get_one(KeyRemoval, removal_id, populate_existing=True)
            stop_removal(removal, session.get_one(User, by_id))
        flash("Stopped. Nothing is deleted, and everybody who was told is told that, too.", "success")
    except NotRemoved:
        flash("It was over already: below is how things stand.", "warning")
    return redirect_to(url_for("admin_settings.show_settings"))


def _ask(key_id: str | None, typed: str) -> str | None:
    """Announce a removal; the code of what is in its way, or None."""
    by_id = current_member().id
    carry_out_due(current_member().organisation_id)
    try:
        with transaction() as session:
            ask_removal(session.get_one(User, by_id), key_id, typed)
    except NotRemoved as error:
        return error.code
    return None


def _deletion(key: OrganisationKey) -> KeyDeletion:
    return KeyDeletion(
        key=key,
        count=backups_sealed_to(key.id),
        members=members_with_backups([key.id]),
        removal=KeyRemoval.about(key.organisation_id, {key.id}),
    )


def _disabling() -> Disabling:
    over = gone(current_member().organisation_id)
    keys = [
        key
        for key in OrganisationKey.all_of(current_member().organisation_id)
        if key.state in OPENING and key.id not in over
    ]
    ids = [key.id for key in keys]
    return Disabling(
        keys=keys,
        count=sum(backups_of_keys(ids).values()),
        members=members_with_backups(ids),
        removal=key_list().disabling,
        others=other_methods(current_member().organisation_id),
    )


def _share(backup: CloudBackup) -> dict[str, Any]:
    member = db.session.get_one(User, backup.user_id)
    return {
        "backup": backup.id,
        "organisation": member.organisation_id,
        "user": member.id,
        "file_sha256": backup.file_sha256,
        "share_a": base64_of(backup.share_a),
        "name": member.name,
        "made_at": backup.made_at.strftime("%Y-%m-%d %H:%M UTC"),
    }


def _rewrap() -> SignedRewrap:
    """What the browser sends. Raises ApiError."""
    body = json_body()
    shares = body.get("shares")
    if not isinstance(shares, list) or len(shares) > limits.REWRAP_BATCH:
        raise ApiError(400, "malformed")
    files = [age_file(from_base64(share), limits.SHARE_FILE_BYTES) for share in shares]
    return SignedRewrap(
        exact=text_of(body, "statement", limits.SIGNED_TEXT_CHARACTERS),
        signature=from_base64(body.get("signature"), 64),
        former_signature=from_base64(body.get("former_signature"), 64),
        shares={hashlib.sha256(file).hexdigest(): file for file in files},
        succession=SignedSuccession(
            text_of(body, "succession", limits.SIGNED_TEXT_CHARACTERS),
            from_base64(body.get("succession_signature"), 64),
        ),
    )
