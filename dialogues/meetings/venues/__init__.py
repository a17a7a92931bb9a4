"""Places where meetings are held, and their rooms."""
