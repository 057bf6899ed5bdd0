"""The media library: results come in once, stay as they came, and can be seen, exported, deleted and restored."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from studio.domain.asset import Asset, Recipe
from studio.domain.errors import InputError, NotFoundError
from studio.domain.event import AssetAdded, AssetChanged, Listener
from studio.domain.job import Job, new_id, now
from studio.domain.operation import MediaKind
from studio.domain.query import AssetQuery
from studio.library.content import of_brought
from studio.library.files import copy_new, disk_errors, hash_of
from studio.library.intake import check_file, path_of_uri, reading, take_in, take_in_bytes
from studio.library.names import safe_stem
from studio.library.placing import Placed, incoming_part, place_result, place_text, placed_before
from studio.library.ports import AssetStore
from studio.library.previews import make_preview
from studio.library.trash import bring_back, put_away, trashed_path
