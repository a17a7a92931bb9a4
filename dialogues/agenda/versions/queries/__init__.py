"""Reads about sessions, always for a viewer: the agenda as released, and the draft behind it."""
