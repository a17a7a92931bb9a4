"""Calendar entries: who has which, what they show, and their numbers."""
