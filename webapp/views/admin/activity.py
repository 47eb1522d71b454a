"""activity"""

from flask import Blueprint

bp = Blueprint("admin_activity", __name__, url_prefix="/admin")
