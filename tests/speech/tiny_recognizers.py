"""A Whisper model made by hand in CTranslate2's form, that hears the same sentence in whatever it is given.

No trained weights are to be had in tests. What is real is everything around them: the files and their names, the numbers
of the signs as in OpenAI's newer multilingual models, encoder, decoder, search, time marks, the alignment by attention. The
sentence lies in the position codes: at each place the decoder's sum points to the token that comes next.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import whisper_spec
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

SIDE, MELS, FRAMES, LONGEST = 64, 80, 1500, 448
_CODES = """en zh de es ru ko fr ja pt tr pl ca nl ar sv it id hi fi vi he uk el ms cs ro da hu ta no th ur hr bg lt la mi ml
cy sk te fa lv bn sr az sl kn et mk br eu is hy ne mn bs kk sq sw gl mr pa si km sn yo so af oc ka be tg sd gu am yi lo uz fo
ht ps tk nn mt sa lb my bo tl mg as tt haw ln ha ba jw su yue"""
LANGUAGES = tuple(_CODES.split())
END, FIRST_LANGUAGE, TRANSCRIBE, FIRST_TIME = 50257, 50259, 50360, 50365
SIGNS = ("<|endoftext|>", "<|startoftranscript|>", *(f"<|{code}|>" for code in LANGUAGES), "<|translate|>",
         "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>",
         *(f"<|{step * 0.02:.2f}|>" for step in range(1501)))
_FIRST_WORD = 1000
SENTENCE = (" Bonjour", " tout", " le", " monde.")
Weights = NDArray[np.float32]


def write_recognizer(folder: Path, words: Sequence[str] = SENTENCE, language: str = "fr") -> Path:
    """A model that always hears these words (ASCII, with the space before them), and takes them for this language."""
    folder.mkdir(parents=True)
    tokenizer = _tokenizer(words)
    tokenizer.save(str(folder / "tokenizer.json"))
    heard = [FIRST_TIME, *range(_FIRST_WORD, _FIRST_WORD + len(words)), FIRST_TIME + 75, END]
    spec = _spec([FIRST_LANGUAGE + LANGUAGES.index(language), TRANSCRIBE, *heard])
    vocabulary = [tokenizer.id_to_token(number) or "" for number in range(tokenizer.get_vocab_size())]
    spec.register_vocabulary(vocabulary)
    spec.config.suppress_ids, spec.config.suppress_ids_begin = [], [END]
    spec.config.lang_ids = list(range(FIRST_LANGUAGE, FIRST_LANGUAGE + len(LANGUAGES)))
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    spec.save(str(folder))
    (folder / "preprocessor_config.json").write_text(json.dumps({"feature_size": MELS, "sampling_rate": 16_000}))
    return folder


def _tokenizer(words: Sequence[str]) -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    vocabulary = {letter: number for number, letter in enumerate(letters)}
    vocabulary |= {f"unused{number}": number for number in range(len(letters), END)}
    for number, word in enumerate(words):  # as they would be put together of letters in a real one
        vocabulary.pop(f"unused{_FIRST_WORD + number}")
        vocabulary[word.replace(" ", "Ġ")] = _FIRST_WORD + number
    vocabulary.pop(f"unused{END - 1}")
    vocabulary[""] = END - 1  # by this CTranslate2 knows a model of many languages
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_tokens([AddedToken(sign, normalized=False, special=False) for sign in SIGNS])
    return tokenizer


def _spec(planned: Sequence[int]) -> Any:
    chance = np.random.default_rng(7)

    def some(*shape: int, size: float = 0.3) -> Weights:
        return chance.normal(0.0, size, shape).astype(np.float32)

    def zeros(*shape: int) -> Weights:
        return np.zeros(shape, np.float32)

    spec = whisper_spec.WhisperSpec(1, 2, 1, 2)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.conv1.weight, encoder.conv1.bias = some(SIDE, MELS, 3, size=0.05), zeros(SIDE)
    encoder.conv2.weight, encoder.conv2.bias = some(SIDE, SIDE, 3, size=0.05), zeros(SIDE)
    encoder.position_encodings.encodings = some(FRAMES, SIDE)
    words = some(len(SIGNS) + END, SIDE, size=1.0)
    words -= words.mean(axis=1, keepdims=True)
    words /= np.linalg.norm(words, axis=1, keepdims=True)
    places = zeros(LONGEST, SIDE)
    for place, number in enumerate([*planned, *[END] * (LONGEST - len(planned))]):
        places[place] = 10 * words[number]
    decoder.embeddings.weight = words
    decoder.position_encodings.encodings = places
    decoder.projection.weight = words.copy()
    _norms(encoder.layer_norm, decoder.layer_norm, size=5.0)
    for layer in (*encoder.layer, *decoder.layer):
        _norms(layer.self_attention.layer_norm, layer.ffn.layer_norm)
        _linear(layer.self_attention.linear[0], some(3 * SIDE, SIDE))
        _linear(layer.self_attention.linear[1], zeros(SIDE, SIDE))  # nothing that is attended to changes the words
        _linear(layer.ffn.linear_0, some(4 * SIDE, SIDE))
        _linear(layer.ffn.linear_1, zeros(SIDE, 4 * SIDE))
    for layer in decoder.layer:
        _norms(layer.attention.layer_norm)
        _linear(layer.attention.linear[0], some(SIDE, SIDE))
        _linear(layer.attention.linear[1], some(2 * SIDE, SIDE))
        _linear(layer.attention.linear[2], zeros(SIDE, SIDE))
    return spec


def _norms(*specs: Any, size: float = 1.0) -> None:
    for spec in specs:
        spec.gamma, spec.beta = np.full(SIDE, size, np.float32), np.zeros(SIDE, np.float32)


def _linear(spec: Any, weight: Weights) -> None:
    spec.weight, spec.bias = weight, np.zeros(weight.shape[0], np.float32)
