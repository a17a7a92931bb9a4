"""Decisions about taking part, on given facts."""
