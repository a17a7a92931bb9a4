"""Blueprint of this feature, in its own module because all views import it."""

from flask import Blueprint

blueprint = Blueprint("registration", __name__)
