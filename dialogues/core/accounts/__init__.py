"""Who may sign in, and how: passwords, second factors, single-use links."""
