"""How a sentence is pronounced for a piper voice: espeak-ng's phonemes clause by clause, with the signs that part them, as
single code points; and where in the text the word stands that each of them belongs to.

The library answers a clause at a time and moves a pointer over the text, to just behind the sign that ends the clause. Its
own words and the text's are the same mostly, but "of the" may become one and "3.5" three: then they are laid to each other
by how each word sounds alone.
"""

from __future__ import annotations

import ctypes
import re
import unicodedata
from dataclasses import dataclass
from difflib import SequenceMatcher

from studio.engine.render.narration.espeak import SpeechSession

_IPA, _UTF8 = 0x02, 1
_MOST_CLAUSES = 200
_FLAGS = re.compile(r"\([^)]*\)")  # "(en)": a word of another language begins, or ends
_WORD = re.compile(r"\S*\w\S*")
# Which sign a voice knows for what ends a clause; the same that its makers' own program writes.
_SIGNS = {",": ",", "،": ",", "–": ",", ";": ";", "؛": ";", "—": ";", ":": ":", "?": "?", "؟": "?", "!": "!", ".": "."}
_WITHIN = (",", ";", ":")
_NEXT = re.compile(r"(?:\s[\"'“‘«(\[¿¡]+\w?|\W\w)$")
_CLOSING = "\"'”’»)]}"


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word by its place in the text, and the first of the symbols that belong to it."""

    start: int
    length: int
    first: int


@dataclass(frozen=True, slots=True)
class Pronunciation:
    """Phonemes and signs, each a code point (NFD), and the words that they are of."""

    symbols: tuple[str, ...]
    words: tuple[PlacedWord, ...]


class ClauseSession(SpeechSession):
    """The speech library, asked only how sentences sound. SpeechError where it is not there or lacks the voice."""

    def pronounce(self, text: str) -> Pronunciation:
        """The phonemes of one sentence."""
        symbols: list[str] = []
        words: list[PlacedWord] = []
        for start, piece, heard in self._clauses(text):
            spoken = unicodedata.normalize("NFD", _FLAGS.sub("", heard)).strip()
            if not spoken:
                continue
            if symbols and symbols[-1] != " ":
                symbols.append(" ")
            tokens = list(_WORD.finditer(piece))
            for token, first in zip(tokens, self._firsts([found.group() for found in tokens], spoken), strict=True):
                words.append(PlacedWord(start + token.start(), len(token.group()), len(symbols) + first))
            symbols += [*spoken, *_sign(piece, last=start + len(piece) >= len(text.rstrip()))]
        return Pronunciation(tuple(symbols), tuple(words))

    def _clauses(self, text: str) -> list[tuple[int, str, str]]:
        """(where it begins, its text, its phonemes) of each clause."""
        data = text.replace("\0", " ").encode()
        place, found, begin = 0, [], 0
        for _ in range(_MOST_CLAUSES):
            heard, place = self._next(data, place)
            whole = place >= len(data)
            end = len(text) if whole else len(data[:place].decode("utf-8", "ignore"))
            if not whole:
                end = _before_next(text, begin, end)
            found.append((begin, text[begin:end], heard))
            begin = end
            if whole:
                break
        return found

    def _next(self, data: bytes, place: int) -> tuple[str, int]:
        library = self._library
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        buffer = ctypes.create_string_buffer(data)
        base = ctypes.addressof(buffer)
        pointer = ctypes.c_void_p(base + place)
        heard = (library.espeak_TextToPhonemes(ctypes.byref(pointer), _UTF8, _IPA) or b"").decode("utf-8", "replace")
        after = len(data) if not pointer.value else pointer.value - base
        return heard, max(after, place + 1)

    def _firsts(self, words: list[str], spoken: str) -> list[int]:
        """The index of the first symbol of each word in what is spoken of a clause."""
        starts = [0, *(at + 1 for at, symbol in enumerate(spoken) if symbol == " ")]
        if len(starts) == len(words):
            return starts
        alone = [self._alone(word) for word in words]
        places = [at for at, symbol in enumerate(spoken) if symbol != " "]
        matcher = SequenceMatcher(None, "".join(alone), spoken.replace(" ", ""), autojunk=False)
        edges, at = [], 0
        for sound in alone:
            edges.append(at)
            at += len(sound)
        return [places[min(_carried(matcher, edge, len(places)), len(places) - 1)] for edge in edges]

    def _alone(self, word: str) -> str:
        heard, place, data = "", 0, word.encode()
        while place < len(data):
            one, place = self._next(data, place)
            heard += one
        return re.sub(r"\s", "", unicodedata.normalize("NFD", _FLAGS.sub("", heard)))


def spelled(text: str) -> Pronunciation:
    """For a voice that reads letters: the text itself."""
    symbols = unicodedata.normalize("NFD", text)
    words = [PlacedWord(found.start(), len(found.group()), len(unicodedata.normalize("NFD", text[: found.start()])))
             for found in _WORD.finditer(text)]
    return Pronunciation(tuple(symbols), tuple(words))


def _before_next(text: str, begin: int, end: int) -> int:
    """The library has looked at the first sign or letter of the next clause: that is not of this one."""
    found = _NEXT.search(text[begin:end])
    return begin + found.start() + 1 if found is not None and end < len(text) else end


def _sign(piece: str, *, last: bool) -> str:
    """What is written for the end of a clause; a full stop within a sentence is that of an abbreviation."""
    bare = piece.rstrip().rstrip(_CLOSING).rstrip()
    sign = _SIGNS.get(bare[-1:], "") if not bare.endswith(("..", "…")) else ""
    if last:
        return sign
    return f"{sign} " if sign in _WITHIN or sign in ("?", "!") else ""


def _carried(matcher: SequenceMatcher[str], edge: int, end: int) -> int:
    """Where a place in the first text lies in the second, which is `end` long."""
    for _, low, high, other_low, other_high in matcher.get_opcodes():
        if low <= edge < high:
            share = (edge - low) / (high - low)
            return other_low + round(share * (other_high - other_low))
    return end
