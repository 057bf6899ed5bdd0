"""The history: every job that was ever sent, what it cost and what came out."""
