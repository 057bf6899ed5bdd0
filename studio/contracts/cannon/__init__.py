"""Cannon Studio's contract: one create endpoint for every operation, poll by id."""
