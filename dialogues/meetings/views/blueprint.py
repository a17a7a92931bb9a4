"""The blueprint that all pages of this feature register with."""

from flask import Blueprint

blueprint = Blueprint("meetings", __name__)
