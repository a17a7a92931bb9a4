"""Who comes: invitation, registration, and who sees whom."""
