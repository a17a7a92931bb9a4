"""Reads of the archive, always for a viewer and a point in time."""
