"""Reads of calendar entries for the system: derived and stored ones, and the guests they belong to."""
