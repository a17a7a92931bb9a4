"""Blueprint of the feature; it has no pages of its own."""

from flask import Blueprint

blueprint = Blueprint("participants", __name__)
