"""The rapporteurs of TRD-1 and those who are not."""

import pytest
from flask import Flask

from tests.cast import Cast


@pytest.fixture
def cast(app: Flask) -> Cast:
    """Everyone of the sample."""
    return Cast(app)
