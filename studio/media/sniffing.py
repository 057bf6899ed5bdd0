"""The kind of a media file by its first bytes. Names and declared types are not asked: they may lie."""

from __future__ import annotations

from pathlib import Path

from studio.media.errors import NotMediaError

HEAD_BYTES = 64

_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"\x1aE\xdf\xa3", "video/webm"),
    (0, b"OggS", "audio/ogg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"ID3", "audio/mpeg"),
)

_BRANDS: dict[bytes, str] = {
    b"avif": "image/avif", b"avis": "image/avif",
    b"heic": "image/heic", b"heix": "image/heic", b"hevc": "image/heic", b"heim": "image/heic", b"heis": "image/heic",
    b"mif1": "image/heic", b"msf1": "image/heic",
    b"qt  ": "video/quicktime",
    b"M4A ": "audio/mp4", b"M4B ": "audio/mp4",
}


def sniff(head: bytes) -> str | None:
    """The MIME type that the first bytes of a file show, or None. Give at least 64 bytes where there are as many.

    WebM and Matroska share their first bytes: both come out as "video/webm" unless the document type within `head`
    says Matroska. A HEIF with several brands counts as AVIF where AVIF is among them.
    """
    for offset, magic, mime in _SIGNATURES:
        if head.startswith(magic, offset):
            return "video/x-matroska" if mime == "video/webm" and b"matroska" in head else mime
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12])
    if head[4:8] == b"ftyp":
        return _sniff_iso_media(head)
    if head[4:8] in (b"moov", b"mdat", b"wide", b"free"):
        return "video/quicktime"  # QuickTime from before file type boxes
    if head[:2] == b"BM" and len(head) >= 18 and int.from_bytes(head[14:18], "little") in (12, 40, 52, 56, 64, 108, 124):
        return "image/bmp"
    return _sniff_mpeg_audio(head)


def sniff_file(path: Path) -> str:
    """The MIME type of a file by its content; NotMediaError where it is none that is known here or the file is empty."""
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    if not head:
        raise NotMediaError(f"“{path.name}” is empty. Choose another file.")
    mime = sniff(head)
    if mime is None:
        raise NotMediaError(f"“{path.name}” is not a picture, video or sound that can be read here. Choose another file.")
    return mime


def _sniff_iso_media(head: bytes) -> str | None:
    """Tell the members of the MP4 family apart by their brands (ISO/IEC 14496-12, box `ftyp`)."""
    size = min(int.from_bytes(head[:4], "big"), len(head))
    brands = [head[8:12], *(head[at : at + 4] for at in range(16, size - 3, 4))]
    if any(brand in (b"avif", b"avis") for brand in brands):
        return "image/avif"
    return _BRANDS.get(brands[0], "video/mp4")


def _sniff_mpeg_audio(head: bytes) -> str | None:
    """MPEG audio without a tag: a frame header with valid layer, bit rate and sample rate; ADTS AAC looks alike."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return None
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    version, layer, bit_rate, sample_rate = (head[1] >> 3) & 3, (head[1] >> 1) & 3, head[2] >> 4, (head[2] >> 2) & 3
    if version == 1 or layer == 0 or bit_rate in (0, 15) or sample_rate == 3:
        return None
    return "audio/mpeg"
