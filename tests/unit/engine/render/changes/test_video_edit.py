"""sora2.video.edit: what was asked is done, to every frame alike, and nothing trembles; the sound stays."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from studio.engine.render.changes.colour_table import ColourTable, sheet_of
from studio.engine.render.changes.flow import flow_to, pulled, small_grey
from studio.engine.render.edit import tones
from studio.engine.render.edit.steps import Step
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderRefusedError, RenderTask
from studio.engine.render.treatments.apply import treated
from tests.unit.engine.render.changes.clips import ID, differences, panned, run, seen, with_ball
from tests.unit.engine.render.footage import Rgb, heard, lasts, moving_portrait, pictures, portrait, tone, write_clip


def _still(count: int, width: int = 160, height: int = 90) -> list[Rgb]:
    picture = np.asarray(cv2.resize(portrait()[60:348], (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    return [picture] * count


def _boiling(frames: list[Rgb], plain: list[Rgb]) -> float:
    """How much differs from frame to frame beside the motion of the source, in levels."""
    off = []
    for number in range(1, len(frames)):
        flow = flow_to(small_grey(plain[number]), small_grey(plain[number - 1]))
        off += [np.abs(pulled(frames[number - 1], flow) - frames[number]).mean()]
    return float(np.mean(off))


@pytest.mark.slow
def test_black_and_white_keeps_length_sound_and_every_frame(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(24), sound=tone(1.0))
    out = run("edit", source, tmp_path / "out", prompt="make it black and white")
    frames = pictures(out.main)
    assert len(frames) == 24
    assert lasts(out.main) == pytest.approx((1.0, 1.0), abs=0.05)
    assert max(float(frame.astype(np.int16).std(axis=2).max()) for frame in frames) < 6
    assert np.abs(heard(out.main)[6000:40000] - heard(source)[6000:40000]).max() < 1e-3
    assert out.extra["applied"] == ["black and white"]
    assert (out.width, out.height, out.duration_s) == (160, 90, 1.0)


@pytest.mark.slow
@pytest.mark.parametrize("prompt", ["more contrast, fix the white balance", "brighter by 30%", "enhance", "dehaze", "hdr"])
def test_what_stands_still_stays_still_whatever_goes_by(prompt: str, tmp_path: Path) -> None:
    """A large bright ball moves every measure of a frame; where it is not, the edited picture must not change."""
    frames = with_ball(_still(16), (-20, 45), (13, 0), radius=30, colour=(255, 255, 255))
    source = write_clip(tmp_path / "in.mp4", frames)
    out = run("edit", source, tmp_path / "out", prompt=prompt)
    corner = [frame[:10] for frame in pictures(out.main)]
    before = [frame[:10] for frame in seen(source)]
    assert differences(corner).max() < 1.2 * differences(before).max() + 1.0
    # Over the whole clip nothing has wandered off either.
    assert np.abs(np.mean([c.mean() for c in corner[:4]]) - np.mean([c.mean() for c in corner[-4:]])) < 1.5
    changed = np.abs(pictures(out.main)[8].astype(np.int16) - seen(source)[8]).mean()
    assert changed > 3


@pytest.mark.slow
def test_the_table_does_what_the_operation_does() -> None:
    picture = np.ascontiguousarray(portrait()[:256, :256])
    sheet = sheet_of([picture])
    for function, step in ((tones.saturation, Step("saturation", 1.5)), (tones.warmth, Step("warmth", -1.0)),
                           (tones.contrast, Step("contrast", 1.0)), (tones.grade, Step("grade", value="cinematic"))):
        table = ColourTable(sheet, [lambda rgb, f=function, s=step: f(rgb, s)])  # type: ignore[misc]
        off = np.abs(table.change(picture).astype(np.int16) - function(picture, step))
        assert off.mean() < 1.0, step.operation


@pytest.mark.slow
def test_the_background_is_blurred_behind_a_moving_person_and_the_outline_holds(tmp_path: Path) -> None:
    frames = moving_portrait(14, 192, 192)
    source = write_clip(tmp_path / "in.mp4", frames)
    out = run("edit", source, tmp_path / "out", prompt="blur the background")
    edited, plain = pictures(out.main), seen(source)

    def sharpness(frame: Rgb, part: tuple[slice, slice]) -> float:
        return float(cv2.Laplacian(cv2.cvtColor(frame[part], cv2.COLOR_RGB2GRAY), cv2.CV_64F).var())

    face, corner = (slice(70, 120), slice(70, 120)), (slice(0, 40), slice(0, 40))
    for one, other in zip(edited, plain, strict=True):
        assert sharpness(one, face) > 0.6 * sharpness(other, face)
        assert sharpness(one, corner) < 0.6 * sharpness(other, corner)
    assert (differences(edited) < 1.1 * differences(plain) + 0.3).all()


@pytest.mark.slow
def test_a_drawing_style_changes_all_frames_and_does_not_boil(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(14, 128, 72, speed=0.7))
    out = run("edit", source, tmp_path / "out", prompt="turn it into a pencil sketch")
    edited, plain = pictures(out.main), seen(source)
    assert min(np.abs(a.astype(np.int16) - b).mean() for a, b in zip(edited, plain, strict=True)) > 15
    one_by_one = [treated(frame, "pencil sketch", 3, lambda share: None).rgb for frame in plain]
    assert _boiling(edited, plain) < 0.7 * _boiling(one_by_one, plain)


@pytest.mark.slow
def test_a_crop_is_one_and_the_same_for_all_frames(tmp_path: Path) -> None:
    frames = with_ball(_still(10), (20, 20), (12, 4))
    source = write_clip(tmp_path / "in.mp4", frames)
    out = run("edit", source, tmp_path / "out", prompt="crop to square")
    edited = pictures(out.main)
    assert edited[0].shape[:2] == (90, 90)
    edge = [frame[-20:] for frame in edited]
    assert differences(edge).max() < 1.0


@pytest.mark.slow
def test_rain_falls_and_letters_stand(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", _still(8, 192, 108))
    out = run("edit", source, tmp_path / "out", prompt='let it snow, text "HELLO" at the bottom')
    edited = pictures(out.main)
    assert differences(edited).min() > 0.15
    written = [np.abs(frame.astype(np.int16) - _still(1, 192, 108)[0])[-24:-6, 60:132].mean() for frame in edited]
    assert min(written) > 12


@pytest.mark.slow
@pytest.mark.parametrize(("prompt", "region"), [("replace the sky with a starry night sky", "sky"),
                                                 ("replace the background with a plain blue wall", "background")])
def test_another_background_is_the_same_in_every_frame(prompt: str, region: str, tmp_path: Path) -> None:
    if region == "sky":
        frames = []
        for frame in _still(8, 192, 108):
            sky = frame.copy()
            sky[:60] = np.linspace((90, 150, 230), (190, 215, 240), 60)[:, None].astype(np.uint8)
            frames.append(sky)
    else:
        frames = moving_portrait(8, 160, 160, sway=0.01)
    source = write_clip(tmp_path / "in.mp4", frames)
    out = run("edit", source, tmp_path / "out", prompt=prompt)
    edited, plain = pictures(out.main), seen(source)
    corner = np.s_[:16, :16]
    assert all(np.abs(a[corner].astype(np.int16) - b[corner]).mean() > 15 for a, b in zip(edited, plain, strict=True))
    assert differences([frame[corner] for frame in edited]).max() < 2.0


@pytest.mark.slow
def test_shorter_is_cut_and_longer_goes_on(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(50, 96, 54, speed=0.5), fps=10, sound=tone(5.0))
    shorter = run("edit", source, tmp_path / "short", prompt="warmer", duration=4)
    assert (len(pictures(shorter.main)), shorter.duration_s) == (40, 4.0)
    assert "cut" in str(shorter.extra["length"])
    longer = run("edit", source, tmp_path / "long", prompt="warmer", duration=8)
    frames = pictures(longer.main)
    assert (len(frames), longer.duration_s) == (80, 8.0)
    assert "carried on" in str(longer.extra["length"])
    assert np.abs(heard(longer.main)[int(5.2 * 48000) : int(6.8 * 48000)]).max() > 0.1
    both = [np.abs(a.astype(np.int16) - b).mean() for a, b in zip(pictures(shorter.main), frames, strict=False)]
    assert max(both) < 2.0


@pytest.mark.slow
def test_shape_and_size_are_those_asked_for(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(6))
    tall = run("edit", source, tmp_path / "tall", prompt="warmer", aspect_ratio="9:16")
    assert pictures(tall.main)[0].shape[:2] == (160, 90)
    large = run("edit", source, tmp_path / "large", prompt="", resolution="720p")
    assert (large.width, large.height) == (1280, 720)


def test_a_strip_is_not_blown_up_without_end(tmp_path: Path) -> None:
    for width in (80, 70):  # 10:1 and 4.4:1 at 1080 lines
        source = write_clip(tmp_path / "in.mp4", panned(2, width, 8 if width == 80 else 16))
        with pytest.raises(RenderRefusedError) as refused:
            run("edit", source, tmp_path / "out", prompt="warmer", resolution="1080p")
        assert refused.value.field_name == "resolution"


@pytest.mark.slow
def test_what_was_not_understood_is_said(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(4))
    out = run("edit", source, tmp_path / "out", prompt="warmer, discombobulate the flanges, blur the faces")
    assert out.extra["applied"] == ["warmer"]
    left = " ".join(str(word) for word in out.extra["not_understood"])  # type: ignore[attr-defined]
    assert "flanges" in left
    assert "no face was found" in left


def test_nothing_understood_is_refused_with_what_can_be_done(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(4))
    with pytest.raises(RenderRefusedError) as refused:
        run("edit", source, tmp_path / "out", prompt="flibbertigibbet")
    assert refused.value.field_name == "prompt"
    assert "black and white" in refused.value.message


def test_a_video_that_is_not_there_is_refused_by_its_field(tmp_path: Path) -> None:
    picture = tmp_path / "picture.png"
    cv2.imwrite(str(picture), portrait())
    with pytest.raises(RenderRefusedError) as refused:
        run("edit", picture, tmp_path / "out", prompt="warmer")
    assert refused.value.field_name == "sora_video_id"
    from studio.engine.render.changes.edit import render_video_edit

    task = RenderTask("cannon:sora2.video.edit", {"sora_video_id": ID, "prompt": "warmer"}, {}, str(tmp_path))
    with pytest.raises(RenderRefusedError) as missing:
        render_video_edit(task, RenderControl(tmp_path))
    assert missing.value.field_name == "sora_video_id"


@pytest.mark.parametrize("operation", ["edit", "extend", "remix"])
def test_a_cancel_ends_it_and_leaves_no_result(operation: str, tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(6))
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        run(operation, source, folder, prompt="warmer")
    assert not list(folder.glob("*.mp4"))


@pytest.mark.slow
def test_the_same_seed_gives_the_same_file(tmp_path: Path) -> None:
    source = write_clip(tmp_path / "in.mp4", panned(6))
    one = run("edit", source, tmp_path / "one", prompt="add film grain, sepia")
    other = run("edit", source, tmp_path / "other", prompt="add film grain, sepia")
    assert one.main.read_bytes() == other.main.read_bytes()
