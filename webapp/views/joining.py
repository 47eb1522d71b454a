"""Joining: from an invite link to a vault, a Recovery Kit and cloud backups."""

from flask import Blueprint

from webapp.security import public

bp = Blueprint("joining", __name__)


@bp.get("/join/<token>")
@public
def show_invite(token: str) -> str:
    return "soon"


@bp.get("/join/vault")
def new_vault() -> str:
    return "soon"


@bp.get("/join/kit")
def show_kit() -> str:
    return "soon"


@bp.get("/join/cloud-backup")
def show_cloud_backup() -> str:
    return "soon"
