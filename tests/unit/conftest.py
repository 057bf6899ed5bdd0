"""For the unit tests: hypothesis does not mind how long a case takes, since what is slow on a busy machine is not wrong."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("studio", deadline=None)
settings.load_profile("studio")
