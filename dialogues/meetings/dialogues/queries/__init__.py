"""Reads about dialogues and meetings, always for a viewer."""
