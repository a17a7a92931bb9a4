"""Raw notes that stay with their rapporteur, and summaries that several people edit without losing a word."""
