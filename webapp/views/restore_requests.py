"""restore_requests"""

from flask import Blueprint

bp = Blueprint("restore_requests", __name__)
