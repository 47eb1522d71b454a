"""The service worker, which is the offline page and what shows it."""

from flask import Blueprint, Response, make_response, render_template

from webapp.web import service_worker
from webapp.web.access import public, quiet

bp = Blueprint("offline", __name__)

AN_HOUR = 3600
"""Seconds for which a browser asks for no newer one."""


@bp.get(service_worker.ADDRESS)
@public
@quiet
def show_worker() -> Response:
    """The same for everybody."""
    page = render_template("offline/page.html", style=service_worker.style())
    script = render_template("offline/service_worker.js", page=page, policy=service_worker.offline_policy())
    response = make_response(script)
    response.content_type = "text/javascript; charset=utf-8"
    response.cache_control.max_age = AN_HOUR
    return response
