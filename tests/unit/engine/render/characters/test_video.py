"""sora2.character.video: kept characters in a drawn scene, each doing what is said of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from studio.engine.render.characters.video import render_character_video
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.render.characters.conftest import Kept
from tests.unit.engine.render.footage import Rgb, heard, lasts, pictures

OPERATION = "cannon:sora2.character.video"


def run(folder: Path, kept: Kept, prompt: str, ids: list[str], **values: object) -> RenderOutput:
    folder.mkdir(parents=True, exist_ok=True)
    given = {"prompt": prompt, "character_ids": ids, "duration": 2, "resolution": "144p", "seed": 2, **values}
    task = RenderTask(OPERATION, given, {}, str(folder), kept=str(kept.folder))
    return render_character_video(task, RenderControl(folder))


def orange(frame: Rgb) -> tuple[float, float, int]:
    """Middle and number of the pixels of the astronaut's suit."""
    red, green, blue = (frame[..., channel].astype(int) for channel in range(3))
    rows, columns = np.nonzero((red > 150) & (red - green > 60) & (green - blue > 5))
    return float(columns.mean()) if len(columns) else -1.0, float(rows.mean()) if len(rows) else -1.0, len(rows)


@pytest.mark.slow
def test_the_film_and_its_answer(kept: Kept, tmp_path: Path) -> None:
    prompt = "Mia walks left while Bo dances in a snowy field, static camera"
    made = run(tmp_path, kept, prompt, [kept.mia_id, kept.bo_id])
    frames = pictures(made.main)
    assert (made.width, made.height, made.duration_s) == (256, 144, 2.0)
    assert {frame.shape for frame in frames} == {(144, 256, 3)}
    assert len(frames) == 48
    assert lasts(made.main)[0] == pytest.approx(2.0)
    assert lasts(made.main)[1] == pytest.approx(2.0, abs=0.05)
    assert float(np.sqrt((heard(made.main)[4800:-4800] ** 2).mean())) > 0.005
    mia, bo = made.extra["characters"]  # type: ignore[misc]
    assert (mia["name"], mia["does"]) == ("Mia", [{"acts": ["walk"], "heading": "left"}])  # type: ignore[has-type]
    assert (bo["name"], bo["does"]) == ("Bo", [{"acts": ["dance"], "heading": ""}])  # type: ignore[has-type]
    assert made.extra["scene"]["place"] == "snowfield"  # type: ignore[index]
    assert made.extra["camera"] == "static"
    first, last = orange(frames[0]), orange(frames[-1])
    assert first[2] > 400
    assert first[0] - last[0] > 12


@pytest.mark.slow
def test_a_walk_is_smooth(kept: Kept, tmp_path: Path) -> None:
    frames = pictures(run(tmp_path, kept, "Mia walks right in a snowy field, static camera", [kept.mia_id]).main)
    steps = np.diff([orange(frame)[0] for frame in frames])
    assert steps.sum() > 12
    assert float(np.abs(np.diff(steps)).max()) < 3  # no jerk from frame to frame


@pytest.mark.slow
def test_standing_and_jumping_differ(kept: Kept, tmp_path: Path) -> None:
    heights = {}
    for verb in ("stands", "jumps"):
        frames = pictures(run(tmp_path / verb, kept, f"Mia {verb} in a desert, static camera", [kept.mia_id]).main)
        heights[verb] = np.ptp([orange(frame)[1] for frame in frames])
    assert heights["jumps"] > 2 * heights["stands"] + 1


@pytest.mark.slow
def test_the_same_seed_the_same_film_and_another_another(kept: Kept, tmp_path: Path) -> None:
    first, again, other = (run(tmp_path / name, kept, "Bo waves in a park", [kept.bo_id], duration=1, seed=seed).main
                           for name, seed in (("a", 7), ("b", 7), ("c", 8)))
    assert first.read_bytes() == again.read_bytes()
    assert first.read_bytes() != other.read_bytes()


@pytest.mark.slow
def test_shape_length_and_size(kept: Kept, tmp_path: Path) -> None:
    made = run(tmp_path, kept, "Mia talks by a lake", [kept.mia_id], duration=1, aspect_ratio="9:16", resolution="180p")
    frames = pictures(made.main)
    assert frames[0].shape == (320, 180, 3)
    assert len(frames) == 24


@pytest.mark.slow
def test_a_whole_figure_stands_on_the_ground_with_a_shadow(kept: Kept, tmp_path: Path) -> None:
    """Under its feet the snow is darker than beside them, and not where nobody stands."""
    prompt = "Bo stands in a snowy field, static camera"
    frames = pictures(run(tmp_path, kept, prompt, [kept.bo_id], duration=1, resolution="288p").main)
    frame = frames[12].astype(int)
    red, green, blue = (frame[..., channel] for channel in range(3))
    legs = (blue - red > 50) & (blue - green > 30) & (np.arange(288)[:, None] > 150)
    rows, columns = np.nonzero(legs & (frame.sum(axis=2) < 420))
    assert len(rows) > 60
    foot, middle = int(np.quantile(rows, 0.98)), int(np.median(columns))
    assert 288 * 0.55 < foot < 288 * 0.99
    under = green[foot - 2 : foot + 5, middle - 6 : middle + 7].mean()
    beside = green[foot - 2 : foot + 5, middle + 60 : middle + 90].mean()
    assert under < beside - 12


@pytest.mark.slow
def test_people_of_the_prompt_are_the_characters(kept: Kept, tmp_path: Path) -> None:
    """"A woman" means Mia: no second one is drawn. A dog is one more."""
    alone = run(tmp_path / "a", kept, "Mia, a woman, stands in a meadow", [kept.mia_id], duration=1)
    plain = run(tmp_path / "b", kept, "Mia stands in a meadow", [kept.mia_id], duration=1)
    dog = run(tmp_path / "c", kept, "Mia stands in a meadow with a dog", [kept.mia_id], duration=1)
    first = [pictures(made.main)[0].astype(int) for made in (alone, plain, dog)]
    assert float(np.abs(first[0] - first[1]).mean()) < 1.0
    assert float(np.abs(first[2] - first[1]).mean()) > float(np.abs(first[0] - first[1]).mean())


@pytest.mark.parametrize(("ids", "words"), [
    (["char_0123456789abcdef"], "char_0123456789abcdef"), (["../../secret"], "secret"), ([], "One to four"),
    (["a", "b", "c", "d", "e"], "One to four"),
])
def test_ids_that_are_refused(kept: Kept, tmp_path: Path, ids: list[str], words: str) -> None:
    with pytest.raises(RenderRefusedError, match=words) as refused:
        run(tmp_path, kept, "Mia walks", ids)
    assert refused.value.field_name == "character_ids"


def test_one_unknown_among_known_and_one_twice(kept: Kept, tmp_path: Path) -> None:
    with pytest.raises(RenderRefusedError, match="char_ffffffffffffffff"):
        run(tmp_path, kept, "Mia walks", [kept.mia_id, "char_ffffffffffffffff"])
    with pytest.raises(RenderRefusedError, match="twice"):
        run(tmp_path, kept, "Mia walks", [kept.mia_id, kept.mia_id])


@pytest.mark.parametrize(("field", "value"), [("resolution", "huge"), ("aspect_ratio", "wide"), ("duration", 90)])
def test_other_fields_are_named(kept: Kept, tmp_path: Path, field: str, value: object) -> None:
    with pytest.raises(RenderRefusedError) as refused:
        run(tmp_path, kept, "Mia walks", [kept.mia_id], **{field: value})
    assert refused.value.field_name == field


def test_cancel_stops_it(kept: Kept, tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        run(tmp_path, kept, "Mia walks", [kept.mia_id])
    assert not list(tmp_path.glob("*.mp4"))


def test_a_task_without_a_kept_folder_is_a_fault_of_the_caller(tmp_path: Path) -> None:
    task = RenderTask(OPERATION, {"prompt": "x", "character_ids": ["char_0123456789abcdef"]}, {}, str(tmp_path))
    with pytest.raises(ValueError, match="no folder"):
        render_character_video(task, RenderControl(tmp_path))
