"""Policies that are one field of a form each. Owners change them, admins see them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from webapp.database import transaction
from webapp.models.accounts.policies import SIMPLE, Choice, Number, PolicyNotChanged, change
from webapp.models.directory.user import Role, User
from webapp.models.signin.second_factor import SecondFactor
from webapp.views.admin.settings.numbers import whole_number
from webapp.web.access import current_member, requires_reauthentication
from webapp.web.htmx import redirect_to
from webapp.web.rendering import Context

bp = Blueprint("admin_policies", __name__, url_prefix="/admin")


@dataclass(frozen=True)
class PolicyForm:
    """What the fragment of one shows: `value` as it is set, `typed` as it stands in the field."""

    policy: Number | Choice
    value: Any
    typed: Any
    may_change: bool
    error: str | None = None

    @property
    def is_number(self) -> bool:
        """Whether a number is typed, rather than one of some words chosen."""
        return isinstance(self.policy, Number)

    @property
    def people_with_a_second_factor(self) -> int:
        """How many have one: for the policy that is about it."""
        return len(SecondFactor.those_of(current_member().organisation_id))


@dataclass(frozen=True, kw_only=True)
class Policies(Context):
    """The form of each, for the page of settings."""

    policies: Sequence[PolicyForm]


def policies() -> Policies:
    """As they are set."""
    return Policies(policies=[_form(policy) for policy in SIMPLE])


def _form(policy: Number | Choice, typed: str | None = None, error: str | None = None) -> PolicyForm:
    value = policy.value_of(current_member().organisation)
    return PolicyForm(policy, value, value if typed is None else typed, current_member().role == Role.OWNER, error)


def _changes(policy: Number | Choice) -> Callable[[], BaseResponse | tuple[str, int]]:
    """The view that sets it, at its own address."""

    @requires_reauthentication
    def change_policy() -> BaseResponse | tuple[str, int]:
        """Set it."""
        by_id = current_member().id
        typed = request.form.get(policy.field, "").strip()
        try:
            with transaction() as session:
                change(policy, session.get_one(User, by_id), _read(policy, typed))
        except PolicyNotChanged as error:
            page = render_template("admin/settings/_policy.html", form=_form(policy, typed, error.code))
            return page, 403 if error.code == policy.owner else 422
        flash("Saved. Every other admin is told.", "success")
        return redirect_to(url_for("admin_settings.show_settings"))

    return change_policy


def _read(policy: Number | Choice, typed: str) -> int | str:
    if isinstance(policy, Choice):
        return typed
    number = whole_number(typed)
    return -1 if number is None else number


for _each in SIMPLE:
    bp.add_url_rule(f"/{_each.address}", _each.name, _changes(_each), methods=["POST"])
