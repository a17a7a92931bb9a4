"""A Flask page that does nothing: what every ratio is measured against."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    """One short page."""
    return "<!doctype html><html lang=en><title>Bare</title><h1>Bare</h1>"
