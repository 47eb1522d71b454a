"""What every open page asks now and then: whether the session it was made for still stands, and its tab may stay open.

The answer is one of ours only if it repeats the number that the page made up for this question: no proxy, sign-in page
of a network or cache can. It is 200 whatever it says, since others answer with 401 and 403, too.
"""

import re

import flask_login
from flask import Blueprint, Response, current_app, jsonify, request

from webapp.clock import clock_time
from webapp.models.columns import is_id
from webapp.models.signin.tab_key import TabKey
from webapp.views.account.notices import my_notices, version_of
from webapp.web.access import current_member, current_sign_in, ended_here, public, quiet

bp = Blueprint("session_states", __name__)

QUESTION = re.compile(r"[0-9a-f]{32}")


@bp.get("/sessions/state")
@public
@quiet
def show_state() -> Response:
    """`open`, with whose session it is; `locked`, where it goes on and this `tab` lost its key; `ended`, with why.
    `news`: whether the page’s notices (`notices`: their version) are not the ones of now."""
    question, tab, version = (request.args.get(name, "") for name in ("question", "tab", "notices"))
    question = question if QUESTION.fullmatch(question) else ""
    if not flask_login.current_user.is_authenticated:
        return jsonify(question=question, state="ended", **_why())
    is_open = not tab or (is_id(tab) and TabKey.is_kept(tab, current_sign_in()))
    news = bool(version) and version != version_of(my_notices())
    return jsonify(question=question, state="open" if is_open else "locked", user=current_member().id, news=news)


def _why() -> dict[str, str]:
    """As a code, and `said`: the sentence as plain text. Whoever signed out here has no cookie any more."""
    ending = ended_here()
    why, by, at = (ending.sentence, ending.by, ending.at) if ending else ("signed_out", "", None)
    sentences = current_app.jinja_env.get_template("account/sessions/endings.html").module.sentences  # type: ignore[attr-defined]
    return {"why": why, "said": sentences[why].format(by=by, at=clock_time(at) if at else "")}
