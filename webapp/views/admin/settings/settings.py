"""Settings: the page of them all, and the ceremony of the organisation recovery key, whose secret half never comes
here. What else is set there has a module of its own."""

from dataclasses import replace

from flask import Blueprint, abort, current_app, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.crypto.signatures import BadSignature
from webapp.database import db, transaction
from webapp.models.backups.key_removal import carry_out_due
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import User
from webapp.models.recovery_keys.key import AnotherKeyIsActive, KeyState, NoSuchKey, OrganisationKey
from webapp.models.recovery_keys.replacement import DisablingWaits, activate, refuse_while_disabling
from webapp.models.recovery_keys.succession import NoSuccession, SignedSuccession
from webapp.models.signin.challenge import Challenge
from webapp.views.admin.requests import pending
from webapp.views.admin.settings.contact import contact_form
from webapp.views.admin.settings.key_summary import key_list, keys
from webapp.views.admin.settings.policies import policies
from webapp.views.admin.settings.recovery_methods import ways
from webapp.views.admin.settings.retention import retention
from webapp.web.access import current_member, current_sign_in, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import render
from webapp.web.wire import ApiError, from_base64

bp = Blueprint("admin_settings", __name__, url_prefix="/admin")


@bp.get("/settings")
def show_settings() -> str:
    """Who waits for a decision, the recovery keys or the ceremony that makes one, and all that is set."""
    rules = (policies(), retention(), ways())
    return render("admin/settings/index.html", keys(), key_list(), contact_form(), *rules, pending())


@bp.get("/keys/successor")
def show_successor() -> str | BaseResponse:
    """Regenerate: the ceremony of the key that takes the place of the active one."""
    if not OrganisationKey.active(current_member().organisation_id):
        return redirect_to(url_for("admin_settings.show_settings"))
    return render("admin/settings/keys/successor.html", keys(follows=True))


@bp.post("/keys")
@requires_reauthentication
def create_key() -> str | tuple[str, int]:
    """Keep the public half of a key that the admin’s browser has just made. It opens nothing until it is active."""
    by_id = current_member().id
    form = request.form
    name = " ".join(form.get("name", "").split())
    if not 0 < len(name) <= limits.NAME_CHARACTERS:
        return _ceremony("name_missing", name=name)
    try:
        sign_public = from_base64(form.get("sign", ""), 32)
        carry_out_due(current_member().organisation_id)
        with transaction() as session:
            by = session.get_one(User, by_id)
            Organisation.locked(by.organisation_id)
            refuse_while_disabling(by.organisation_id)
            public = (form.get("recipient", ""), sign_public, form.get("fingerprint", ""))
            OrganisationKey.generate(by, name, *public, follows=form.get("follows") or None)
    except (ApiError, NoSuchKey):
        return _ceremony("key_missing", name=name)
    except AnotherKeyIsActive:
        return _ceremony("another_key", 409)
    except DisablingWaits:
        return _ceremony("disabling_waits", 409)
    return render("admin/settings/keys/_key_ceremony.html", keys(follows="follows" in form))


@bp.post("/keys/<key_id>/activation")
@requires_reauthentication
def activate_key(key_id: str) -> BaseResponse | tuple[str, int]:
    """Begin to use the key: the admin chose the saved file again, and signed a challenge with it; and with the file of
    the key whose place it takes, unless they say that it is lost."""
    key = _generated(key_id)
    by_id = current_member().id
    succession = _succession()
    if key is not None and key.follows_id and succession is None and request.form.get("lost") != "yes":
        return _ceremony("former_key_needed")
    if key is not None and not _proves(key):
        return _ceremony("proof_failed")
    carry_out_due(current_member().organisation_id)
    try:
        with transaction() as session:
            by = session.get_one(User, by_id)
            Organisation.locked(by.organisation_id)
            organisation_key = session.get(OrganisationKey, key_id, populate_existing=True)
            if key and organisation_key and organisation_key.state == KeyState.GENERATED:
                activate(organisation_key, by, succession)
    except AnotherKeyIsActive:
        organisation_key = None
    except DisablingWaits:
        return _ceremony("disabling_waits", 409)
    except NoSuccession:
        return _ceremony("bad_succession")
    if organisation_key is None:
        return _ceremony("another_key", 409)
    flash(_activated(organisation_key, succession), "success")
    return redirect_to(url_for("admin_settings.show_settings"))


@bp.post("/keys/<key_id>/removal")
def remove_key(key_id: str) -> BaseResponse:
    """Throw away a key whose ceremony was not completed."""
    key = _generated(key_id)
    back = "show_settings"
    if key is not None:
        back = "show_successor" if key.follows_id else back
        with transaction() as session:
            key = session.get(OrganisationKey, key_id, with_for_update=True, populate_existing=True)
            if key and key.state == KeyState.GENERATED:
                key.throw_away()
    return redirect_to(url_for(f"admin_settings.{back}"))


@bp.post("/keys/<key_id>/proof")
def prove_key(key_id: str) -> str | tuple[str, int]:
    """Note that the key file is still there and still opens."""
    key = db.session.get(OrganisationKey, key_id)
    by_id = current_member().id
    if key is None or key.organisation_id != current_member().organisation_id or key.state != KeyState.ACTIVE:
        abort(404)
    if not _proves(key):
        return render("admin/settings/keys/_organisation_key.html", replace(keys(), error="proof_failed")), 422
    with transaction() as session:
        session.get_one(OrganisationKey, key_id).note_proof(session.get_one(User, by_id))
    return render("admin/settings/keys/_organisation_key.html", replace(keys(), proved=True))


def _generated(key_id: str) -> OrganisationKey | None:
    """My key with this id that waits for its file; None where one became active meanwhile. Else a 404."""
    key = db.session.get(OrganisationKey, key_id)
    if key and key.made_by != current_member().id:
        abort(404)
    if key and key.state == KeyState.GENERATED:
        return key
    if not OrganisationKey.active(current_member().organisation_id):
        abort(404)
    return None


def _succession() -> SignedSuccession | None:
    """What the file of the key before signed about the new one, where the form brings it."""
    try:
        signature = from_base64(request.form.get("succession_signature"), 64)
    except ApiError:
        return None
    return SignedSuccession(request.form.get("succession", ""), signature)


def _activated(key: OrganisationKey, succession: SignedSuccession | None) -> str:
    if not key.follows_id:
        return "Cloud Backups are enabled. Keep the key file in two places that survive this computer."
    if succession:
        return "The new key is in use. Members’ browsers follow the signature of the former one by themselves."
    return "The new key is in use. Read its first 16 characters out to members who ask: no backup is made before."


def _proves(key: OrganisationKey) -> bool:
    """Whether this form is signed by the holder of the key file, over a challenge of this session."""
    try:
        challenge = from_base64(request.form.get("challenge", ""), 32)
        proof = from_base64(request.form.get("proof", ""), 64)
    except ApiError:
        return False
    try:
        key.verify_proof(current_app.config["ORIGIN"], challenge, proof)
    except BadSignature:
        return False
    return Challenge.spend(challenge, current_sign_in().id)


def _ceremony(error: str, status: int = 422, *, name: str = "") -> tuple[str, int]:
    refused = replace(keys(follows="follows" in request.form), error=error, name=name)
    return render("admin/settings/keys/_key_ceremony.html", refused), status
