"""Changes of accounts and sign-ins: one function, one transaction."""
