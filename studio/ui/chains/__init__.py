"""Chains in the window: chosen, filled in, run, followed and changed; and what can follow an asset."""
