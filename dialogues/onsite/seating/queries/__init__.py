"""Reads about seating, always for a viewer."""
