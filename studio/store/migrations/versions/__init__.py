"""One file a migration: v0001_…, v0002_…"""
