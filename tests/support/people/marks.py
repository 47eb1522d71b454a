"""Admins who had a hand in somebody’s sign-in, and admins who are gone."""

from tests.support.people.person import Person
from webapp.clock import now
from webapp.database import transaction
from webapp.models.approval.conflict_mark import ConflictKind, ConflictMark
from webapp.models.approval.hold import Hold
from webapp.models.directory.user import User


def mark(by: Person, member: Person, kind: ConflictKind = ConflictKind.LIFTED_HOLD) -> None:
    """Put a mark, without the deed."""
    with by.app.app_context(), transaction() as session:
        ConflictMark.put(session.get_one(User, by.user_id), session.get_one(User, member.user_id), kind)


def disable(*people: Person) -> None:
    """Nobody of them can sign in any more."""
    for person in people:
        with person.app.app_context(), transaction():
            User.locked(person.user_id).disabled_at = now()


def hold(member: Person, said_with: str = "a link from a mail") -> None:
    """The member said “This wasn’t me”."""
    with member.app.app_context(), transaction():
        Hold.begin(User.locked(member.user_id), said_with)
