"""Benchmarks: speed, memory and queries, relative to a bare Flask page on the same server."""
