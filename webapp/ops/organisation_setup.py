"""The beginning of an installation: the organisation, and the invite of its first owner."""

from flask import current_app

from webapp import limits
from webapp.database import transaction
from webapp.models.accounts.invite import Invite
from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role
from webapp.models.journal.event import Event


def make_organisation(organisation: str, email: str, name: str, *, is_demo: bool = False) -> str:
    """The link for the first owner; makes the organisation unless it is there without an owner yet."""
    found = Organisation.the()
    found_id = found.id if found else None
    with transaction() as session:
        made = session.get(Organisation, found_id) if found_id else None
        if made is None:
            made = Organisation(name=organisation, is_demo=is_demo)
            session.add(made)
            session.flush()
            Event.append("organisation.made", made.id, operator=True)
        _, token = Invite.make(made, email, name, Role.OWNER, life=limits.LINK_LIFE)
    return f"{current_app.config['PUBLIC_URL']}/join/{token}"
