"""Emails queued in the transaction of their cause, their delivery, and background work."""
