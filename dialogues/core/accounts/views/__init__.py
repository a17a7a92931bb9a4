"""Pages about accounts: ways in and out, one's own account, the staff."""
