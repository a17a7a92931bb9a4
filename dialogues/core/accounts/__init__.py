"""Accounts: sign-in, passwords, second factors, single-use links, staff."""
