"""Pages for sign-in and sign-out, the viewer's own account, and staff."""
