"""Sessions in time and room: the draft, its clashes, and numbered releases."""
