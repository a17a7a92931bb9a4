"""gunicorn's configuration; `gunicorn --bind … app:app` finds it in the current folder."""

import gc

#: Load the application once before forking, so that a startup error is reported once and gunicorn ends.
preload_app = True


def when_ready(_server: object) -> None:
    """Exclude the loaded application from garbage collection, so that all processes share its memory."""
    gc.freeze()
    # A page creates some thousand objects; Python's default of 700 would collect several times per page.
    gc.set_threshold(20_000, 20, 20)


#: Signals are enough; the control socket would be created in a home directory.
control_socket_disable = True
