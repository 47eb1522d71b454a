"""vault"""

from flask import Blueprint

bp = Blueprint("vault", __name__)
