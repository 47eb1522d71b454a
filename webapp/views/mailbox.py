"""The mail of a development server that sends none: everybody’s, readable by everybody. Nowhere else."""

from flask import Blueprint, abort, current_app, render_template
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from webapp.config import Mode
from webapp.database import db
from webapp.models.directory.organisation import Organisation
from webapp.models.notices.notice import Notice
from webapp.web.access import public

bp = Blueprint("mailbox", __name__)

SHOWN = 30


@bp.get("/mailbox")
@public
def show_mailbox() -> str:
    """The newest mails, as they would be sent."""
    if current_app.config["MODE"] != Mode.DEVELOPMENT or current_app.config["SMTP"]:
        abort(404)
    newest = select(Notice).options(joinedload(Notice.user)).order_by(Notice.made_at.desc(), Notice.id).limit(SHOWN)
    return render_template(
        "mailbox/index.html", notices=db.session.scalars(newest).all(), organisation=Organisation.the()
    )
