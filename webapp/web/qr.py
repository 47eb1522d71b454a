"""QR codes of addresses, drawn by segno.

No secret of a vault ever goes through here: the server has none, and it would stand in the page. The one secret that
does is the key of a second factor, because it is the server’s own: the server makes it, has to know it to check a code,
and writes it as text into the very same page, for the one person it belongs to.
"""

import segno
from markupsafe import Markup

QUIET_ZONE = 4
"""Modules of white around the code (ISO/IEC 18004)."""


def svg(address: str) -> Markup:
    """The code as inline SVG: dark on white with its quiet zone, on whatever ground the page has."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(scale=4, dark="#000", light="#fff", border=QUIET_ZONE, omitsize=True))  # noqa: S704
