"""The pages and endpoints: one module a noun, one blueprint a module."""

from importlib import import_module

from flask import Flask

from webapp.models import WAY_NAMES

MODULES = (
    "home",
    "sessions",
    "sign_in_codes",
    "second_factors",
    "passwords",
    "joining",
    "devices",
    "device_list",
    "vault",
    "earlier_vaults",
    "backups",
    "settings",
    "notices",
    "recovery",
    "mail_codes",
    "pairings",
    "pairing_messages",
    "pair",
    "restore_requests",
    "restores",
    "own_recoveries",
    "own_ways",
    "vetoes",
    "mailbox",
    "admin.overview",
    "admin.requests",
    "admin.users",
    "admin.people",
    "admin.members",
    "admin.invites",
    "admin.settings",
    "admin.contact",
    "admin.keys",
    "admin.retention",
    "admin.former_shares",
    "admin.waiting_time",
    "admin.second_factor_policy",
    "admin.second_factor_resets",
    "admin.again",
    "admin.ways",
    "admin.activity",
    "admin.audit",
)


def init_app(app: Flask) -> None:
    """Register every module’s blueprint `bp`. Those under `admin` are named `admin_…` and live under /admin."""
    app.jinja_env.globals["way_names"] = WAY_NAMES
    for name in MODULES:
        app.register_blueprint(import_module(f"webapp.views.{name}").bp)
