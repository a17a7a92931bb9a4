"""Writes of calendar entries: stored ones, and what session entries are derived from."""
