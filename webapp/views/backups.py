"""backups"""

from flask import Blueprint

bp = Blueprint("backups", __name__)
