"""The sample dialogues, fictional throughout, and their loader."""
