"""settings"""

from flask import Blueprint

bp = Blueprint("admin_settings", __name__, url_prefix="/admin")
