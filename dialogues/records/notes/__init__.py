"""Raw notes that only their rapporteur can read, and session summaries that several people edit."""
