"""Checks that every template compiles in the application's environment, with known filters and tests."""

import sys
import tempfile
from pathlib import Path

from jinja2 import StrictUndefined, TemplateError

from dialogues.factory import build_app
from dialogues.settings import Settings


def main() -> int:
    """Print the templates that do not compile; returns 1 if there are any."""
    with tempfile.TemporaryDirectory() as folder:
        app = build_app(Settings(instance=Path(folder), secret_key="x" * 32))
        environment = app.jinja_env
        if environment.undefined is not StrictUndefined:
            print("An undefined name in a template must be an error: the environment lacks StrictUndefined.")
            return 1
        wrong = 0
        for name in environment.list_templates(extensions=["html", "txt", "xml", "svg"]):
            try:
                environment.get_template(name)
            except TemplateError as error:
                wrong += 1
                print(f"templates/{name}: {error}")
        return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
