"""Links for a new password, as somebody gets them: by mail, from an admin, from the operator."""

from flask import Flask
from sqlalchemy import select

from tests.support.people.person import Person
from webapp.database import db, transaction
from webapp.models.accounts.password_reset import reset_by_admin, reset_by_operator, send_link
from webapp.models.accounts.password_reset_request import PasswordResetRequest
from webapp.models.directory.user import User
from webapp.models.notices.link import Link, Purpose
from webapp.models.notices.notice import Notice

NEW = "walk the dogs twice"
"""A password that the rules take."""


def asked(person: Person) -> str:
    """The path of the link the person asked for with Forgot password."""
    with person.app.app_context():
        with transaction():
            send_link(User.locked(person.user_id), "Firefox on Windows", "192.0.2.7")
        return newest(person)


def reset(person: Person, by: Person | None = None, *, hand_over: bool = True) -> str:
    """The path of the link that a reset by an admin, or by the operator, makes."""
    with person.app.app_context():
        with transaction() as session:
            member = User.locked(person.user_id)
            if by:
                reset_by_admin(member, session.get_one(User, by.user_id), hand_over=hand_over)
            else:
                reset_by_operator(member)
        return newest(person)


def newest(person: Person) -> str:
    """The path of the last link made for the person."""
    query = select(Link).where(Link.user_id == person.user_id, Link.purpose == Purpose.PASSWORD)
    return f"/password/{db.session.scalars(query.order_by(Link.made_at.desc())).all()[0].token}"


def answered(app: Flask) -> list[str]:
    """The addresses that a link goes to when the worker has answered who asked."""
    with app.app_context():
        PasswordResetRequest.answer_all()
        notices = db.session.scalars(select(Notice).where(Notice.kind == "password_link").order_by(Notice.made_at))
        return [notice.user.email for notice in notices]
