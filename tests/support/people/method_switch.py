"""Ways back, switched off as an owner would, without a page or a notice."""

from flask import Flask
from sqlalchemy import select

from webapp.database import transaction
from webapp.models.directory.organisation import Organisation


def switch_off(app: Flask, *ways: str) -> None:
    """Allow every way but these."""
    with app.app_context(), transaction() as session:
        for organisation in session.scalars(select(Organisation)):
            organisation.ways_off = " ".join(ways)
