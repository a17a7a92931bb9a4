"""How gunicorn serves the application; `gunicorn --bind … app:app` finds this file where it is started."""

#: Put together once, before the processes that serve part: what is not ready is said once, and gunicorn ends.
preload_app = True
