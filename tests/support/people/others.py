"""People of another organisation in the same database: no page ever offers them, and no rule may lean on that."""

from flask import Flask

from tests.support.people.person import Person, add_person
from webapp.database import transaction
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role


def another_organisation(app: Flask) -> str:
    """Its id."""
    with app.app_context(), transaction() as session:
        made = Organisation(name="Elsewhere")
        session.add(made)
        session.flush()
        return made.id


def elsewhere(app: Flask, name: str = "Eve", role: Role = Role.OWNER) -> Person:
    """Somebody of a second organisation."""
    return add_person(app, another_organisation(app), name, role)
