"""Windows' recycle bin. Each file lies in it as $R and some letters, beside a note, $I and the same letters, with the place
it came from (libyal's "Windows Recycle.Bin file formats", the `$I` file, versions 1 and 2).

A file that the bin cannot hold is deleted for good without a word: what may be too large, and what lies on a disk without a
bin, is therefore not sent there.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import sys
from pathlib import Path

_FIXED = 3  # DRIVE_FIXED of GetDriveTypeW: removable and network drives have no bin
_SMALLEST_SHARE = 100
"""Where nobody set the bin's size, only files below this part of the disk are sent: Windows' own share is 5 % and more."""
_WINDOWS = r"Software\Microsoft\Windows\CurrentVersion"
_BITS = rf"{_WINDOWS}\Explorer\BitBucket\Volume"
_POLICIES = rf"{_WINDOWS}\Policies\Explorer"


def keeps(path: Path) -> bool:
    """Whether the bin of a file's disk surely keeps it."""
    facts = _bin_of(path)
    if facts is None:
        return False
    nuked, capacity_mb = facts
    return holds(path.stat().st_size, shutil.disk_usage(path.parent).total, nuked=nuked, capacity_mb=capacity_mb)


def holds(size: int, disk: int, *, nuked: bool, capacity_mb: int | None) -> bool:
    """Whether a file of `size` bytes fits into the bin of a disk of `disk` bytes. `nuked`: the person set that nothing is
    kept; `capacity_mb`: the size they set, None where they set none."""
    if nuked:
        return False
    return size < (disk // _SMALLEST_SHARE if capacity_mb is None else capacity_mb << 20)


def send(path: Path) -> None:
    """Move a file into the bin. What send2trash raises is not the same everywhere."""
    from send2trash import send2trash

    send2trash(str(path))


def is_trash(folder: Path) -> bool:
    """Whether a folder whose name begins with no dot is a trash: one at the top of a disk may be the media folder."""
    return folder.name.casefold() == "$recycle.bin"


def folders(original: Path) -> list[Path]:
    """The bins of the disk that a file lies on: one for each person, those of others cannot be read."""
    top = Path(original.anchor, "$Recycle.Bin")
    try:
        return sorted(Path(entry.path) for entry in os.scandir(top) if entry.is_dir(follow_symlinks=False))
    except OSError:
        return []


def names(folder: Path) -> list[str]:
    """The names of a bin's notes, which say nothing of the names that the files had."""
    try:
        return sorted(entry.name for entry in os.scandir(folder) if entry.name.startswith("$I"))
    except OSError:
        return []


def entry(folder: Path, name: str) -> tuple[Path, Path | None, Path | None]:
    """What a note of a bin stands for: the file, the place it came from (None for what is no note), and the note."""
    note = folder / name
    original = None
    with contextlib.suppress(OSError):
        original = original_of(note.read_bytes())
    return folder / f"$R{name[2:]}", None if original is None else Path(original), None if original is None else note


def original_of(note: bytes) -> str | None:
    """The place that a note names; None for what is no note.

    Little-endian: version (8 bytes), size (8), when (8), then in version 1 the place in 520 bytes of UTF-16, in version 2
    the count of its signs (4) and the place; a zero ends either.
    """
    if len(note) < 28:
        return None
    version = struct.unpack_from("<q", note)[0]
    if version not in (1, 2):
        return None
    written = note[24:544] if version == 1 else note[28 : 28 + 2 * struct.unpack_from("<I", note, 24)[0]]
    return written.decode("utf-16-le", "replace").partition("\0")[0] or None


def _bin_of(path: Path) -> tuple[bool, int | None] | None:
    """Whether the bin of a file's disk keeps nothing, and its set size in MB; None where the disk has no bin."""
    if sys.platform == "win32":
        import ctypes

        kernel = ctypes.windll.kernel32
        top = f"{path.drive}\\"
        name = ctypes.create_unicode_buffer(64)
        if kernel.GetDriveTypeW(top) == _FIXED and kernel.GetVolumeNameForVolumeMountPointW(top, name, len(name)):
            volume = f"{_BITS}\\{name.value[name.value.find('{') : name.value.find('}') + 1]}"
            nuked = _registered(_POLICIES, "NoRecycleFiles") or _registered(volume, "NukeOnDelete")
            return bool(nuked), _registered(volume, "MaxCapacity")
    return None


def _registered(key: str, name: str) -> int | None:
    """A number that the person, or who looks after their machine, has set; None where nobody has."""
    if sys.platform == "win32":
        import winreg

        with contextlib.suppress(OSError), winreg.OpenKey(winreg.HKEY_CURRENT_USER, key) as opened:
            return int(winreg.QueryValueEx(opened, name)[0])
    return None
