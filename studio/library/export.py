"""Copies of assets for use elsewhere: under names from a template, in a folder or a zip, as they are, with their recipe
inside, or without anything private."""

from __future__ import annotations

import json
import os
import shutil
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from studio.domain.asset import Asset
from studio.domain.errors import InputError
from studio.domain.kinds import MediaKind
from studio.domain.library_work import Report
from studio.library.credentials import SigningFiles, check_signing, sign_copy
from studio.library.export_names import Names, check_template
from studio.library.files import copy_hashed, disk_errors, flush_file, make_folder, move_new
from studio.library.metadata import RecipeFacts, embed_recipe, strip_metadata
from studio.library.recipe_record import record_of

__all__ = ["METADATA", "ExportPlan", "SigningFiles", "check_template", "export_assets"]

METADATA = ("kept", "recipe", "stripped")
DEFAULT_TEMPLATE = "{name}"
_ZIP_NAME = "Studio export"
_SIDECAR = ".recipe.json"


@dataclass(frozen=True, slots=True)
class ExportPlan:
    """`template`: see `check_template`. `to`: a folder, made if it is not there; with `zip` it may be the zip's own path.

    `metadata`: "kept" copies byte for byte. "recipe" puts the recipe inside; where the container does not take one, or it
    would break the service's content credentials, it lies beside the file as <name>.recipe.json. "stripped" leaves nothing
    in it but what is needed to show it, and refuses files where that cannot be done. `sign`: content credentials are put
    into media by the certificate there; kinds that cannot hold any are refused.
    """

    template: str
    to: Path
    zip: bool = False
    metadata: str = "kept"
    sign: SigningFiles | None = None


def export_assets(assets: Sequence[Asset], plan: ExportPlan, report: Report | None = None) -> list[Path]:
    """Write copies of the files at the assets' paths; where they lie, in the same order (with `zip` the one file). Blocks.

    Nothing is written over: taken names get a number. `report` hears (done, all) before each file and at the end; what it
    raises ends the work: complete files stay, a zip goes, and nothing half written is left. Raises InputError (field "to",
    "template" or "metadata"), DiskFullError, LocalError.
    """
    check_template(plan.template)
    if plan.metadata not in METADATA:
        raise InputError(f"“{plan.metadata}” is no way to treat metadata.", field="metadata", code="no_such_choice")
    folder, zip_stem = _place(plan)
    for asset in assets:
        if not asset.path.is_file():
            raise InputError(f"The file of {asset.id} is no longer at {asset.path}.", code="no_such_file",
                             advice="Restore it, or make it again.")
    if plan.sign is not None:
        check_signing(plan.sign)
    tell: Report = report or (lambda _done, _all: None)
    with disk_errors("The export could not be written"):
        make_folder(folder)
        if zip_stem is None:
            return _to_folder(assets, plan, folder, tell)
        return [_to_zip(assets, plan, folder, zip_stem, tell)]


def _place(plan: ExportPlan) -> tuple[Path, str | None]:
    """The folder to write into, and the zip's name without its ending."""
    to = plan.to.expanduser().absolute()
    zip_stem = None
    if plan.zip:
        named = to.suffix.lower() == ".zip" and not to.is_dir()
        to, zip_stem = (to.parent, to.stem) if named else (to, _ZIP_NAME)
    if to.is_file():
        raise InputError(f"“{to}” is a file.", advice="Choose a folder.", field="to", code="not_a_folder")
    return to, zip_stem


def _to_folder(assets: Sequence[Asset], plan: ExportPlan, folder: Path, tell: Report) -> list[Path]:
    names, written, seen = Names(plan.template), list[Path](), set[Path]()
    for number, asset in enumerate(assets):
        tell(number, len(assets))
        inside = names.folders_of(asset, number + 1)
        target = folder.joinpath(*inside)
        make_folder(target)
        if target not in seen:
            seen.add(target)
            for there in target.iterdir():
                names.note("/".join((*inside, there.name)))
        name = names.of(asset, number + 1, asset.path.suffix).rpartition("/")[2]
        part, beside = _part(target), _part(target)
        try:
            sidecar = _write(asset, plan, part)
            if plan.metadata != "stripped":
                with suppress(OSError):
                    shutil.copystat(asset.path, part)  # the times are a courtesy
            written.append(move_new(part, target, name.removesuffix(asset.path.suffix), asset.path.suffix))
            if sidecar is not None:
                beside.write_bytes(sidecar)
                flush_file(beside)
                move_new(beside, target, written[-1].name, _SIDECAR)
        finally:
            part.unlink(missing_ok=True)
            beside.unlink(missing_ok=True)
    tell(len(assets), len(assets))
    return written


def _to_zip(assets: Sequence[Asset], plan: ExportPlan, folder: Path, zip_stem: str, tell: Report) -> Path:
    """Media are packed already, so they are stored as they are. The zip appears when it is complete."""
    names, zip_part, part = Names(plan.template), _part(folder), _part(folder)
    try:
        # "x": a file of that name belongs to somebody else
        with zipfile.ZipFile(zip_part, "x", zipfile.ZIP_STORED, allowZip64=True) as packed:
            for number, asset in enumerate(assets):
                tell(number, len(assets))
                name = names.of(asset, number + 1, asset.path.suffix)
                sidecar = _write(asset, plan, part)
                _add(packed, part, name, None if plan.metadata == "stripped" else asset.created_at)
                part.unlink()
                if sidecar is not None:
                    packed.writestr(names.free(name, _SIDECAR), sidecar)
        flush_file(zip_part)
        tell(len(assets), len(assets))
        return move_new(zip_part, folder, zip_stem, ".zip")
    finally:
        part.unlink(missing_ok=True)
        zip_part.unlink(missing_ok=True)


def _add(packed: zipfile.ZipFile, part: Path, name: str, made_at: datetime | None) -> None:
    """Zip knows no time before 1980."""
    first = (1980, 1, 1, 0, 0, 0)
    info = zipfile.ZipInfo(name, first if made_at is None else max(made_at.astimezone().timetuple()[:6], first))
    info.external_attr = 0o644 << 16
    with part.open("rb") as reader, packed.open(info, "w", force_zip64=part.stat().st_size >= 1 << 31) as writer:
        while block := reader.read(1 << 20):
            writer.write(block)


def _write(asset: Asset, plan: ExportPlan, part: Path) -> bytes | None:
    """The copy at `part`, on the disk; what is to lie beside it, if anything."""
    if plan.sign is None or asset.kind is MediaKind.PROMPT:
        return _write_unsigned(asset, plan.metadata, part)
    told = None
    if plan.metadata == "recipe" and asset.recipe is not None:
        told = record_of(asset.recipe, RecipeFacts(asset.created_at))
    unsigned = _part(part.parent)
    try:
        sidecar = _write_unsigned(asset, plan.metadata, unsigned)
        recipe = None if plan.metadata == "stripped" else asset.recipe
        sign_copy(unsigned, part, asset.mime, plan.sign, recipe, told)
        flush_file(part)
    finally:
        unsigned.unlink(missing_ok=True)
    return None if told is not None else sidecar


def _write_unsigned(asset: Asset, metadata: str, part: Path) -> bytes | None:
    if metadata == "stripped" and asset.kind is not MediaKind.PROMPT:
        if not strip_metadata(asset.path, part):
            raise InputError(f"The metadata of “{asset.path.name}” cannot be taken out.", field="metadata",
                             advice="Export it with its metadata kept, or leave it out.", code="not_strippable")
        flush_file(part)
        return None
    if metadata == "recipe" and asset.recipe is not None:
        facts = RecipeFacts(asset.created_at)
        if embed_recipe(asset.path, part, asset.recipe, facts):
            flush_file(part)
            return None
        copy_hashed(asset.path, part)
        record = record_of(asset.recipe, facts)
        return None if record is None else json.dumps(json.loads(record), ensure_ascii=False, indent=2).encode()
    copy_hashed(asset.path, part)
    return None


def _part(folder: Path) -> Path:
    return folder / f".{os.getpid()}-{os.urandom(6).hex()}.part"
