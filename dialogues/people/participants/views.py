"""The blueprint that the pages of this feature join."""

from flask import Blueprint

blueprint = Blueprint("participants", __name__)
