"""What can be wrong with a media file, in words for the person who brought it.

MediaError
├── NotMediaError        the bytes are not a picture, video or sound that is read here
├── TruncatedMediaError  the file begins well but is cut off or damaged
├── MediaTooLargeError   reading it would take more memory than the limits allow
└── MediaCostError       reading it took more time or memory than a file may, or broke what reads it
"""

from __future__ import annotations


class MediaError(Exception):
    """A media file cannot be used. `message` says what happened and what to do, ready to be shown."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotMediaError(MediaError):
    """The content is of no kind that is read here, whatever the file's name says."""


class TruncatedMediaError(MediaError):
    """The file ends too early or is damaged inside."""


class MediaTooLargeError(MediaError):
    """The file declares more pixels or bytes than the limits allow; it was refused before decoding."""


class MediaCostError(MediaError):
    """A worker process was lost over the file, or ended because of what it took."""
