"""Where everything lies. STUDIO_HOME moves all of it into one folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

HOME_VARIABLE = "STUDIO_HOME"


@dataclass(frozen=True, slots=True)
class Paths:
    """`data`: store, settings, engine. `media`: the visible folder of results. `cache`: thumbnails, made anew when lost."""

    data: Path
    media: Path
    cache: Path
    logs: Path

    @classmethod
    def of_home(cls, home: Path) -> Paths:
        """All under one folder."""
        home = home.expanduser().absolute()
        return cls(data=home, media=home / "media", cache=home / "cache", logs=home / "logs")

    @classmethod
    def from_environment(cls) -> Paths:
        """STUDIO_HOME, else what the system says; media go to "Studio" under the person's Pictures."""
        home = os.environ.get(HOME_VARIABLE)
        if home:
            return cls.of_home(Path(home))
        import platformdirs  # not loaded where STUDIO_HOME says it

        dirs = platformdirs.PlatformDirs("studio", appauthor=False)
        return cls(
            data=Path(dirs.user_data_dir),
            media=Path(platformdirs.user_pictures_dir()) / "Studio",
            cache=Path(dirs.user_cache_dir),
            logs=Path(dirs.user_log_dir),
        )

    @property
    def store(self) -> Path:
        return self.data / "studio.db"

    @property
    def settings(self) -> Path:
        return self.data / "settings.json"

    @property
    def inputs(self) -> Path:
        """The library's own copies of dropped and picked files, named by content hash."""
        return self.data / "inputs"

    @property
    def engine(self) -> Path:
        return self.data / "engine"

    @property
    def thumbnails(self) -> Path:
        return self.cache / "thumbnails"

    def create(self) -> None:
        """Make the folders. Data and logs are the owner's alone."""
        for folder in (self.data, self.logs):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for folder in (self.media, self.cache, self.inputs, self.thumbnails):
            folder.mkdir(parents=True, exist_ok=True)
