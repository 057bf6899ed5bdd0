"""Tests of studio.store."""
