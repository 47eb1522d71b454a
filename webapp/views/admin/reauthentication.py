"""Asked again: a code, or the password, before something sensitive is done. As a dialog over the page, or as a page."""

from dataclasses import dataclass

from flask import Blueprint, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.models.signin.second_factor import NotTaken
from webapp.web.htmx import in_place_of, redirect_to
from webapp.web.rate_limits import RateLimited
from webapp.web.reauthentication import NotShown, question, show_again
from webapp.web.redirects import own_path
from webapp.web.rendering import Context, render

bp = Blueprint("admin_again", __name__, url_prefix="/admin/again")


@dataclass(frozen=True, kw_only=True)
class QuestionPage(Context):
    """Where the question leads on from a page of its own."""

    next_path: str | None


@bp.get("")
def show_page() -> str:
    """For a form that was sent without htmx: its page is gone already."""
    return _question_page()


@bp.post("")
def create_on_page() -> Response | tuple[str, int]:
    """Back to where the person came from."""
    problem, retry_after = _refusal()
    if problem:
        return _question_page(problem, retry_after), 429 if retry_after else 422
    return redirect_to(own_path(request.form.get("next")) or url_for("admin_overview.show_overview"))


@bp.post("/dialog")
def create_in_dialog() -> Response | tuple[str, int]:
    """The dialog closes, and the form that was refused is sent once more by its page."""
    problem, retry_after = _refusal()
    if problem:
        form = render("admin/reauthentication/_form.html", question(problem, retry_after))
        return form, 429 if retry_after else 422
    return in_place_of("#again", render_template("admin/reauthentication/_shown.html"), 200)


def _refusal() -> tuple[str, int]:
    """Why what was typed is not enough ("": it is), and how many seconds to wait."""
    try:
        show_again(request.form.get("shown", ""))
    except (NotShown, NotTaken) as error:
        return error.code, 0
    except RateLimited as error:
        return "throttled", error.retry_after
    return "", 0


def _question_page(problem: str = "", retry_after: int = 0) -> str:
    next_path = own_path(request.values.get("next"))
    return render(
        "admin/reauthentication/index.html", QuestionPage(next_path=next_path), question(problem, retry_after)
    )
