"""Fixtures with real services: databases, mail and web servers, a browser, and no access to other machines."""
