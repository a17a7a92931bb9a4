"""Static files with their checksum in the URL, so that browsers may cache them without a limit."""

import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, abort, send_from_directory, url_for
from werkzeug.wrappers import Response

from dialogues.core.common.access import allows, without_viewer
from dialogues.policy import ASSET_SEE


def serve_assets(app: Flask, folder: Path) -> None:
    """Serve `folder` at /static/<hash>/<name>, and give templates `static_url(name)`."""

    @cache
    def names() -> frozenset[str]:
        return frozenset(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())

    @cache
    def digest(name: str) -> str:
        return hashlib.sha256((folder / name).read_bytes()).hexdigest()[:16]

    @without_viewer
    @allows(ASSET_SEE)
    def static(hashed: str, filename: str) -> Response:
        if filename not in names() or digest(filename) != hashed:
            abort(404)
        return send_from_directory(folder, filename)

    app.add_url_rule("/static/<hashed>/<path:filename>", "static", static)

    def static_url(filename: str) -> str:
        return url_for("static", hashed=digest(filename), filename=filename)

    app.jinja_env.globals["static_url"] = static_url
