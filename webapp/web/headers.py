"""What every answer says to the browser: what pages may load, and who may look into them."""

from flask import Flask, current_app
from werkzeug.wrappers import Response

from webapp.config import Mode

ANSWER = "application/vnd.spare-key+json"
"""The type of every JSON that a script reads: by it, and by what the answer must hold, a script knows our server from a
proxy, a firewall or the sign-in page of a network that answers in its place."""
MARK = ("Spare-Key", "1")
"""The same for pages and fragments: a response header, and a comment at their end. Who drops one leaves the other."""
COMMENT = b"<!-- spare-key -->"

DIRECTIVES = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "htmx kdf-worker",
}
HEADERS = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
STATIC_HEADERS = {
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}
"""For files: the other headers speak of documents, and of what a document may do."""
WORKER_HEADERS = STATIC_HEADERS | {"Content-Security-Policy": "default-src 'none'; script-src 'self'"}
"""A worker is bound by its own answer’s policy, not by the page’s. It computes, and fetches nothing but its modules."""
SCRIPTS_ARE_NAMED_WITH_THEIR_HASH = {"Integrity-Policy": "blocked-destinations=(script)"}


def policy(import_map_hash: str = "") -> str:
    """The content policy of a page. The import map is the one inline script: by its hash, where there is one."""
    script = f"{DIRECTIVES['script-src']} '{import_map_hash}'" if import_map_hash else DIRECTIVES["script-src"]
    return "; ".join(f"{name} {value}" for name, value in (DIRECTIVES | {"script-src": script}).items())


def init_app(app: Flask) -> None:
    """Send them with everything."""
    app.after_request(_add_headers)


def _add_headers(response: Response) -> Response:
    config = current_app.config
    response.headers.setdefault("Content-Security-Policy", policy(config["IMPORT_MAP_HASH"]))
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if config["MODE"] == Mode.PRODUCTION:
        response.headers.update(SCRIPTS_ARE_NAMED_WITH_THEIR_HASH)
    if config["ORIGIN"].startswith("https://"):
        response.headers.setdefault("Strict-Transport-Security", "max-age=63072000")
    response.headers.set(*MARK)
    if response.mimetype == "application/json" and "Content-Disposition" not in response.headers:
        response.content_type = ANSWER
    if response.mimetype == "text/html" and not response.direct_passthrough and response.get_data():
        response.set_data(response.get_data() + COMMENT)
    return response
