"""Reads of the archive, always for a viewer and an instant."""
