"""The IT admin contact of an organisation: whom members turn to when nothing else helps."""

from webapp.models.directory.organisation import Organisation
from webapp.models.directory.user import Role, User
from webapp.models.journal.event import Event


def change_contact(organisation: Organisation, by: User, name: str, email: str, phone: str) -> None:
    """Set it; all empty: the first owner again. In the caller’s transaction."""
    organisation.contact_name = name
    organisation.contact_email = email
    organisation.contact_phone = phone
    Event.append("contact.changed", organisation.id, actor=by, name=name, email=email, phone=phone)


def contact_of(organisation: Organisation) -> dict[str, str]:
    """Who helps: as set, else the first owner."""
    if organisation.contact_email or organisation.contact_phone:
        return {
            "name": organisation.contact_name,
            "email": organisation.contact_email,
            "phone": organisation.contact_phone,
        }
    owners = (admin for admin in User.admins(organisation.id) if admin.role == Role.OWNER)
    owner = min(owners, key=lambda owner: owner.created_at, default=None)
    return {"name": owner.name if owner else "", "email": owner.email if owner else "", "phone": ""}
