"""Envelope keys, sealed columns and stored files: what is erased is gone from every copy."""
