"""The blueprint that the pages of this feature join."""

from flask import Blueprint

blueprint = Blueprint("registration", __name__)
