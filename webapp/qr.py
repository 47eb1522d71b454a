"""QR codes of public addresses, drawn by segno. A secret never goes through here: it would stand in the page."""

import segno
from markupsafe import Markup

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004)."""


def svg(address: str) -> Markup:
    """The code as inline SVG: dark on white with its quiet zone, on whatever ground the page has."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(scale=4, dark="#000", light="#fff", border=QUIET_ZONE, omitsize=True))  # noqa: S704
