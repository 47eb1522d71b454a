"""Which pages are compressed on their way to the browser.

A compressed answer is shorter where it says something twice. Who watches the line and can put guesses into a page
learns from its length what else stands in it (BREACH). So a page is compressed only where its kind says so: no secret
stands in it, and no reader chose its words. Everything else, and every answer to a POST, goes out as it is.
.github/docs/compression.md says what is reflected where, kind by kind.
"""

import gzip
import re
from dataclasses import dataclass

import brotli
from flask import Flask, request
from jinja2.ext import Extension
from werkzeug.wrappers import Response

MINIMUM = 1024
"""Bytes: less fits a packet anyway."""
BROTLI_QUALITY = 5
GZIP_LEVEL = 6


@dataclass(frozen=True)
class Kind:
    """Pages in which the same is reflected. `endpoints`: of the views that answer a GET with a page or a fragment."""

    name: str
    compressed: bool
    endpoints: frozenset[str]


def _of(blueprint: str, *views: str) -> frozenset[str]:
    return frozenset(f"{blueprint}.{view}" for view in views)


KINDS = (
    Kind(
        "signing in",
        True,
        _of("sessions", "new_sign_in") | _of("passwords", "new_ask", "show_sent"),
    ),
    Kind(
        "ways back",
        True,
        _of("recovery", "show_recovery", "show_pairing", "choose_backup_type", "show_cloud", "choose_cloud_backup")
        | _of("own_ways", "show_local_backups", "show_kit", "show_new_account")
        | _of("pairings", "show_ready"),
    ),
    Kind(
        "the member’s rooms",
        True,
        _of("vault", "show_vault", "show_import", "show_export")
        | _of("settings", "show_settings", "show_kit_change")
        | _of("backups", "show_backups", "show_local")
        | _of("joining", "new_vault", "show_kit", "show_cloud_backup")
        | _of("earlier_vaults", "list_vaults"),
    ),
    Kind(
        "behind a link",
        False,
        _of("joining", "show_invite") | _of("passwords", "show_link") | _of("vetoes", "begin_veto", "show_veto"),
    ),
    Kind(
        "codes and fingerprints",
        False,
        _of("sign_in_codes", "show_code")
        | _of("second_factors", "show_second_factor")
        | _of("mail_codes", "show_mail_code")
        | _of("own_ways", "preview_local", "preview_kit", "choose_local_pin", "choose_kit_pin", "choose_new_pin")
        | _of("recovery", "show_done")
        | _of("pairings", "show_pairing", "show_status")
        | _of("pair", "show_pair", "show_status")
        | _of("restore_requests", "show_request", "show_restore", "show_status"),
    ),
    Kind(
        "lists of what others did",
        False,
        _of("device_list", "list_devices", "edit_name", "new_unpairing", "new_unpairing_of_others")
        | _of("sessions", "list_sessions")
        | _of("devices", "show_here", "show_unlock")
        | _of("backups", "show_list")
        | _of("notices", "show_notices")
        | _of("mailbox", "show_mailbox"),
    ),
    Kind(
        "the Admin Portal",
        False,
        _of("admin_overview", "show_overview")
        | _of("admin_requests", "list_requests", "count_requests", "pending_requests", "show_request", "show_decision")
        | _of("admin_users", "list_users")
        | _of("admin_people", "show_person", "new_reset")
        | _of("admin_invites", "list_invites", "show_file")
        | _of("admin_settings", "show_settings", "show_successor")
        | _of("admin_keys", "show_rewrap", "new_deletion", "new_disabling")
        | _of("admin_former_shares", "show_shares")
        | _of("admin_second_factor_resets", "new_reset")
        | _of("admin_again", "show_page")
        | _of("admin_diagnostics", "show_diagnostics")
        | _of("admin_activity", "list_events")
        | _of("admin_audit", "show_export"),
    ),
)
NO_PAGE = (
    _of("home", "show_home")  # leads on
    | _of("probes", "show_process", "show_parts")
    | _of("session_states", "show_state")
    | _of("devices", "show_lock_versions")
    | _of("vault", "show_file")
    | _of("earlier_vaults", "show_file")
    | _of("backups", "show_file", "show_key")
    | _of("admin_keys", "list_shares")
    | _of("admin_audit", "show_public_key", "show_head")
)
"""Views that answer a GET with something else than HTML; that is never compressed here."""
COMPRESSED = frozenset(endpoint for kind in KINDS if kind.compressed for endpoint in kind.endpoints)


class Unindented(Extension):
    """Leaves the indentation of HTML templates out, once, when they are compiled: a tenth of a page that goes out as it
    is. To a browser one line end is as much space as that and what follows it; in a mail it is not."""

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """The source without white space at the beginnings of its lines. Behind a tag, whose line end `trim_blocks`
        takes, one space of it stays: it may stand between two words, or two attributes."""
        if not name or not name.endswith(".html"):
            return source
        return re.sub(r"([%#]}\n)?^[ \t]+", lambda found: f"{found[1]} " if found[1] else "", source, flags=re.M)


def init_app(app: Flask) -> None:
    """Compress what may be. Register it before whatever sets headers: after_request runs the last one first."""
    app.after_request(_compress)
    app.jinja_env.add_extension(Unindented)


def _compress(response: Response) -> Response:
    if request.method != "GET" or request.endpoint not in COMPRESSED or not _is_page(response):
        return response
    response.vary.add("Accept-Encoding")
    accepted = request.accept_encodings
    content = response.get_data()
    if len(content) < MINIMUM:
        return response
    if accepted["br"] > 0 and accepted["br"] >= accepted["gzip"]:
        response.set_data(brotli.compress(content, mode=brotli.MODE_TEXT, quality=BROTLI_QUALITY))
        response.headers["Content-Encoding"] = "br"
    elif accepted["gzip"] > 0:
        response.set_data(gzip.compress(content, GZIP_LEVEL, mtime=0))
        response.headers["Content-Encoding"] = "gzip"
    return response


def _is_page(response: Response) -> bool:
    """A whole HTML document or fragment in memory, and no redirect or error."""
    return (
        response.status_code == 200
        and response.mimetype == "text/html"
        and not response.is_streamed
        and not response.direct_passthrough
        and "Content-Encoding" not in response.headers
    )
