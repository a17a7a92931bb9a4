"""How fast, how small, how frugal: measured in one run against a bare Flask page under the same server."""
