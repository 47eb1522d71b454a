"""Settings: the page of them all, and the ceremony of the organisation recovery key, whose secret half never comes
here. What else is set there has a module of its own."""

from flask import Blueprint, abort, current_app, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp import limits
from webapp.crypto.signatures import BadSignature
from webapp.database import db, transaction
from webapp.htmx import redirect_to
from webapp.models import Challenge, KeyRemoval, KeyState, Organisation, OrganisationKey, User
from webapp.models.key_replacement import DisablingWaits, activate, refuse_while_disabling
from webapp.models.key_succession import NoSuccession, SignedSuccession
from webapp.models.organisation_key import AnotherKeyIsActive, NoSuchKey
from webapp.octets import Refusal, from_base64
from webapp.security import asks_again, me, my_sign_in
from webapp.views.admin.contact import contact_facts
from webapp.views.admin.key_facts import key_facts, key_list_facts
from webapp.views.admin.requests import pending
from webapp.views.admin.retention import retention_facts
from webapp.views.admin.second_factor_policy import factor_policy_facts
from webapp.views.admin.waiting_time import wait_facts
from webapp.views.admin.ways import way_facts

bp = Blueprint("admin_settings", __name__, url_prefix="/admin")


@bp.get("/settings")
def show_settings() -> str:
    """Who waits for a decision, the recovery keys or the ceremony that makes one, and all that is set."""
    KeyRemoval.carry_out_due(me().organisation_id)
    facts = {**key_facts(), **key_list_facts(), **contact_facts(), **wait_facts(), **retention_facts()}
    facts |= {**factor_policy_facts(), **way_facts(), **pending()}
    return render_template("admin/settings.html", **facts)


@bp.get("/keys/successor")
def show_successor() -> str | BaseResponse:
    """Regenerate: the ceremony of the key that takes the place of the active one."""
    if not OrganisationKey.active(me().organisation_id):
        return redirect_to(url_for("admin_settings.show_settings"))
    return render_template("admin/successor.html", **key_facts(follows=True))


@bp.post("/keys")
@asks_again
def create_key() -> str | tuple[str, int]:
    """Keep the public half of a key that the admin’s browser has just made. It opens nothing until it is active."""
    by_id, form = me().id, request.form
    name = " ".join(form.get("name", "").split())
    if not 0 < len(name) <= limits.NAME_CHARACTERS:
        return _ceremony("name_missing", name=name)
    try:
        sign_public = from_base64(form.get("sign", ""), 32)
        with transaction() as session:
            by = session.get_one(User, by_id)
            Organisation.locked(by.organisation_id)
            refuse_while_disabling(by.organisation_id)
            public = (form.get("recipient", ""), sign_public, form.get("fingerprint", ""))
            OrganisationKey.generate(by, name, *public, follows=form.get("follows") or None)
    except (Refusal, NoSuchKey):
        return _ceremony("key_missing", name=name)
    except AnotherKeyIsActive:
        return _ceremony("another_key", 409)
    except DisablingWaits:
        return _ceremony("disabling_waits", 409)
    return render_template("admin/_key_ceremony.html", **key_facts(follows="follows" in form))


@bp.post("/keys/<key_id>/activation")
@asks_again
def activate_key(key_id: str) -> BaseResponse | tuple[str, int]:
    """Begin to use the key: the admin chose the saved file again, and signed a challenge with it; and with the file of
    the key whose place it takes, unless they say that it is lost."""
    key, by_id, succession = _generated(key_id), me().id, _succession()
    if key is not None and key.follows_id and succession is None and request.form.get("lost") != "yes":
        return _ceremony("former_key_needed")
    if key is not None and not _proves(key):
        return _ceremony("proof_failed")
    try:
        with transaction() as session:
            by = session.get_one(User, by_id)
            Organisation.locked(by.organisation_id)
            found = session.get(OrganisationKey, key_id, populate_existing=True)
            if key and found and found.state == KeyState.GENERATED:
                activate(found, by, succession)
    except AnotherKeyIsActive:
        found = None
    except DisablingWaits:
        return _ceremony("disabling_waits", 409)
    except NoSuccession:
        return _ceremony("bad_succession")
    if found is None:
        return _ceremony("another_key", 409)
    flash(_activated(found, succession), "success")
    return redirect_to(url_for("admin_settings.show_settings"))


@bp.post("/keys/<key_id>/removal")
def remove_key(key_id: str) -> BaseResponse:
    """Throw away a key whose ceremony was not completed."""
    key, back = _generated(key_id), "show_settings"
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
    key, by_id = db.session.get(OrganisationKey, key_id), me().id
    if key is None or key.organisation_id != me().organisation_id or key.state != KeyState.ACTIVE:
        abort(404)
    if not _proves(key):
        return render_template("admin/_organisation_key.html", **key_facts(error="proof_failed")), 422
    with transaction() as session:
        session.get_one(OrganisationKey, key_id).note_proof(session.get_one(User, by_id))
    return render_template("admin/_organisation_key.html", **key_facts(proved=True))


def _generated(key_id: str) -> OrganisationKey | None:
    """My key with this id that waits for its file; None where one became active meanwhile. Else a 404."""
    key = db.session.get(OrganisationKey, key_id)
    if key and key.made_by != me().id:
        abort(404)
    if key and key.state == KeyState.GENERATED:
        return key
    if not OrganisationKey.active(me().organisation_id):
        abort(404)
    return None


def _succession() -> SignedSuccession | None:
    """What the file of the key before signed about the new one, where the form brings it."""
    try:
        signature = from_base64(request.form.get("succession_signature"), 64)
    except Refusal:
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
    except Refusal:
        return False
    try:
        key.verify_proof(current_app.config["ORIGIN"], challenge, proof)
    except BadSignature:
        return False
    return Challenge.spend(challenge, my_sign_in().id)


def _ceremony(error: str, status: int = 422, **typed: str) -> tuple[str, int]:
    return render_template(
        "admin/_key_ceremony.html", **key_facts(error=error, follows="follows" in request.form, **typed)
    ), status
