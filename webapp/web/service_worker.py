"""The service worker: it makes Spare Key an app that can be installed, and says so where there is no network.

It keeps nothing: no page, no file, no script, nothing of anybody. Its own text holds the one page that it ever answers
with, so that a release that changes the page changes the worker, and browsers take the newer one by themselves.
"""

import base64
import hashlib

from markupsafe import Markup

ADDRESS = "/service-worker.js"
"""At the top, as a worker sees what is below its address, and without a version: a browser asks here for the next."""

STYLE = """
:root { color-scheme: light dark }
body { margin: 0; padding: 1.5rem 1rem; font: 1rem/1.55 system-ui, sans-serif;
  color: light-dark(#1c2126, #e8e6e1); background: light-dark(#faf9f6, #0f1419); overflow-wrap: break-word }
main { max-width: 28rem; margin: 12vh auto 0 }
h1 { margin: 0 0 .75rem; font-size: 1.75rem; line-height: 1.15 }
p { margin: 0 0 1.25rem }
a { display: inline-flex; align-items: center; justify-content: center; box-sizing: border-box; min-height: 2.75rem;
  padding: .5rem 1.25rem; border-radius: .5rem; font-weight: 600; text-decoration: none;
  color: light-dark(#fff, #08222b); background: light-dark(#0e4a5c, #7fc4d8) }
a:focus-visible { outline: 2px solid; outline-offset: 2px }
@media (forced-colors: active) { a { border: 1px solid } }
@media (width < 30rem) { a { width: 100% } }
"""
"""The page has no style sheet of ours: that would have to be kept."""


def style() -> Markup:
    """The element for the head of the offline page."""
    return Markup("<style>{}</style>").format(Markup(STYLE))  # noqa: S704 - ours


def offline_policy() -> str:
    """What that page may: show its own style, by its hash."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
