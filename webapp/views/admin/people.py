"""One person: how they stand, resetting their password, and lifting the hold after “This wasn’t me”."""

from typing import Any

from flask import Blueprint, current_app, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.htmx import redirect_to
from webapp.mail import is_read
from webapp.models import Hold, NotLifted, SecondFactor, User
from webapp.models.about_person import AboutPerson, AfterReset
from webapp.models.approvers import approvers
from webapp.models.event_list import EventList
from webapp.models.password_reset import NotReset, may_reset, reset_by_admin
from webapp.models.second_factor_reset import may_reset_factor
from webapp.models.way_policy import other_ways
from webapp.security import asks_again, me
from webapp.views.admin.member_facts import find_person, member_facts

bp = Blueprint("admin_people", __name__, url_prefix="/admin/users")

EVENTS_SHOWN = 25


@bp.get("/<user_id>")
def show_person(user_id: str) -> str:
    """Everything an admin needs to help them."""
    person, before = find_person(user_id), request.args.get("before", type=int)
    events, older = EventList(person.organisation_id, [person.id]).page(EVENTS_SHOWN, before)
    facts = {**_hold_facts(person), **member_facts(person), "holds": Hold.all_of(person.id)}
    facts |= {"about": AboutPerson.of(person), "refusal": may_reset(me(), person)}
    facts |= {"factor": SecondFactor.of(person.id), "factor_refusal": may_reset_factor(me(), person)}
    return render_template("admin/person.html", **facts, events=events, older=older, before=before)


@bp.get("/<user_id>/reset")
def new_reset(user_id: str) -> str:
    """What a reset would do, before it is done."""
    return render_template("admin/reset.html", **_reset_facts(find_person(user_id)))


@bp.post("/<user_id>/reset")
@asks_again
def create_reset(user_id: str) -> BaseResponse | str | tuple[str, int]:
    """Void the password; the link for a new one is mailed, or is this answer, once."""
    person, by_id, way = find_person(user_id), me().id, request.form.get("way")
    if way != "hand_over" and not (way == "mail" and is_read()):
        return render_template("admin/_reset.html", **_reset_facts(person, way_error="way_missing")), 422
    try:
        with transaction() as session:
            link = reset_by_admin(User.locked(user_id), session.get_one(User, by_id), hand_over=way == "hand_over")
    except NotReset as error:
        return render_template("admin/_reset.html", **_reset_facts(find_person(user_id), refusal=error.code)), 409
    if way == "hand_over":
        url = f"{current_app.config['ORIGIN']}/password/{link.token}"
        return render_template("admin/_reset.html", **_reset_facts(find_person(user_id), made=link, link=url))
    flash("The password is reset, and the link for a new one is on its way by mail.", "success")
    return redirect_to(url_for(".show_person", user_id=user_id))


@bp.post("/<user_id>/hold/lift")
@asks_again
def lift_hold(user_id: str) -> BaseResponse | tuple[str, int]:
    """Let recoveries of theirs go on: the admin says that it was looked into."""
    person, by_id = find_person(user_id), me().id
    if not request.form.get("settled"):
        return render_template("admin/_hold.html", **_hold_facts(person, hold_error="hold_unsettled")), 422
    try:
        with transaction() as session:
            User.locked(user_id)
            hold = Hold.of(user_id)
            if hold is None:
                raise NotLifted("hold_lifted")
            hold.lift(session.get_one(User, by_id))
    except NotLifted as error:
        if error.code != "hold_lifted":
            return render_template("admin/_hold.html", **_hold_facts(find_person(user_id))), 403
        flash("There is no hold on this account any more.", "info")
    else:
        flash("The hold is lifted: recovery works again for this account.", "success")
    return redirect_to(url_for(".show_person", user_id=user_id))


def _reset_facts(person: User, **more: Any) -> dict[str, Any]:
    return {
        "person": person,
        "about": AboutPerson.of(person),
        "after": AfterReset.by(me(), person),
        "others": other_ways(person.organisation_id),
        "refusal": may_reset(me(), person),
        "is_mail_read": is_read(),
        "way_error": None,
        "made": None,
        "link": "",
        **more,
    }


def _hold_facts(person: User, **more: Any) -> dict[str, Any]:
    hold = Hold.of(person.id)
    return {
        "person": person,
        "hold": hold,
        "hold_refusal": hold.may_lift(me()) if hold else None,
        "hold_error": None,
        "nobody_left": hold is not None and not [one for one in approvers(person) if one.id != me().id],
        **more,
    }
