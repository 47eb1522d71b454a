"""The page that a scanned pairing code opens, on the new device.

Its digits are in the fragment of its address, which no browser sends: this module never sees them.
"""

from dataclasses import dataclass

from flask import Blueprint, g

from webapp.flows.pairing import State
from webapp.models.pairing.pairing import Pairing
from webapp.views.pairing.joiner import is_here
from webapp.web.access import public
from webapp.web.rendering import Context, render

bp = Blueprint("scanned_codes", __name__, url_prefix="/pair")

STANDINGS = {State.OPENED: "late", State.OFFERED: "offered", State.ANSWERED: "code_used", State.CONFIRMED: "code_used"}


@dataclass(frozen=True, kw_only=True)
class ScannedCode(Context):
    """What a browser that scanned a code is told."""

    standing: str
    """`offered`, or why nothing can be answered here."""
    pairing: Pairing | None
    """The one that this browser asked for; None: this is another browser."""
    pairing_id: str


@bp.get("/<pairing_id>/code")
@public
def show_code(pairing_id: str) -> str:
    """To everybody the same page, signed in or not: a redirect would take the digits along to another one."""
    found = Pairing.by_id(pairing_id) if "user" in g else None
    own = found if found and found.user_id == g.user.id and is_here(found) else None
    standing = STANDINGS.get(own.state, "pairing_over") if own else "other_browser"
    return render("pairing/joiner/scanned.html", ScannedCode(standing=standing, pairing=own, pairing_id=pairing_id))
