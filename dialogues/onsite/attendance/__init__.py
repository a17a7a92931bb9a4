"""Who was at the table: marked by the liaison desk, sealed when the meeting closes."""
