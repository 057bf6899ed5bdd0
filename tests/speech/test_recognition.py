"""subtitles.generate with a Whisper model of the person's own: behind the gate, with times, with words for what fails."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.options import EngineOptions
from studio.engine.render.subtitles.recognition import Word
from studio.engine.render.subtitles.render import render_subtitles
from studio.engine.render.subtitles.speech_gate import RATE, Stretch
from studio.engine.render.subtitles.whisper import hearing
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.render.footage import write_clip
from tests.unit.engine.render.test_subtitles import resampled, spoken
from tests.unit.engine.rig import KEY, Rig

SENTENCE = ["Bonjour", "tout", "le", "monde."]
Samples = NDArray[np.float32]


@pytest.fixture(scope="session")
def recognizer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from tests.speech.tiny_recognizers import write_recognizer

    return write_recognizer(tmp_path_factory.mktemp("recognizers") / "tiny")


def clip(folder: Path, *, speaks: bool = True, known: str | None = None) -> Path:
    """Three seconds of noise, somebody who speaks for about two, three seconds of a tone."""
    rng, rate = np.random.default_rng(1), 48_000
    speech = spoken("The small boat came home.")
    said = resampled(speech.samples, speech.rate, rate)
    rest = np.zeros(rate // 2, np.float32)
    tone = (0.1 * np.sin(2 * np.pi * 440 * np.arange(3 * rate) / rate)).astype(np.float32)
    noise = rng.normal(0, 0.03, 3 * rate).astype(np.float32)
    sound = np.concatenate([noise, rest, *([said] if speaks else []), rest, rest, tone])
    frames = [np.full((36, 64, 3), 70, np.uint8)] * round(len(sound) / rate * 24)
    tags = {"lyrics": known} if known else None
    return write_clip(folder / "clip.mp4", frames, sound=np.stack([sound, sound], 1), tags=tags)


def subtitled(source: Path, folder: Path, recognizer: Path) -> RenderOutput:
    folder.mkdir(exist_ok=True)
    task = RenderTask("cannon:subtitles.generate", {"video_url": "clip"}, {"clip": str(source)}, str(folder),
                      model=str(recognizer))
    return render_subtitles(task, RenderControl(folder))


def test_only_speech_is_heard_and_its_words_lie_within_it(tmp_path: Path, recognizer: Path) -> None:
    """This model hears its sentence in whatever it is given: once, then, as somebody speaks once."""
    out = subtitled(clip(tmp_path), tmp_path / "out", recognizer)
    assert out.extra["text"] == " ".join(SENTENCE)
    assert out.extra["text_source"] == "recognition (faster-whisper tiny)"
    assert (out.extra["language"], out.extra["model"]) == ("fr", "tiny")
    segments: Any = out.extra["segments"]
    assert 3.2 < segments[0]["start"] < segments[-1]["end"] < 6.8
    assert " ".join(SENTENCE) in " ".join(str(out.extra["srt"]).split())
    again = subtitled(clip(tmp_path), tmp_path / "again", recognizer)
    assert again.main.read_bytes() == out.main.read_bytes()


def test_nobody_speaks(tmp_path: Path, recognizer: Path) -> None:
    with pytest.raises(RenderRefusedError, match="No speech was heard") as caught:
        subtitled(clip(tmp_path, speaks=False), tmp_path / "out", recognizer)
    assert caught.value.field_name == "video_url"


def test_known_words_are_laid_to_the_sound_as_ever(tmp_path: Path, recognizer: Path) -> None:
    out = subtitled(clip(tmp_path, known="The small boat came home."), tmp_path / "out", recognizer)
    assert out.extra["text_source"] == "known text"
    assert "model" not in out.extra


def test_far_stretches_are_heard_one_by_one(recognizer: Path) -> None:
    sound = np.random.default_rng(2).normal(0, 0.1, 80 * RATE).astype(np.float32)
    shares: list[float] = []
    stretches = [Stretch(1.0, 2.0), Stretch(2.4, 4.0), Stretch(10.0, 11.0), Stretch(20.0, 78.0)]
    heard = hearing.heard(recognizer, sound, stretches, shares.append)
    assert [word.text for word in heard.words] == SENTENCE * 5, "1 to 4, 10 to 11, and 58 s in three parts"
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert all(one.begin <= other.begin for one, other in pairwise(heard.words))
    for word in heard.words:
        assert any(stretch.begin - 0.21 <= word.begin < word.end <= stretch.end + 0.25 for stretch in stretches)


def test_a_cancel_is_heeded_between_stretches(recognizer: Path) -> None:
    def stop(share: float) -> None:
        if share > 0:
            raise RenderCancelledError

    with pytest.raises(RenderCancelledError):
        hearing.heard(recognizer, np.zeros(20 * RATE, np.float32), [Stretch(1, 2), Stretch(9, 10)], stop)


def test_pieces_are_put_together_as_they_are_read() -> None:
    said = [(" It", 0.0), ("'s", 0.2), (" time", 0.4), (".", 0.6), (" 今", 2.0), ("日", 2.1), ("は", 2.2), ("晴", 3.5),
            (" ", 4.0)]
    words = hearing._joined([Word(text, at, at + 0.1) for text, at in said])
    assert [word.text for word in words] == ["It's", "time.", "今日は", "晴"]
    assert words[2].begin == 2.0
    assert words[2].end == pytest.approx(2.3)


# -- what cannot be used


def spoilt(recognizer: Path, folder: Path, name: str, data: bytes) -> Path:
    """The same model but for one file."""
    folder.mkdir()
    for file in recognizer.iterdir():
        (folder / file.name).write_bytes(data if file.name == name else file.read_bytes())
    return folder


@pytest.mark.parametrize(("name", "cut", "words"), [
    ("model.bin", 5_000_000, "could not be loaded"), ("tokenizer.json", 1000, "could not be loaded"),
    ("vocabulary.json", 3, "could not be loaded"), ("config.json", 2, "is no JSON"), ("model.bin", 3, "CTranslate2's form"),
])
def test_a_model_that_is_cut_off(tmp_path: Path, recognizer: Path, name: str, cut: int, words: str) -> None:
    folder = spoilt(recognizer, tmp_path / "cut", name, (recognizer / name).read_bytes()[:cut])
    with pytest.raises(RenderRefusedError, match=words) as caught:
        hearing.heard(folder, np.zeros(RATE, np.float32), [Stretch(0, 1)], lambda _: None)
    assert caught.value.field_name == "video_url"


def test_without_times_of_words_it_says_so(tmp_path: Path, recognizer: Path) -> None:
    """A model of an older form, which does not tell where its words are."""
    said = json.loads((recognizer / "config.json").read_text(encoding="utf-8"))
    del said["alignment_heads"]
    folder = spoilt(recognizer, tmp_path / "old", "config.json", json.dumps(said).encode())
    with pytest.raises(RenderRefusedError, match=r"The recognizer old failed: .*alignment_heads"):
        hearing.heard(folder, np.zeros(RATE, np.float32), [Stretch(0, 1)], lambda _: None)


# -- through the engine, in the worker for models


@pytest.fixture
def rig(recognizer: Path, tmp_path: Path) -> Iterator[Rig]:
    with Rig(EngineOptions(home=tmp_path / "home", key=KEY, places=1, models=(recognizer.parent,))) as running:
        yield running


@pytest.mark.slow
def test_a_damaged_model_fails_its_job_and_nothing_else(rig: Rig, recognizer: Path, tmp_path: Path) -> None:
    url = rig.upload(clip(tmp_path).read_bytes())

    def run() -> dict[str, Any]:
        answer = rig.client.post("/api/v1/requests", json={"operation": "subtitles.generate", "input": {"video_url": url}})
        return rig.finished(str(answer.json()["id"]), timeout_s=180)

    found = run()
    assert found["status"] == "succeeded", found
    assert found["output"]["language"] == "fr"
    large = recognizer.parent / "larger"
    spoilt(recognizer, large, "model.bin", (recognizer / "model.bin").read_bytes()[:200] + bytes(40_000_000))
    try:
        found = run()
        assert found["status"] == "failed"
        assert found["errorCode"] == "refused"
        assert "larger could not be loaded" in found["errorMessage"]
    finally:
        for file in large.iterdir():
            file.unlink()
        large.rmdir()
    assert run()["status"] == "succeeded"
