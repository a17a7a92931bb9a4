"""Reads of calendar entries: one's own, a feed's, and what the house must know to write them."""
