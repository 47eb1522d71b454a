"""overview"""

from flask import Blueprint

bp = Blueprint("admin_overview", __name__, url_prefix="/admin")
