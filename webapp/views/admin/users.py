"""users"""

from flask import Blueprint

bp = Blueprint("admin_users", __name__, url_prefix="/admin")
