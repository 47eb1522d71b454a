"""One person: how they stand, resetting their password, and lifting the hold after “This wasn’t me”."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import Blueprint, current_app, flash, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.models.accounts.password_reset import NotReset, may_reset, reset_by_admin
from webapp.models.accounts.second_factor_reset import may_reset_factor
from webapp.models.approval.approvers import approvers
from webapp.models.approval.hold import Hold, NotLifted
from webapp.models.directory.user import User
from webapp.models.journal.event import Event
from webapp.models.journal.listing import EventList
from webapp.models.notices.link import Link
from webapp.models.pairing.method_policy import other_methods
from webapp.models.recovery_keys.key import OrganisationKey
from webapp.models.reports.person_summary import AfterReset, PersonSummary
from webapp.models.signin.second_factor import SecondFactor
from webapp.ops.mail import is_read
from webapp.views.admin.people.summary import OnePerson, account, find_person
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context, render

bp = Blueprint("admin_people", __name__, url_prefix="/admin/users")

EVENTS_SHOWN = 25


@dataclass(frozen=True, kw_only=True)
class PersonPage(Context):
    """One person, beside their hold and their account."""

    about: PersonSummary
    refusal: str | None
    """Why I can’t reset the password, as a code."""
    holds: Sequence[Hold]
    key: OrganisationKey | None
    """The active one."""
    factor: SecondFactor | None
    factor_refusal: str | None
    """Why I can’t reset it, as a code."""
    events: Sequence[Event]
    older: int | None
    """The number to go on from."""
    before: int | None


@dataclass(frozen=True, kw_only=True)
class PersonHold(OnePerson):
    """The hold on a person’s account, and lifting it."""

    hold: Hold | None
    hold_refusal: str | None
    """Why I may not lift it, as a code."""
    nobody_left: bool
    """Without me nobody could approve a request of theirs."""
    hold_error: str | None = None


@dataclass(frozen=True, kw_only=True)
class Reset(OnePerson):
    """Resetting a person’s password, and the link that came of it."""

    about: PersonSummary
    after: AfterReset
    others: Sequence[str]
    """Ways back without a cloud backup."""
    refusal: str | None
    """Why I can’t reset it, as a code."""
    is_mail_read: bool
    way_error: str | None = None
    made: Link | None = None
    link: str = ""
    """Shown this once."""


@bp.get("/<user_id>")
def show_person(user_id: str) -> str:
    """Everything an admin needs to help them."""
    person = find_person(user_id)
    before = request.args.get("before", type=int)
    events, older = EventList(person.organisation_id, [person.id]).page(EVENTS_SHOWN, before)
    page = PersonPage(
        about=PersonSummary.of(person),
        refusal=may_reset(current_member(), person),
        holds=Hold.all_of(person.id),
        key=OrganisationKey.active(person.organisation_id),
        factor=SecondFactor.of(person.id),
        factor_refusal=may_reset_factor(current_member(), person),
        events=events,
        older=older,
        before=before,
    )
    return render("admin/people/person.html", page, _hold(person), account(person))


@bp.get("/<user_id>/reset")
def new_reset(user_id: str) -> str:
    """What a reset would do, before it is done."""
    return render("admin/people/password_reset.html", _reset(find_person(user_id)))


@bp.post("/<user_id>/reset")
@requires_reauthentication
def create_reset(user_id: str) -> BaseResponse | str | tuple[str, int]:
    """Void the password; the link for a new one is mailed, or is this answer, once."""
    person = find_person(user_id)
    by_id = current_member().id
    way = request.form.get("way")
    if way != "hand_over" and not (way == "mail" and is_read()):
        return render("admin/people/_password_reset.html", replace(_reset(person), way_error="way_missing")), 422
    try:
        with transaction() as session:
            link = reset_by_admin(User.locked(user_id), session.get_one(User, by_id), hand_over=way == "hand_over")
    except NotReset as error:
        return render(
            "admin/people/_password_reset.html", replace(_reset(find_person(user_id)), refusal=error.code)
        ), 409
    if way == "hand_over":
        url = f"{current_app.config['ORIGIN']}/password/{link.token}"
        return render("admin/people/_password_reset.html", replace(_reset(find_person(user_id)), made=link, link=url))
    flash("The password is reset, and the link for a new one is on its way by mail.", "success")
    return redirect_to(url_for(".show_person", user_id=user_id))


@bp.post("/<user_id>/hold/lift")
@requires_reauthentication
def lift_hold(user_id: str) -> BaseResponse | tuple[str, int]:
    """Let recoveries of theirs go on: the admin says that it was looked into."""
    person = find_person(user_id)
    by_id = current_member().id
    if not request.form.get("settled"):
        return render("admin/people/_hold.html", replace(_hold(person), hold_error="hold_unsettled")), 422
    try:
        with transaction() as session:
            User.locked(user_id)
            hold = Hold.of(user_id)
            if hold is None:
                raise NotLifted("hold_lifted")
            hold.lift(session.get_one(User, by_id))
    except NotLifted as error:
        if error.code != "hold_lifted":
            return render("admin/people/_hold.html", _hold(find_person(user_id))), 403
        flash("There is no hold on this account any more.", "info")
    else:
        flash("The hold is lifted: recovery works again for this account.", "success")
    return redirect_to(url_for(".show_person", user_id=user_id))


def _reset(person: User) -> Reset:
    return Reset(
        person=person,
        about=PersonSummary.of(person),
        after=AfterReset.by(current_member(), person),
        others=other_methods(person.organisation_id),
        refusal=may_reset(current_member(), person),
        is_mail_read=is_read(),
    )


def _hold(person: User) -> PersonHold:
    hold = Hold.of(person.id)
    return PersonHold(
        person=person,
        hold=hold,
        hold_refusal=hold.may_lift(current_member()) if hold else None,
        nobody_left=hold is not None and not [one for one in approvers(person) if one.id != current_member().id],
    )
