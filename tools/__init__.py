"""Tools that the Makefile calls: demo, checks, test runs, lock files."""
