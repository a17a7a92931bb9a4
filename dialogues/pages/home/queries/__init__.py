"""Reads for the pages of one's own, across all the dialogues an account belongs to."""
