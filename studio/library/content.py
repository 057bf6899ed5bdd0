"""What a file is, by its content: brought by a person (then it must be sound) or by a service (then it must not be lost)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from studio.domain.errors import Cost, InputError, ServiceFaultError
from studio.domain.operation import MediaKind
from studio.library.names import extension_of

log = logging.getLogger(__name__)

_TEXT_STARTS = (b"<", b"{", b"[")
_HEAD = 512


@dataclass(frozen=True, slots=True)
class Content:
    """Sizes in pixels, `duration_s` in seconds; None where the file does not say. `extension` has its dot."""

    kind: MediaKind
    mime: str
    extension: str
    width: int | None = None
    height: int | None = None
    duration_s: float | None = None


def of_brought(path: Path, shown: str, *, fully: bool = False) -> Content:
    """The content of a file that a person brought, called `shown` in words; blocks.

    `fully` decodes a whole picture, so that a cut one is found out. Raises InputError with what to do; OSError as it comes.
    """
    from studio.media.errors import MediaError
    from studio.media.pictures import check_picture
    from studio.media.probe import probe
    from studio.media.workers import workers

    try:
        info = workers().run(probe, path)
        if fully and info.kind == "image":
            workers().run(check_picture, path)
    except MediaError as error:
        raise _refused(error, path.name, shown) from error
    kind = MediaKind(info.kind)
    return Content(kind, info.mime, extension_of(info.mime, kind), info.width, info.height, info.duration_s)


def of_result(path: Path, kind: MediaKind, file_name: str) -> Content:
    """The content of a file that a service delivered as `kind`; blocks. What it is decides, not what it was called.

    A file that cannot be looked into (a new format, more pixels than are decoded here) is kept as it was called. A cut file
    or a text in the place of media is no result: ServiceFaultError. OSError as it comes.
    """
    from studio.media.errors import MediaCostError, MediaTooLargeError, NotMediaError, TruncatedMediaError
    from studio.media.probe import probe
    from studio.media.workers import workers

    try:
        info = workers().run(probe, path)
    except TruncatedMediaError as error:
        raise _no_result(f"The {kind} that the service sent is cut off or damaged.") from error
    except NotMediaError as error:
        head = _head(path)
        if not head or head.startswith(_TEXT_STARTS):
            raise _no_result(f"The service sent {'a text' if head else 'nothing'} in the place of the {kind}.") from error
        log.warning("%s is of a kind that is not known here; it is kept as it came", file_name or path.name)
        return Content(kind, "application/octet-stream", extension_of("", kind, file_name))
    except (MediaTooLargeError, MediaCostError):
        log.warning("%s is too large to look into; it is kept as it came", file_name or path.name)
        return _by_signature(path, kind, file_name)
    found = MediaKind(info.kind)
    return Content(found, info.mime, extension_of(info.mime, found), info.width, info.height, info.duration_s)


def _by_signature(path: Path, kind: MediaKind, file_name: str) -> Content:
    from studio.media.sniffing import sniff_file

    mime = sniff_file(path)
    return Content(kind, mime, extension_of(mime, kind, file_name))


def _no_result(message: str) -> ServiceFaultError:
    return ServiceFaultError(message, advice="Retry the job: the result may still lie at the service.", cost=Cost.UNKNOWN)


def _head(path: Path) -> bytes:
    with path.open("rb") as stream:
        return stream.read(_HEAD).removeprefix(b"\xef\xbb\xbf").lstrip()


def _refused(error: Exception, name: str, shown: str) -> InputError:
    """Media errors are two sentences, what happened and what to do; the file is called as the person knows it."""
    what, _, todo = str(error).replace(f"“{name}”", f"“{shown}”").rpartition(". ")
    what = what.replace("that can be read here", "that Studio can read")
    return InputError(f"{what}." if what else todo, advice=todo if what else None, code="not_usable_media")
