"""The pages and endpoints: one module a noun, one blueprint a module."""

from importlib import import_module

from flask import Flask

MODULES = (
    "home",
    "sessions",
    "joining",
    "devices",
    "vault",
    "backups",
    "settings",
    "notices",
    "recovery",
    "restore_requests",
    "restores",
    "mailbox",
    "admin.overview",
    "admin.requests",
    "admin.users",
    "admin.settings",
    "admin.activity",
)


def init_app(app: Flask) -> None:
    """Register every module’s blueprint `bp`. Those under `admin` are named `admin_…` and live under /admin."""
    for name in MODULES:
        app.register_blueprint(import_module(f"webapp.views.{name}").bp)
