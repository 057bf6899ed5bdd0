"""sora2.character.create: figures are found, cut out along their true outline, brought into line and kept."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from studio.engine.render.characters.create import render_character
from studio.engine.render.characters.footage import fitted, read_footage
from studio.engine.render.characters.forgetting import FOLDER
from studio.engine.render.characters.keeping import (
    Character,
    UnknownCharacterError,
    id_for,
    keep,
    recall,
)
from studio.engine.render.characters.subject import find_subject
from studio.engine.render.clip.reading import Clip, clip_of, probe_input
from studio.engine.render.lipsync.frame_store import FrameStore
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError, RenderTask
from tests.unit.engine.render.characters.clips import OPERATION, Mask, Shot, bust, create, doll, wall, written
from tests.unit.engine.render.characters.conftest import Kept


def opened(path: Path) -> Clip:
    return clip_of(path, "video_url", probe_input(path, "video_url"))


def overlap(one: Mask, other: Mask) -> float:
    """Of two outlines: what they share of what both cover."""
    return float((np.minimum(one, other) > 0.5).sum() / (np.maximum(one, other) > 0.5).sum())


def rough_overlaps(folder: Path, shot: Shot) -> list[float]:
    clip = opened(written(folder, shot.frames))
    with FrameStore(folder / "frames") as store:
        footage = read_footage(clip, store, lambda: None)
        subject = find_subject(footage, store, lambda: None)
    assert subject is not None
    found = []
    for index, rough in enumerate(subject.rough):
        true = shot.masks[min(index * 2, len(shot.masks) - 1)]  # 12 of 24 frames a second
        true = np.asarray(cv2.resize(true, rough.shape[::-1], interpolation=cv2.INTER_AREA), np.float32)
        found.append(overlap(true, rough.astype(np.float32)))
    return found


@pytest.mark.slow
def test_a_face_that_moves_is_outlined_with_its_body(tmp_path: Path) -> None:
    shares = rough_overlaps(tmp_path, bust())
    assert np.median(shares) > 0.9
    assert min(shares) > 0.8


@pytest.mark.slow
def test_also_when_the_camera_moves(tmp_path: Path) -> None:
    assert np.median(rough_overlaps(tmp_path, bust(camera=1.0))) > 0.9


@pytest.mark.slow
def test_a_figure_without_a_face_is_told_by_its_motion(tmp_path: Path) -> None:
    assert np.median(rough_overlaps(tmp_path, doll())) > 0.82


@pytest.mark.slow
def test_the_answer(kept: Kept) -> None:
    mia, bo = kept.mia, kept.bo
    assert mia.kind == "image"
    with Image.open(mia.main) as image:
        assert image.format == "PNG"
        assert image.size == (mia.width, mia.height)
    assert (mia.extra["name"], mia.extra["kind"], mia.extra["found_by"]) == ("Mia", "person", "face")
    assert (mia.extra["cut_by_frame"], mia.extra["whole_figure"]) == (["bottom"], False)
    assert (bo.extra["found_by"], bo.extra["whole_figure"], bo.extra["face_found"]) == ("motion", True, False)
    assert kept.mia_id != kept.bo_id


def test_poses_are_clean_and_in_line(kept: Kept) -> None:
    """The astronaut's suit is orange and the wall is not: what is opaque is hers, and it stays in its place."""
    mia = recall(kept.folder, kept.mia_id)
    assert 6 <= len(mia.poses.rgba) <= 15
    assert len({pose.shape for pose in mia.poses.rgba}) == 1
    middles = []
    for pose in mia.poses.rgba:
        alpha = pose[..., 3].astype(np.float32) / 255
        assert 0.3 < float(alpha.mean()) < 0.9
        assert 0.002 < float(((alpha > 0.1) & (alpha < 0.9)).mean()) < 0.15  # a soft seam, no haze
        moments = cv2.moments(alpha)
        middles.append((moments["m10"] / moments["m00"], moments["m01"] / moments["m00"]))
    spread = np.std(middles, axis=0) / mia.base.shape[0]
    assert float(spread.max()) < 0.025  # it swayed by 0.18 of the picture in the clip
    assert mia.poses.face is not None
    left, top, width, height = mia.poses.face
    face = mia.base[round(top) : round(top + height), round(left) : round(left + width)]
    assert float((face[..., 3] > 200).mean()) > 0.8


def test_a_walk_is_kept_as_one(kept: Kept) -> None:
    bo = recall(kept.folder, kept.bo_id)
    assert bo.poses.strides
    assert bo.poses.heading == 1
    assert len(bo.poses.rgba) > 15
    assert "bottom" not in bo.poses.cut
    red = bo.base[(bo.base[..., 3] > 200)][:, :3].astype(int)
    assert float((red[:, 0] > red[:, 1] + 40).mean()) > 0.3  # his shirt


@pytest.mark.slow
def test_heading_left(tmp_path: Path) -> None:
    created = create(tmp_path / "job", written(tmp_path, doll(way=-1).frames), "Bo", tmp_path / "kept")
    assert recall(tmp_path / "kept", str(created.extra["character_id"])).poses.heading == -1


@pytest.mark.parametrize("seconds", [1.0, 4.6])
def test_a_clip_of_another_length_is_refused(tmp_path: Path, seconds: float) -> None:
    clip = written(tmp_path, [wall(96, 64)] * round(seconds * 24))
    with pytest.raises(RenderRefusedError, match="2 to 4 s") as refused:
        create(tmp_path / "job", clip, "X", tmp_path / "kept")
    assert refused.value.field_name == "video_url"


@pytest.mark.slow
@pytest.mark.parametrize("picture", ["flat", "noise"])
def test_nothing_to_be_found_is_refused(tmp_path: Path, picture: str) -> None:
    rng = np.random.default_rng(1)
    frames = [np.full((90, 160, 3), 120, np.uint8) if picture == "flat" else rng.integers(0, 255, (90, 160, 3), np.uint8)
              for _ in range(50)]
    with pytest.raises(RenderRefusedError, match="No face and no figure") as refused:
        create(tmp_path / "job", written(tmp_path, frames), "X", tmp_path / "kept")
    assert refused.value.field_name == "video_url"
    assert not (tmp_path / "kept").exists()


def test_a_picture_is_no_clip(tmp_path: Path) -> None:
    Image.fromarray(wall(64, 64)).save(tmp_path / "still.png")
    with pytest.raises(RenderRefusedError) as refused:
        create(tmp_path / "job", tmp_path / "still.png", "X", tmp_path / "kept")
    assert refused.value.field_name == "video_url"


@pytest.mark.slow
def test_the_same_job_makes_the_same_character(kept: Kept, tmp_path: Path) -> None:
    assert id_for("req_1") == id_for("req_1") != id_for("req_2")
    again = create(tmp_path / "job-2", written(tmp_path, doll().frames), "Bo", tmp_path / "kept")
    assert again.extra["character_id"] == kept.bo_id
    one, other = recall(tmp_path / "kept", kept.bo_id), recall(kept.folder, kept.bo_id)
    assert all(np.array_equal(a, b) for a, b in zip(one.poses.rgba, other.poses.rgba, strict=True))


def test_kept_and_recalled(kept: Kept, tmp_path: Path) -> None:
    mia = recall(kept.folder, kept.mia_id)
    new = Character("char_" + "0" * 16, "Zoë & Co.", "person", mia.poses)
    keep(tmp_path, new, None)
    keep(tmp_path, new, mia.base)  # again, as after a crash
    back = recall(tmp_path, new.id)
    assert (back.name, back.kind, back.poses.face, back.poses.cut) == ("Zoë & Co.", "person", mia.poses.face, mia.poses.cut)
    assert np.array_equal(back.base, mia.base)
    assert [path.name for path in (tmp_path / FOLDER).iterdir()] == [new.id]


@pytest.mark.parametrize("strange", ["", "char_0000000000000000", "../job-1", "char_../../../../x", "CHAR_0000000000000000"])
def test_unknown_ids(kept: Kept, strange: str) -> None:
    with pytest.raises(UnknownCharacterError):
        recall(kept.folder, strange)


def test_a_damaged_character_is_unknown(kept: Kept, tmp_path: Path) -> None:
    mia = recall(kept.folder, kept.mia_id)
    keep(tmp_path, mia, None)
    (tmp_path / FOLDER / mia.id / "pose-00.png").write_bytes(b"no picture")
    with pytest.raises(UnknownCharacterError):
        recall(tmp_path, mia.id)


@pytest.mark.slow
def test_cancelled_leaves_no_character(tmp_path: Path) -> None:
    job = tmp_path / "job"
    job.mkdir()
    clip = written(tmp_path, bust().frames)
    (job / RenderControl.CANCEL).touch()
    given = {"name": "Mia", "video_url": "clip"}
    task = RenderTask(OPERATION, given, {"clip": str(clip)}, str(job), kept=str(tmp_path / "k"))
    with pytest.raises(RenderCancelledError):
        render_character(task, RenderControl(job))
    assert not (tmp_path / "k").exists()
    assert not list(job.glob("frames*"))


def test_large_frames_are_brought_down() -> None:
    assert max(fitted(np.zeros((900, 1600, 3), np.uint8), 1280).shape) == 1280
    assert fitted(np.zeros((90, 160, 3), np.uint8), 1280).shape == (90, 160, 3)
