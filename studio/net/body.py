"""Reading an answer's body under a limit, also when it is compressed.

The decoder of httpx inflates each chunk as a whole, which lets a small bomb take a lot of memory; this one is asked for
no more than what is still allowed.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable

from studio.net.errors import BadAnswerError, TooLargeError

ACCEPTED = "gzip"
_GZIP_WINDOW = 31  # 15 bits of window, plus 16 for the gzip wrapper


async def read_bounded(chunks: AsyncIterable[bytes], encoding: str, limit: int) -> bytes:
    """The whole decoded body, at most `limit` bytes. `encoding`: the Content-Encoding header.

    Raises TooLargeError, and BadAnswerError for an encoding that was not asked for or is broken.
    """
    encoding = encoding.strip().lower()
    if encoding in ("", "identity"):
        return await _plain(chunks, limit)
    if encoding in ("gzip", "x-gzip"):
        return await _gzip(chunks, limit)
    raise BadAnswerError("The answer is compressed in a way that was not asked for.")


async def _plain(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > limit:
            raise TooLargeError(f"The answer is larger than {limit} bytes.", limit=limit)
    return bytes(body)


async def _gzip(chunks: AsyncIterable[bytes], limit: int) -> bytes:
    body, received = bytearray(), 0
    inflater = zlib.decompressobj(_GZIP_WINDOW)
    async for chunk in chunks:
        received += len(chunk)
        if received > limit:
            raise TooLargeError(f"The answer is larger than {limit} bytes.", limit=limit)
        rest = chunk
        while rest:
            if inflater.eof:  # a gzip file may have several members
                inflater = zlib.decompressobj(_GZIP_WINDOW)
            try:
                body += inflater.decompress(rest, limit + 1 - len(body))
            except zlib.error:
                raise BadAnswerError("The answer's compression is broken.") from None
            if len(body) > limit:
                raise TooLargeError(f"The answer unpacks to more than {limit} bytes.", limit=limit)
            rest = inflater.unconsumed_tail or inflater.unused_data
    if received and not inflater.eof:
        raise BadAnswerError("The answer's compression ends too early.")
    return bytes(body)
