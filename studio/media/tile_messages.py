"""What a large picture's process and the window say to each other: fixed heads and raw pixels, nothing that is unpickled."""

from __future__ import annotations

import struct

HEAD = struct.Struct("<c5I")
"""What stands before the bytes of a message: its kind and five numbers."""
KIND_OVERVIEW, KIND_TILE, KIND_WHOLE, KIND_FAILED = b"o", b"t", b"w", b"f"
ASK = struct.Struct("<3I")
"""A question: level, column, row."""
