"""The tests, one folder per feature; what they stand on is in tests.beds."""
