"""Who sits where: plans that follow the order in force, keep apart who is to be kept apart, and show who moved."""
