"""What the studio knows, in one SQLite file: jobs, assets, search, pacing. A write that returned survives a power cut."""
