"""The application, for `flask …` and every WSGI server."""

from dialogues.factory import create_app
from dialogues.settings import read_settings

app = create_app(read_settings())
