"""Reads of published agenda versions, always for a viewer."""
