"""Numbered, immutable versions of the agenda, and the differences between them."""
