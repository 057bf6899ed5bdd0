"""Typed settings declared once, where things lie on disk, and secrets in the system's keyring."""
