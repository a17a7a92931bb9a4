"""Dialogues, their meetings and parties, and who holds which role."""
