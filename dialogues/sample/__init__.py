"""Fictional sample dialogues, and generated meetings of any size."""
