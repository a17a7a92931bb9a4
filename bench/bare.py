"""A Flask page that does nothing, as the base of every ratio."""

from flask import Flask

app = Flask(__name__)


@app.get("/")
def page() -> str:
    return "<!doctype html><html lang=en><title>Bare</title><h1>Bare</h1>"
