"""How a word that the recognizer's dictionary lacks is pronounced: espeak-ng's phonemes in the dictionary's alphabet."""

from __future__ import annotations

import ctypes
from collections.abc import Iterable

from studio.engine.render.narration.espeak import SpeechSession

_IPA = 0x02
# IPA to the phones of CMU's dictionary (ARPAbet without stress); sounds that English lacks go to their nearest.
_PHONES: dict[str, str] = {
    "tʃ": "CH", "dʒ": "JH", "aɪ": "AY", "aʊ": "AW", "eɪ": "EY", "oʊ": "OW", "əʊ": "OW", "ɔɪ": "OY", "ɪə": "IH R",
    "eə": "EH R",
    "ʊə": "UH R", "ɜː": "ER", "ɑː": "AA", "ɔː": "AO", "iː": "IY", "uː": "UW", "ts": "T S", "pf": "P F", "ɔø": "OY",
    "ɔʏ": "OY",
    "i": "IY", "ɪ": "IH", "e": "EH", "ɛ": "EH", "æ": "AE", "a": "AA", "ɑ": "AA", "ɒ": "AA", "ɐ": "AH", "ʌ": "AH", "ə": "AH",
    "ɚ": "ER", "ɝ": "ER", "ɜ": "ER", "o": "OW", "ɔ": "AO", "ʊ": "UH", "u": "UW", "ᵻ": "IH", "ɨ": "IH", "y": "UW", "ʏ": "UH",
    "ø": "ER", "œ": "ER", "ɘ": "AH", "ɵ": "UH", "ɤ": "AH", "p": "P", "b": "B", "t": "T", "d": "D", "k": "K", "g": "G",
    "ɡ": "G",
    "f": "F", "v": "V", "θ": "TH", "ð": "DH", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "h": "HH", "x": "HH", "ç": "HH",
    "ɣ": "G",
    "m": "M", "n": "N", "ŋ": "NG", "ɲ": "N", "l": "L", "ɫ": "L", "ʎ": "L", "r": "R", "ɹ": "R", "ɾ": "T", "ʁ": "R", "ʀ": "R",
    "w": "W", "j": "Y", "ɥ": "W", "ʔ": "", "β": "B", "ɸ": "F", "c": "K", "ɟ": "G", "q": "K",
}
_LONGEST = max(len(symbol) for symbol in _PHONES)


class PhonemeSession(SpeechSession):
    """The speech library, asked only how words sound. SpeechError where it is not there."""

    def phones(self, words: str) -> str:
        """The phones of a few words, separated by spaces; empty where there is nothing to say."""
        library = self._library
        library.espeak_TextToPhonemes.restype = ctypes.c_char_p
        library.espeak_TextToPhonemes.argtypes = [ctypes.POINTER(ctypes.c_void_p), ctypes.c_int, ctypes.c_int]
        data = ctypes.create_string_buffer(words.replace("\0", " ").encode())
        place = ctypes.c_void_p(ctypes.addressof(data))
        heard: list[str] = []
        while place.value and len(heard) < 100:  # each call takes a clause
            heard.append((library.espeak_TextToPhonemes(ctypes.byref(place), 1, _IPA) or b"").decode("utf-8", "replace"))
        return to_phones(" ".join(heard))


def to_phones(ipa: str) -> str:
    """IPA as the dictionary's phones; what has no sound (stress, length, spaces) is left out."""
    found: list[str] = []
    at = 0
    while at < len(ipa):
        for size in range(min(_LONGEST, len(ipa) - at), 0, -1):
            phone = _PHONES.get(ipa[at : at + size])
            if phone is not None:
                found += phone.split()
                at += size - 1
                break
        at += 1
    return " ".join(found)


def phones_of(words: Iterable[str], voice: str = "en-us") -> dict[str, str]:
    """The phones of each word that has any."""
    session = PhonemeSession(voice)
    with session:
        found = {word: session.phones(word) for word in words}
    return {word: phones for word, phones in found.items() if phones}
