"""Reads of calendar entries: a person's own, a feed's, and the system's."""
