"""narration.generate: loudness, pauses, the times of words, every field's effect, refusals, the same bytes again."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from studio.engine.render.narration import espeak
from studio.engine.render.narration.espeak import Manner, SpeechError, SpeechSession
from studio.engine.render.narration.render import render_narration
from studio.engine.render.narration.sentences import split
from studio.engine.render.narration.tone import TONES, read_tone
from studio.engine.render.narration.voices import NAMED, find_voice, language_codes
from studio.engine.render.sound.loudness import integrated_loudness, true_peak_db
from studio.engine.render.sound.sound_files import read_sound
from studio.engine.render.task import RenderCancelledError, RenderControl, RenderOutput, RenderRefusedError, RenderTask
from tests.unit.engine.render.hearing import RATE, Sound, centroid, rendered

TEXT = "The lighthouse stood alone. Nobody came for years! Then, one night, a ship arrived."


def spoken(folder: Path, text: str = TEXT, /, **values: object) -> tuple[RenderOutput, Sound]:
    out = rendered(render_narration, "cannon:narration.generate", folder, text=text, **values)
    return out, read_sound(out.main)


def pitches(sound: Sound) -> list[float]:
    """The fundamental of each voiced 40 ms, by autocorrelation, in Hz."""
    mono = sound[:, 0].astype(np.float64)
    size, found = int(0.04 * RATE), []
    for start in range(0, len(mono) - size, size // 2):
        block = mono[start : start + size]
        if block.std() < 0.03:
            continue
        block = block - block.mean()
        flat = np.fft.irfft(np.abs(np.fft.rfft(block, 2 * size)) ** 2)[:size]
        low, high = RATE // 350, RATE // 60
        lag = low + int(np.argmax(flat[low:high]))
        if flat[lag] > 0.55 * flat[0]:
            found.append(RATE / lag)
    return found


def pauses(sound: Sound, least_s: float = 0.2) -> list[tuple[float, float]]:
    """(start, length) of every silence within the sound."""
    quiet = np.abs(sound[:, 0]) < 0.003
    edges = np.flatnonzero(np.diff(np.concatenate([[0], quiet.astype(int), [0]])))
    return [(a / RATE, (b - a) / RATE) for a, b in zip(edges[::2], edges[1::2], strict=True) if (b - a) / RATE >= least_s]


@pytest.mark.slow
def test_loudness_peaks_tags_and_words(tmp_path: Path) -> None:
    out, sound = spoken(tmp_path)
    assert out.kind == "audio"
    assert out.extra["text"] == TEXT
    assert integrated_loudness(sound) == pytest.approx(-16.0, abs=0.5)
    assert true_peak_db(sound) <= -1.0
    assert out.duration_s == pytest.approx(len(sound) / RATE, abs=1e-4)
    assert np.allclose(sound[:, 0], sound[:, 1], atol=1e-3)
    with av.open(str(out.main)) as container:
        assert container.metadata["lyrics"] == TEXT


@pytest.mark.slow
def test_sentences_and_pauses_are_where_the_answer_says(tmp_path: Path) -> None:
    out, sound = spoken(tmp_path, "One two three. Four five six.\n\nSeven eight nine.")
    told = out.extra["sentences"]
    assert isinstance(told, list)
    assert [one["text"] for one in told] == ["One two three.", "Four five six.", "Seven eight nine."]
    gaps = [(told[0]["end"], told[1]["start"]), (told[1]["end"], told[2]["start"])]
    for start, end in gaps:
        middle = sound[round((start + 0.06) * RATE) : round((end - 0.03) * RATE)]
        assert float(np.abs(middle).max()) < 0.01
    assert gaps[0][1] - gaps[0][0] == pytest.approx(0.42, abs=0.05)
    assert gaps[1][1] - gaps[1][0] == pytest.approx(0.9, abs=0.05)
    for one in told:
        inside = sound[round(one["start"] * RATE) : round(one["end"] * RATE)]
        assert float(inside.std()) > 0.03


@pytest.mark.slow
def test_words_have_their_times(tmp_path: Path) -> None:
    out, sound = spoken(tmp_path, "Hello there, wide world. It cost 3.5 dollars.")
    words = out.extra["words"]
    assert isinstance(words, list)
    assert [one["text"] for one in words] == ["Hello", "there", "wide", "world", "It", "cost", "3.5", "dollars"]
    starts = [one["start"] for one in words]
    assert starts == sorted(starts)
    assert all(one["end"] >= one["start"] for one in words)
    assert words[-1]["end"] <= len(sound) / RATE
    pause = max(pauses(sound[: -RATE // 2]), key=lambda one: one[1])
    assert words[4]["start"] == pytest.approx(pause[0] + pause[1], abs=0.06)


@pytest.mark.slow
def test_evenness_between_sentences(tmp_path: Path) -> None:
    out, sound = spoken(tmp_path, "Oh. This is a long and rather loud sentence about mountains. Hm, hush.")
    told = out.extra["sentences"]
    assert isinstance(told, list)
    levels = [integrated_loudness(sound[round(one["start"] * RATE) : round(one["end"] * RATE)]) for one in told]
    assert max(levels) - min(levels) < 3.0


@pytest.mark.slow
def test_the_same_text_gives_the_same_bytes_whatever_was_spoken_before(tmp_path: Path) -> None:
    first = spoken(tmp_path / "a", voice_id="aria")[0].main.read_bytes()
    spoken(tmp_path / "b", "Something else.", voice_id="greta")
    assert spoken(tmp_path / "c", voice_id="aria")[0].main.read_bytes() == first


@pytest.mark.slow
def test_speed_and_tone_change_pace_and_pitch(tmp_path: Path) -> None:
    plain, slow, fast, faster = (
        spoken(tmp_path / str(speed), speed=speed)[0].duration_s or 0 for speed in (1.0, 0.5, 2.0, 4.0))
    assert slow > 1.6 * plain
    assert fast < 0.65 * plain
    assert faster < 0.7 * fast
    (_, calm), (_, excited) = spoken(tmp_path / "calm", tone="calm"), spoken(tmp_path / "excited", tone="very excited")
    assert len(calm) > 1.2 * len(excited)
    assert np.median(pitches(excited)) > 1.1 * float(np.median(pitches(calm)))
    assert np.std(pitches(excited)) > 1.5 * float(np.std(pitches(calm)))
    assert centroid(excited) > centroid(calm)


@pytest.mark.slow
def test_stability_and_similarity(tmp_path: Path) -> None:
    (_, even), (_, loose) = spoken(tmp_path / "even", stability=1.0), spoken(tmp_path / "loose", stability=0.0)
    assert np.std(pitches(loose)) > 1.3 * float(np.std(pitches(even)))
    (_, near), (_, far) = spoken(tmp_path / "near", similarity_boost=1.0), spoken(tmp_path / "far", similarity_boost=0.0)
    assert centroid(near) > 1.15 * centroid(far)


@pytest.mark.slow
def test_voices_differ(tmp_path: Path) -> None:
    (_, man), (_, woman) = spoken(tmp_path / "m", voice_id="marcus"), spoken(tmp_path / "f", voice_id="emma")
    assert np.median(pitches(woman)) > 1.4 * float(np.median(pitches(man)))


@pytest.mark.parametrize("voice", [voice.id for voice in NAMED])
def test_every_named_voice_speaks(voice: str) -> None:
    found = find_voice(voice, "")
    with SpeechSession(found.espeak) as session:
        speech = session.speak("One two", Manner())
    assert speech.rate == 22_050
    assert float(np.abs(speech.samples).max()) > 0.05
    if "+" in found.espeak:  # the library passes over a variant that it does not find
        with SpeechSession(found.espeak.partition("+")[0]) as session:
            assert not np.array_equal(session.speak("One two", Manner()).samples, speech.samples)


def test_voices_by_language() -> None:
    assert find_voice("German", "").language == "de"
    assert find_voice("en_US+f3", "").espeak.lower() == "en-us+f3"
    assert find_voice("en-GB", "").language == "en-gb"
    assert find_voice(None, "Hello").id == "narrator"
    assert find_voice(None, "Привет, мир").language == "ru"
    assert find_voice("", "今日はいい天気ですね").language == "ja"
    assert len(language_codes()) > 150


@pytest.mark.parametrize(("values", "field", "words"), [
    ({"voice_id": "voice_123"}, "voice_id", "narrator"), ({"voice_id": "de+zzz"}, "voice_id", "greta"),
    ({"tone": "purple"}, "tone", "calm"), ({"text": " … !? "}, "text", "nothing to speak"),
])
def test_refusals_name_their_field(tmp_path: Path, values: dict[str, object], field: str, words: str) -> None:
    text = str(values.pop("text", TEXT))
    with pytest.raises(RenderRefusedError) as caught:
        spoken(tmp_path, text, **values)
    assert caught.value.field_name == field
    assert words in caught.value.message or field == "voice_id"


def test_splitting() -> None:
    def texts(text: str) -> list[str]:
        return [one.text for one in split(text)]

    assert texts("Mr. Smith met Dr. J. Jones at 5 p.m. today. It cost 3.50!") == [
        "Mr. Smith met Dr. J. Jones at 5 p.m. today.", "It cost 3.50!"]
    assert texts('He said "Stop." Then he left… and ran.') == ['He said "Stop."', "Then he left…", "and ran."]
    assert texts("First line\nSecond line") == ["First line", "Second line"]
    assert texts("今日は。明日は！") == ["今日は。", "明日は！"]
    assert texts("...\n\n--") == []
    pausing = split('One. [pause 2s] Two. <break time="500ms"/> Three.')
    assert [one.text for one in pausing] == ["One.", "Two.", "Three."]
    assert pausing[0].pause_s == pytest.approx(2.42)
    assert pausing[1].pause_s == pytest.approx(0.92)
    for one in split(TEXT):
        assert TEXT[one.start : one.start + len(one.text)] == one.text


def test_tones_mix() -> None:
    both = read_tone("calm and warm")
    calm, warm = (next(tone for tone in TONES if tone.name == name) for name in ("calm", "warm"))
    assert both.pace == pytest.approx((calm.pace + warm.pace) / 2)
    assert read_tone(None).name == read_tone("natural").name == "neutral"


def test_a_folder_with_a_long_strange_name_is_reached(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library, data = espeak.paths()
    home = tmp_path / ("Zoë " + "x" * 120)
    home.mkdir()
    try:
        (home / "espeak-ng-data").symlink_to(data, target_is_directory=True)
    except OSError:  # Windows without the right to link
        shutil.copytree(data, home / "espeak-ng-data")
    monkeypatch.setattr(espeak, "paths", lambda: (library, str(home / "espeak-ng-data")))
    before = Path.cwd()
    with SpeechSession("en-us") as session:
        assert len(session.speak("One two", Manner()).samples) > 4000
    assert Path.cwd() == before
    with pytest.raises(SpeechError), SpeechSession("no-such-voice"):
        pass
    assert Path.cwd() == before
    assert os.environ.get("ESPEAK_DATA_PATH") is None


def test_a_cancel_ends_it(tmp_path: Path) -> None:
    (tmp_path / RenderControl.CANCEL).touch()
    with pytest.raises(RenderCancelledError):
        render_narration(RenderTask("cannon:narration.generate", {"text": TEXT}, {}, str(tmp_path)), RenderControl(tmp_path))
    assert not list(tmp_path.glob("*.mp3*"))
