"""narration.generate with a piper voice of the person's own: a real graph made in the test, and the engine around it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from studio.engine.options import EngineOptions
from studio.engine.render.narration.espeak import SpeechError
from studio.engine.render.narration.piper.phonemes import ClauseSession
from studio.engine.render.narration.piper.speaking import PiperSpeaker, numbers_of
from studio.engine.render.narration.piper.voice_file import PiperVoice, read_voice
from studio.engine.render.narration.render import render_narration
from studio.engine.render.narration.speaker import Style
from studio.engine.render.sound.loudness import integrated_loudness, true_peak_db
from studio.engine.render.sound.sound_files import read_sound
from studio.engine.render.task import RenderControl, RenderOutput, RenderTask
from tests.unit.engine.rig import KEY, Rig

TEXT = "Hello, my name is Anna. It is late; who is there?"
SENTENCES = [
    ("en-us", "Hello, my name is Anna; I live here: in a \"small\" house (by the river) - with 3.5 cats!"),
    ("en-us", "Is it so?"), ("en-us", "He left the café in München"), ("de", "Guten Abend, meine Damen und Herren!"),
    ("fr", "Bonjour, ça va ?"), ("es", "Buenos días, señora: ¿cómo está?"), ("it", "La casa è bella; molto bella."),
    ("ar", "مرحبا، كيف حالك؟"), ("ru", "Привет, мир."),
]
Samples = NDArray[np.float32]


@pytest.fixture(scope="session")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder as voices' collections are laid out: one voice, one with two speakers, one that tells its lengths."""
    from tests.speech.tiny_voices import write_voice

    folder = tmp_path_factory.mktemp("my voices")
    write_voice(folder / "en" / "en_US" / "tiny" / "low")
    write_voice(folder, "en_US-pair-low", speakers=("Ann", "bob_2"))
    write_voice(folder, "en_US-telling-low", tells=True)
    return folder


def voice_of(folder: Path, name: str = "en_US-tiny-low") -> PiperVoice:
    return read_voice(next(folder.rglob(f"{name}.onnx")))


def narrated(voices: Path, folder: Path, text: str = TEXT, name: str = "en_US-tiny-low", /,
             **values: object) -> tuple[RenderOutput, Samples]:
    folder.mkdir(parents=True, exist_ok=True)
    path = next(voices.rglob(f"{name}.onnx"))
    given = {"text": text, "voice_id": name, **values}
    task = RenderTask("cannon:narration.generate", given, {}, str(folder), model=str(path))
    out = render_narration(task, RenderControl(folder))
    return out, np.asarray(read_sound(out.main), np.float32)


def loudest(sound: Samples, rate: int) -> float:
    """The frequency (Hz) with most of the power."""
    power = np.abs(np.fft.rfft(sound * np.hanning(len(sound)).astype(np.float32), 8 * len(sound)))
    return float(power.argmax() * rate / (8 * len(sound)))


# -- the same as piper itself


@pytest.mark.parametrize(("espeak", "text"), SENTENCES)
def test_sentences_are_pronounced_as_pipers_own_package_does(espeak: str, text: str) -> None:
    """Symbol by symbol. The package brings a newer espeak-ng, which writes the glide between two vowels."""
    from piper.phonemize_espeak import EspeakPhonemizer

    theirs = [symbol for sentence in EspeakPhonemizer().phonemize(espeak, text) for symbol in sentence if symbol != "ʲ"]
    with ClauseSession(espeak) as session:
        ours = [symbol for symbol in session.pronounce(text).symbols if symbol != "ʲ"]
    assert ours == theirs


def test_the_graph_is_given_what_pipers_own_package_gives_it(voices: Path) -> None:
    from piper import PiperVoice as Theirs
    from piper import SynthesisConfig

    voice = voice_of(voices)
    theirs = Theirs.load(voice.path)
    quiet = SynthesisConfig(noise_scale=0.0, normalize_audio=False)
    with PiperSpeaker(voice, 1) as speaker:
        for text in ("Hello, my name is Anna!", "Two cats sat there; one slept."):
            said = speaker._phonemes.pronounce(text)
            (symbols,) = theirs.phonemize(text)
            assert list(numbers_of(said.symbols, voice).numbers) == theirs.phonemes_to_ids(symbols)
            expected = np.concatenate([chunk.audio_float_array for chunk in theirs.synthesize(text, quiet)])
            got = speaker.speak(text, Style(1.0)).speech.samples
            assert len(got) == len(expected)
            assert float(np.abs(got - expected).max()) < 0.08, "the voice's own noise, and nothing else"


# -- what is heard


def test_each_phoneme_is_heard_where_the_words_say(voices: Path) -> None:
    from tests.speech.tiny_voices import RATE, pitch_of

    for name in ("en_US-tiny-low", "en_US-telling-low"):
        voice = voice_of(voices, name)
        with PiperSpeaker(voice, 1) as speaker:
            speech = speaker.speak("Nine men sell fish, and 25 of the nets sink.", Style(1.0)).speech
            said = speaker._phonemes.pronounce("Nine men sell fish, and 25 of the nets sink.")
        text = "Nine men sell fish, and 25 of the nets sink."
        words = [text[word.start : word.start + word.length] for word in speech.words]
        assert words == text.split()
        assert speech.rate == RATE
        for word, placed in zip(speech.words, said.words, strict=True):
            first = next(symbol for symbol in said.symbols[placed.first :] if pitch_of(symbol))
            begin = word.at_s
            piece = speech.samples[round(begin * RATE) : round(begin * RATE) + 5 * 256 + 2 * 2 * 256]
            sounding = piece[np.flatnonzero(np.abs(piece) > 0.1)[0] :][: 4 * 256]
            assert loudest(sounding, RATE) == pytest.approx(pitch_of(first), abs=5), text[word.start :]


def test_a_graph_that_tells_no_lengths_still_gives_times(voices: Path) -> None:
    from dataclasses import replace

    voice = replace(voice_of(voices), durations=None)
    with PiperSpeaker(voice, 1) as speaker:
        speech = speaker.speak("Hello there, wide world.", Style(1.0)).speech
    starts = [word.at_s for word in speech.words]
    assert len(starts) == 4
    assert all(one < other for one, other in pairwise(starts))
    assert starts[-1] < len(speech.samples) / speech.rate


def test_a_narration_is_as_even_as_any_other(voices: Path, tmp_path: Path) -> None:
    out, sound = narrated(voices, tmp_path, "Oh. My name is Anna and I live in a small house. Hm.")
    assert integrated_loudness(sound) == pytest.approx(-16.0, abs=0.5)
    assert true_peak_db(sound) <= -1.0
    assert out.extra["voice_id"] == out.extra["model"] == "en_US-tiny-low"
    assert out.extra["language"] == "en-us"
    with av.open(str(out.main)) as container:
        assert container.metadata["lyrics"].startswith("Oh. My name")
    told: Any = out.extra["sentences"]
    assert len(told) == 3
    for one, other in pairwise(told):
        assert 0.3 < other["start"] - one["end"] < 0.6
    words: Any = out.extra["words"]
    assert [word["text"] for word in words][:3] == ["Oh.", "My", "name"]
    assert words[-1]["end"] <= len(sound) / 48_000


def test_speed_tone_and_speaker(voices: Path, tmp_path: Path) -> None:
    long = {speed: narrated(voices, tmp_path / str(speed), "Nine men sell fish.", speed=speed)[0].duration_s or 0.0
            for speed in (0.4, 1.0, 3.0)}
    spoken = {speed: seconds - 0.47 for speed, seconds in long.items()}
    assert spoken[0.4] == pytest.approx(spoken[1.0] / 0.4, rel=0.25)
    assert spoken[3.0] == pytest.approx(spoken[1.0] / 3.0, rel=0.3)

    def pitch(folder: str, name: str = "en_US-tiny-low", **values: object) -> float:
        sound = narrated(voices, tmp_path / folder, "Mmm.", name, **values)[1][:, 0]
        loud = np.flatnonzero(np.abs(sound) > 0.3 * np.abs(sound).max())
        return loudest(sound[loud[0] : loud[0] + 6000], 48_000)

    plain = pitch("plain", stability=1.0)
    assert pitch("high", stability=1.0, tone="excited") == pytest.approx(plain * 2 ** (14 * 0.12 / 12), rel=0.02)
    pair = "en_US-pair-low"
    first, second = pitch("ann", name=pair, stability=1.0), pitch("bob", name=pair, stability=1.0, voice_id=f"{pair}:bob_2")
    assert second == pytest.approx(1.5 * first, rel=0.02)


def test_the_same_text_gives_the_same_bytes(voices: Path, tmp_path: Path) -> None:
    first = narrated(voices, tmp_path / "a")[0].main.read_bytes()
    narrated(voices, tmp_path / "b", "Something else.")
    assert narrated(voices, tmp_path / "c")[0].main.read_bytes() == first


# -- what cannot be used


def test_a_graph_that_fails_is_told_in_words(voices: Path, tmp_path: Path) -> None:
    voice = voice_of(voices)
    data = bytearray(voice.path.read_bytes())
    at = data.index(b"RandomNormalLike")
    data[at : at + 16] = b"NoSuchOperator!!"
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(data)
    (tmp_path / "broken.onnx.json").write_bytes(Path(f"{voice.path}.json").read_bytes())
    with pytest.raises(SpeechError, match=r"broken cannot be loaded: .+NoSuchOperator"), PiperSpeaker(read_voice(broken), 1):
        pass


def test_numbers_that_the_graph_does_not_know(voices: Path, tmp_path: Path) -> None:
    from tests.speech.tiny_voices import write_voice

    path = write_voice(tmp_path, "far")
    described = Path(f"{path}.json")
    said = json.loads(described.read_text(encoding="utf-8"))
    said["phoneme_id_map"]["n"] = [9000]
    described.write_text(json.dumps(said), encoding="utf-8")
    with PiperSpeaker(read_voice(path), 1) as speaker, pytest.raises(SpeechError, match="far failed to speak"):
        speaker.speak("Nine.", Style(1.0))


# -- through the engine


@pytest.fixture
def rig(voices: Path, tmp_path: Path) -> Iterator[Rig]:
    with Rig(EngineOptions(home=tmp_path / "home", key=KEY, places=1, models=(voices,))) as running:
        yield running


def create(rig: Rig, **values: Any) -> dict[str, Any]:
    body = {"operation": "narration.generate", "input": {"text": TEXT, **values}}
    answer = rig.client.post("/api/v1/requests", json=body)
    assert answer.status_code == 202, answer.text
    return rig.finished(str(answer.json()["id"]), timeout_s=120)


@pytest.mark.slow
def test_listed_spoken_and_refused_over_http(rig: Rig, voices: Path) -> None:
    schemas = rig.client.get("/api/v1/openapi").json()["components"]["schemas"]
    listed = schemas["NarrationGenerate"]["properties"]["voice_id"]["examples"]
    pair = "en_US-pair-low"
    assert listed[1:] == [pair, f"{pair}:Ann", f"{pair}:bob_2", "en_US-telling-low", "en_US-tiny-low"]
    found = create(rig, voice_id="EN-us-tiny-low")
    assert found["status"] == "succeeded", found
    assert found["output"]["model"] == "en_US-tiny-low"
    sound = rig.bare.get(found["output"]["audio_url"]).content
    assert len(sound) > 10_000
    assert create(rig, voice_id="narrator")["output"]["model"] == "studio-draft"
    damaged = voices / "en_US-late-low.onnx"
    whole = next(voices.rglob("en_US-tiny-low.onnx"))
    damaged.write_bytes(whole.read_bytes()[:-2000])
    Path(f"{damaged}.json").write_bytes(Path(f"{whole}.json").read_bytes())
    try:
        body = {"operation": "narration.generate", "input": {"text": TEXT, "voice_id": "en_US-late-low"}}
        answer = rig.client.post("/api/v1/requests", json=body)
        assert answer.status_code == 422
        assert answer.json()["error"]["details"][0]["field"] == "voice_id"
        assert "cut off" in answer.json()["error"]["message"]
    finally:
        damaged.unlink()
        Path(f"{damaged}.json").unlink()
