"""What every feature stands on: refusals, transactions, viewers, the clock, column types and page helpers."""
