"""Who did what, in a chain that cannot be altered unnoticed and tells no content."""
