"""Canvas Labs' contract: one endpoint an operation, poll by job id."""
