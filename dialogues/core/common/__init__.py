"""Base of all features: transactions, viewers, the clock, column types and page helpers."""
