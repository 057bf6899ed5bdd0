"""Accounts in the window: the list, one account's details, keys, media hosts and webhooks."""
