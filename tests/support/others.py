"""People of another organisation in the same database: no page ever offers them, and no rule may lean on that."""

from flask import Flask

from tests.support.person import Person, add_person
from webapp.database import transaction
from webapp.models import Organisation, Role


def elsewhere(app: Flask, name: str = "Eve", role: Role = Role.OWNER) -> Person:
    """Somebody of a second organisation."""
    with app.app_context(), transaction() as session:
        made = Organisation(name="Elsewhere")
        session.add(made)
        session.flush()
        organisation_id = made.id
    return add_person(app, organisation_id, name, role)
