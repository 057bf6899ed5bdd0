"""The file of the prompt book, and the same as a file to share: {"studio_prompts": 1, "templates", "styles", "lists"}."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from studio.domain.errors import InputError, LocalError
from studio.domain.prompt_book import Phrase, PromptBook
from studio.settings.files import BrokenFileError, read_object, write_object

FILE_NAME = "prompts.json"
VERSION = 1
_MARK = "studio_prompts"
_LARGEST_BYTES = 16 * 1024 * 1024


def load(path: Path, starter: Path) -> tuple[PromptBook, str | None]:
    """The person's book, or what comes with the product where there is none yet; words of a problem with the file."""
    problem = None
    try:
        written = read_object(path)
        if written is not None:
            return _book(written), None
    except BrokenFileError as error:
        problem = error.words
    except OSError as error:
        return PromptBook(), f"{path.name} could not be read ({error.strerror})."
    except InputError as error:
        return PromptBook(), f"{path.name}: {error.message}"
    return read_shared(starter), problem


def save(path: Path, book: PromptBook) -> None:
    """Raises InputError for a book that cannot be kept, LocalError where the disk takes nothing."""
    book = book.checked()
    try:
        write_object(path, as_object(book))
    except OSError as error:
        raise LocalError(f"{path.name} could not be written: {error.strerror}.", advice="Check the disk.") from error


def read_shared(path: Path) -> PromptBook:
    """A book that somebody shared. A text file is a list with the file's name. Raises InputError."""
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(f"{path.name} is too large for a prompt book.")
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{path.name} could not be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is no text.") from error
    if path.suffix.lower() == ".txt":
        return PromptBook(lists={path.stem.replace(" ", "-"): tuple(text.splitlines())}).checked()
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise InputError(f"{path.name} is no prompt book: it is not JSON.") from error
    if not isinstance(found, dict) or _MARK not in found:
        raise InputError(f"{path.name} is no prompt book of this studio.")
    return _book(found)


def as_object(book: PromptBook) -> dict[str, Any]:
    """As it is written to a file."""
    return {
        _MARK: VERSION,
        "templates": [{"name": phrase.name, "text": phrase.text} for phrase in book.templates],
        "styles": [
            {"name": p.name, "text": p.text, **({"negative": p.negative} if p.negative else {})} for p in book.styles
        ],
        "lists": {name: list(lines) for name, lines in book.lists.items()},
    }


def _book(found: Mapping[str, Any]) -> PromptBook:
    """Tolerant of what a newer version adds; what is there must make sense."""
    lists = found.get("lists", {})
    if not isinstance(lists, dict) or not all(isinstance(lines, list) for lines in lists.values()):
        raise InputError("its lists make no sense.")
    kept = {str(name): tuple(line for line in lines if isinstance(line, str)) for name, lines in lists.items()}
    return PromptBook(_phrases(found.get("templates", [])), _phrases(found.get("styles", [])), kept).checked()


def _phrases(found: object) -> tuple[Phrase, ...]:
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise InputError("its templates or styles make no sense.")
    return tuple(Phrase(str(one.get("name", "")), str(one.get("text", "")), str(one.get("negative", ""))) for one in found)
