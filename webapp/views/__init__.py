"""The pages and endpoints: one module a noun, one blueprint a module."""

from importlib import import_module

from flask import Flask

from webapp.flows.recovery_methods import METHOD_NAMES

MODULES = (
    "probes",
    "home",
    "account.sessions",
    "account.session_states",
    "account.sign_in_codes",
    "account.second_factors",
    "account.passwords",
    "account.joining",
    "vault.device_lock",
    "account.devices",
    "vault.vault",
    "vault.earlier_vaults",
    "vault.backups",
    "account.settings",
    "account.notices",
    "recovery.start",
    "recovery.mail_codes",
    "pairing.joiner",
    "pairing.joiner_messages",
    "pairing.host",
    "recovery.restore_requests",
    "recovery.restores",
    "recovery.self_service",
    "recovery.self_service_steps",
    "recovery.vetoes",
    "mailbox",
    "admin.overview",
    "admin.requests",
    "admin.people.users",
    "admin.people.person",
    "admin.people.account",
    "admin.people.invites",
    "admin.settings.settings",
    "admin.settings.contact",
    "admin.settings.recovery_keys",
    "admin.settings.retention",
    "admin.settings.former_shares",
    "admin.settings.policies",
    "admin.people.second_factor_resets",
    "admin.reauthentication",
    "admin.settings.recovery_methods",
    "admin.activity",
    "admin.activity_export",
    "admin.diagnostics",
)


def init_app(app: Flask) -> None:
    """Register every module’s blueprint `bp`. Those under `admin` are named `admin_…` and live under /admin."""
    app.jinja_env.globals["way_names"] = METHOD_NAMES
    for name in MODULES:
        app.register_blueprint(import_module(f"webapp.views.{name}").bp)
