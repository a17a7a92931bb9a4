"""People at a meeting: participations, seats, waiting lists, and who may see whom."""
