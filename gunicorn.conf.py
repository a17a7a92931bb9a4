"""How gunicorn serves the application; `gunicorn --bind … app:app` finds this file where it is started."""

import gc

#: Put together once, before the processes that serve part: what is not ready is said once, and gunicorn ends.
preload_app = True


def when_ready(_server: object) -> None:
    """Leave what was put together out of garbage collection: it stays, and its memory is shared by all processes."""
    gc.freeze()
    # A page leaves some thousand objects behind; Python's own 700 would collect several times for each.
    gc.set_threshold(20_000, 20, 20)


#: Signals are enough; its socket would lie in somebody's home.
control_socket_disable = True
