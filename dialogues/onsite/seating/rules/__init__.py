"""Decisions about seating, on given facts."""
