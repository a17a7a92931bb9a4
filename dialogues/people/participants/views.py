"""View parts shared by the features of this area; the feature has no pages of its own."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Blueprint, flash

from dialogues.core.common.pages import words
from dialogues.lib.refusal import Refusal

blueprint = Blueprint("participants", __name__)


@contextmanager
def refusal_flashed() -> Iterator[None]:
    """Shows a refusal of a button on the next page."""
    try:
        yield
    except Refusal as refusal:
        flash(words(refusal), "danger")
