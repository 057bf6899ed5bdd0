"""Drills: the queue's promises under kills, power cuts and broken connections. `packaging/drill` runs them at length."""
