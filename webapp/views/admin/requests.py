"""requests"""

from flask import Blueprint

bp = Blueprint("admin_requests", __name__, url_prefix="/admin")
