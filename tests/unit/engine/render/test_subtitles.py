"""subtitles.generate: words at their times, laid out to be read, burnt in where they belong; nobody speaking is refused."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pysubs2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.engine.render.narration.espeak import Manner, Speech, SpeechSession
from studio.engine.render.subtitles.drawing import Lettering, Look
from studio.engine.render.subtitles.fonts import Typeface, find_typeface
from studio.engine.render.subtitles.layout import LINE_CHARACTERS, LONGEST_S, laid_out
from studio.engine.render.subtitles.phonemes import phones_of, to_phones
from studio.engine.render.subtitles.recognition import Word, aligned
from studio.engine.render.subtitles.render import render_subtitles
from studio.engine.render.subtitles.speech_gate import RATE, Samples, Stretch, speech_stretches
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.render.footage import Rgb, heard, lasts, pictures, write_clip

TEXT = "The quick brown fox jumps over the lazy dog. We paid $42 for Zyxgrub tea."


@lru_cache(maxsize=4)
def spoken(text: str = TEXT, voice: str = "en-us") -> Speech:
    with SpeechSession(voice) as session:
        return session.speak(text, Manner())


def resampled(sound: Samples, rate: int, wanted: int) -> Samples:
    places = np.arange(round(len(sound) * wanted / rate)) * (rate / wanted)
    return np.asarray(np.interp(places, np.arange(len(sound)), sound), np.float32)


def clip_of(folder: Path, mono: Samples, *, tags: dict[str, str] | None = None, size: tuple[int, int] = (320, 180)) -> Path:
    """A grey clip with the given sound at 48 kHz, half a second of silence on both sides."""
    rest = np.zeros(24_000, np.float32)
    sound = np.concatenate([rest, mono, rest])
    frame = np.full((size[1], size[0], 3), 70, np.uint8)
    return write_clip(folder / "clip.mp4", [frame] * round(len(sound) / 2000), sound=np.stack([sound, sound], 1), tags=tags)


def run(folder: Path, media: Path, /, **values: object) -> RenderOutput:
    task = RenderTask("cannon:subtitles.generate", {"video_url": "clip", **values}, {"clip": str(media)}, str(folder))
    return render_subtitles(task, RenderControl(folder))


def read_back(frame: Rgb, lines: Sequence[str], lettering: Lettering) -> float:
    """How well the drawn lines are found again in a frame, and at their place: the correlation, -1 to 1."""
    plate = lettering.plate(lines)
    ink = (plate.cover[..., 0] * 255).astype(np.uint8)
    there = np.abs(frame.astype(np.int16) - 70).max(axis=2).clip(0, 255).astype(np.uint8)
    found = cv2.matchTemplate(there, ink, cv2.TM_CCOEFF_NORMED)
    _, best, _, place = cv2.minMaxLoc(found)
    return best if abs(place[0] - plate.left) <= 1 and abs(place[1] - plate.top) <= 1 else -1.0


@pytest.mark.slow
def test_known_text_is_burnt_in_when_it_is_heard(tmp_path: Path) -> None:
    speech = spoken()
    clip = clip_of(tmp_path, resampled(speech.samples, speech.rate, 48_000), tags={"lyrics": TEXT})
    look = {"fontSize": 90.0, "color": "#FFEE00", "strokeColor": "#000000", "strokeWidth": 6.0}
    out = run(tmp_path, clip, subtitle_settings=look, file_name="fox.mp4", duration=60.0, content_type="image/png")
    assert (out.width, out.height, out.extra["text"], out.extra["text_source"]) == (320, 180, TEXT, "known text")
    assert out.extra["times_from_sound"] is True
    notes = out.extra["notes"]
    assert isinstance(notes, list)
    assert len(notes) == 2
    subtitles = pysubs2.SSAFile.from_string(str(out.extra["srt"]))
    assert " ".join(one.plaintext.replace("\n", " ") for one in subtitles) == TEXT
    frames = pictures(out.main)
    typeface, _ = find_typeface(None, TEXT)
    lettering = Lettering(typeface, Look(90.0, "#FFEE00", "#000000", 6.0), 320, 180)
    for one in subtitles:
        lines = one.plaintext.split("\n")
        assert read_back(frames[round((one.start + one.end) / 2000 * 24)], lines, lettering) > 0.8
        before = frames[max(round(one.start / 1000 * 24) - 2, 0)]
        assert read_back(before, lines, lettering) < 0.6
    assert np.abs(frames[2].astype(int) - 70).max() < 12  # nothing is shown before somebody speaks
    first = next(word for word in speech.words)
    assert subtitles[0].start / 1000 == pytest.approx(first.at_s + 0.5, abs=0.15)
    assert out.duration_s == pytest.approx(lasts(clip)[0], abs=1 / 24)
    before_sound, after_sound = heard(clip), heard(out.main)
    count = min(len(before_sound), len(after_sound))
    assert float(np.corrcoef(before_sound[:count], after_sound[:count])[0, 1]) > 0.99
    yellow = frames[round((subtitles[0].start + subtitles[0].end) / 2000 * 24)].reshape(-1, 3).astype(int)
    assert (np.abs(yellow - (255, 238, 0)).max(axis=1) < 60).sum() > 100


@pytest.mark.slow
def test_words_are_laid_to_the_sound() -> None:
    speech = spoken()
    sound = np.concatenate([np.zeros(RATE, np.float32), resampled(speech.samples, speech.rate, RATE)])
    words, followed = aligned(TEXT, sound, speech_stretches(sound))
    assert followed
    assert [word.text for word in words] == TEXT.split()
    told = {TEXT[word.start : word.start + word.length]: word.at_s + 1 for word in speech.words}
    for word in words:
        name = word.text.strip(".")
        if name in told and name not in ("the", "The"):
            assert word.begin == pytest.approx(told[name], abs=0.2), word


@pytest.mark.slow
def test_another_language_is_spread_over_the_speech() -> None:
    stretches = [Stretch(1.0, 3.0), Stretch(5.0, 6.0)]
    text = "Ὦ ξεῖν', ἀγγέλλειν Λακεδαιμονίοις ὅτι τῇδε κείμεθα —"
    words, followed = aligned(text, np.zeros(7 * RATE, np.float32), stretches)
    assert not followed
    assert " ".join(word.text for word in words) == text
    assert words[0].begin == pytest.approx(1.0)
    assert words[-1].end == pytest.approx(6.0)
    assert all(one.end <= two.begin + 1e-6 for one, two in pairwise(words))


@pytest.mark.slow
def test_recognition_hears_words_at_their_times(tmp_path: Path) -> None:
    """The model knows recorded people better than espeak-ng's voice: what is asked for is words where there is speech."""
    speech = spoken()
    out = run(tmp_path, clip_of(tmp_path, resampled(speech.samples, speech.rate, 48_000)))
    assert str(out.extra["text_source"]).startswith("recognition")
    segments = out.extra["segments"]
    assert isinstance(segments, list)
    assert segments[0]["start"] > 0.3
    assert segments[-1]["end"] < len(speech.samples) / speech.rate + 1.0 + 0.01
    assert all(segment["text"] for segment in segments)


@pytest.mark.parametrize(("name", "words"), [("Front_Center", {"front", "center"}), ("Side_Right", {"side", "right"})])
def test_recorded_people_are_understood(tmp_path: Path, name: str, words: set[str]) -> None:
    recording = Path(f"/usr/share/sounds/alsa/{name}.wav")
    if not recording.exists():
        pytest.skip("the recordings of Debian's alsa-utils are not installed")
    out = run(tmp_path, clip_of(tmp_path, heard(recording)))
    assert set(str(out.extra["text"]).lower().split()) & words


def sounds() -> dict[str, Samples]:
    """What must not be taken for speech, 3 s each at 16 kHz."""
    time = np.arange(3 * RATE) / RATE
    rng = np.random.default_rng(4)
    pieces = [sum(np.sin(2 * np.pi * 220 * 2 ** (step / 12) * part * time[:4000]) / part for part in (1, 2, 3))
              * np.exp(-time[:4000] * 6) for step in rng.integers(0, 12, 12)]
    return {
        "silence": np.zeros(3 * RATE), "noise": rng.normal(0, 0.1, 3 * RATE), "tone": 0.3 * np.sin(2 * np.pi * 440 * time),
        "beeps": 0.3 * np.sin(2 * np.pi * 440 * time) * (np.sin(2 * np.pi * 3 * time) > 0),
        "bursts": rng.normal(0, 0.1, 3 * RATE) * (np.sin(2 * np.pi * 2 * time) > 0), "tune": 0.2 * np.concatenate(pieces),
        "siren": 0.3 * np.sin(2 * np.pi * 600 * time - 60 * np.cos(2 * np.pi * time)),
        "vibrato": 0.3 * np.sin(2 * np.pi * 220 * time + 3 * np.sin(2 * np.pi * 5 * time)),
    }


@pytest.mark.parametrize("name", sorted(sounds()))
def test_what_is_no_speech_passes_no_gate(name: str) -> None:
    assert speech_stretches(sounds()[name].astype(np.float32)) == []


@pytest.mark.parametrize(("text", "voice"), [(TEXT, "en-us"), ("Guten Abend, meine Damen und Herren.", "de"), ("Hello.",
                                                                                                               "en-us")])
@pytest.mark.parametrize("level", [1.0, 0.1])
def test_speech_passes_the_gate(text: str, voice: str, level: float) -> None:
    speech = spoken(text, voice)
    sound = np.concatenate([np.zeros(RATE, np.float32), level * resampled(speech.samples, speech.rate,
                                                                          RATE)]).astype(np.float32)
    sound += np.random.default_rng(1).normal(0, 0.001, len(sound)).astype(np.float32)
    stretches = speech_stretches(sound)
    assert stretches
    assert stretches[0].begin == pytest.approx(1.0, abs=0.2)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["silence", "tone", "noise", "tune", "none"])
def test_nobody_speaking_is_refused(tmp_path: Path, name: str) -> None:
    if name == "none":
        clip = write_clip(tmp_path / "clip.mp4", [np.zeros((32, 32, 3), np.uint8)] * 5)
    else:
        clip = clip_of(tmp_path, resampled(sounds()[name].astype(np.float32), RATE, 48_000), size=(32, 32),
                       tags={"lyrics": "La la"})
    with pytest.raises(RenderRefusedError) as caught:
        run(tmp_path, clip)
    assert caught.value.field_name == "video_url"
    assert "speech" in caught.value.message or "no sound" in caught.value.message
    assert not list(tmp_path.glob("subtitled*"))


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(st.text("abcdeäß.,!?{}", min_size=1, max_size=60), st.floats(0, 1.5), st.floats(0.01, 1.5)),
                min_size=1, max_size=40))
def test_layout_keeps_its_rules(parts: list[tuple[str, float, float]]) -> None:
    words, at = [], 0.0
    for text, pause, length in parts:
        words.append(Word(text, at + pause, at + pause + length))
        at += pause + length
    found = laid_out(words, at + 0.5)
    assert "".join("".join(one.lines) for one in found).replace(" ", "") == "".join(word.text for word in words)
    for one, following in zip(found, [*found[1:], None], strict=True):
        assert len(one.lines) <= 2
        assert all(len(line) <= LINE_CHARACTERS for line in one.lines)
        assert 0 <= one.begin < one.end <= at + 0.5 + 0.06
        assert one.end - one.begin <= LONGEST_S + 3
        assert following is None or one.end <= following.begin + 0.06


def test_lines_break_where_they_read_well() -> None:
    words = ["When", "the", "rain", "had", "stopped,", "we", "walked", "along", "the", "river", "to", "the", "old", "mill."]
    lines = laid_out([Word(word, 0.3 * at, 0.3 * at + 0.25) for at, word in enumerate(words)], 9.0)
    assert lines[0].lines == ("When the rain had stopped,", "we walked along the river to the old mill.")
    short = laid_out([Word("Yes.", 1.0, 1.2)], 9.0)
    assert short[0].end - short[0].begin >= 1.0


@pytest.mark.slow
def test_fonts_fall_back_and_say_so(tmp_path: Path) -> None:
    assert find_typeface("No Such Font", "abc")[1] is False
    built_in = Lettering(Typeface("own", None), Look(), 640, 360)
    assert built_in.plate(("Hello",)).cover.max() > 0.95
    speech = spoken("Hello there, my friend.")
    out = run(tmp_path, clip_of(tmp_path, resampled(speech.samples, speech.rate, 48_000),
                                tags={"lyrics": "Hello there, my friend."}),
              subtitle_settings={"font": "No Such Font"})
    assert "No Such Font" in str(out.extra["font_note"])


@pytest.mark.parametrize(("width", "height"), [(2, 2), (64, 36), (90, 160), (1920, 1080)])
def test_letters_scale_with_the_frame(width: int, height: int) -> None:
    lettering = Lettering(Typeface("own", None), Look(60.0), width, height)
    plate = lettering.plate(("Hxg",))
    assert lettering.size == pytest.approx(max(60.0 * min(width, height) / 1080, 6.0))
    frame = np.full((height, width, 3), 70, np.uint8)
    assert plate.over(frame).shape == frame.shape
    assert (frame == 70).all()


def test_phonemes_in_the_dictionarys_alphabet() -> None:
    assert to_phones("zˈɪksɡɹʌb") == "Z IH K S G R AH B"
    found = phones_of(["fox", "$42", "…"])
    assert found["fox"] == "F AA K S"
    assert len(found["$42"].split()) > 8
    assert "…" not in found


def test_a_cancel_leaves_no_file(tmp_path: Path) -> None:
    speech = spoken("Hello there, my friend.")
    clip = clip_of(tmp_path, resampled(speech.samples, speech.rate, 48_000), tags={"lyrics": "Hello there, my friend."})
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        run(tmp_path, clip)
    assert not list(tmp_path.glob("subtitled*"))
