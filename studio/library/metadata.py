"""Recipes inside media files: put into a copy, read out of a file, and everything private taken out of a copy.

The coded pictures and sounds stay as they are, byte for byte. Containers: PNG, JPEG and WebP (XMP), MP4 and M4A (an item of
iTunes' list), MP3 (ID3). exiftool reads all of them; ffprobe shows those of MP4 and MP3, as the tag "recipe".
"""

from __future__ import annotations

import logging
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

from studio.domain.asset import Recipe
from studio.library.recipe_record import RecipeFacts, RecipeRecord, read_record, record_of

log = logging.getLogger(__name__)

__all__ = ["RecipeFacts", "RecipeRecord", "embed_in_place", "embed_recipe", "read_recipe", "recipe_record", "strip_metadata"]


def embed_recipe(source: Path, target: Path, recipe: Recipe, facts: RecipeFacts | None = None) -> bool:
    """Write a copy of `source` with the recipe in it to the new file `target`; blocks.

    False, and no file, where it cannot be put in without harm: another container, a damaged file, a recipe that is too long,
    or content credentials (C2PA) of the service, which would no longer be valid. Raises OSError.
    """
    line = record_of(recipe, facts or RecipeFacts())
    tags = _tags_of(source)
    if line is None or tags is None:
        return False
    return _made(target, lambda: bool(tags.embed(source, target, line)))


def strip_metadata(source: Path, target: Path) -> bool:
    """Write a copy of `source` without anything that is not needed to show it to the new file `target`; blocks.

    What says which side of a picture is up stays, and its colour profile. False, and no file, where the container cannot be
    stripped here or is damaged. Raises OSError.
    """
    from studio.media.errors import MediaError
    from studio.media.sniffing import sniff_file
    from studio.media.tags import gif, iso, riff, sound

    try:
        mime = sniff_file(source)
    except MediaError:
        return False
    others: dict[str, Callable[[Path, Path], bool]] = {
        "image/gif": gif.strip, "image/bmp": _copied, "video/quicktime": iso.strip, "audio/wav": riff.strip,
        "audio/flac": sound.strip_flac, "audio/ogg": sound.strip_ogg,
    }
    tags = _tags_of(source)
    strip = others.get(mime) or (tags.strip if tags is not None else None)
    return strip is not None and _made(target, lambda: bool(strip(source, target)))


def read_recipe(path: Path) -> Recipe | None:
    """The recipe in a file, its parents as content hashes; None where there is none that is understood. Blocks.

    Whatever the file holds, this is bounded in time and memory, and raises only OSError.
    """
    record = recipe_record(path)
    return record.recipe if record else None


def recipe_record(path: Path) -> RecipeRecord | None:
    """The same with when it was made, and by which program."""
    from studio.media.errors import MediaError

    tags = _tags_of(path)
    try:
        line = tags.read(path) if tags is not None else None
    except MediaError as error:
        log.info("no recipe can be read from %s: %s", path, error)
        return None
    return read_record(line) if line else None


def embed_in_place(path: Path, recipe: Recipe, facts: RecipeFacts | None = None) -> bool:
    """Put the recipe into the file itself, which is replaced as a whole; False, and the file as it was, where `embed_recipe`
    cannot, or the disk is full. Its content hash is another one afterwards; doing it again changes nothing."""
    part = path.with_name(f".{os.getpid()}-{os.urandom(6).hex()}.part")
    try:
        if not embed_recipe(path, part, recipe, facts):
            return False
        shutil.copystat(path, part)
        os.replace(part, path)
        return True
    except OSError as error:
        log.warning("the recipe was not written into %s: %s", path, error)
        return False
    finally:
        part.unlink(missing_ok=True)


def _tags_of(path: Path) -> ModuleType | None:
    """What knows the file's container, by its content."""
    from studio.media.errors import MediaError
    from studio.media.sniffing import sniff_file
    from studio.media.tags import iso, jpeg, png, riff, sound

    try:
        mime = sniff_file(path)
    except MediaError:
        return None
    return {
        "image/png": png, "image/jpeg": jpeg, "image/webp": riff, "video/mp4": iso, "audio/mp4": iso, "audio/mpeg": sound,
    }.get(mime)


def _made(target: Path, make: Callable[[], bool]) -> bool:
    """Whether it was made; no file is left where it was not."""
    from studio.media.errors import MediaError

    done = False
    try:
        done = make()
    except MediaError as error:
        log.info("%s", error)
    finally:
        if not done:
            target.unlink(missing_ok=True)
    return done


def _copied(source: Path, target: Path) -> bool:
    shutil.copyfile(source, target)
    return True
