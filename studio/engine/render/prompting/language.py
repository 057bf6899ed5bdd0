"""Which language a prompt is written in, by its script and by the small words that every sentence needs."""

from __future__ import annotations

import re
import unicodedata

ENGLISH = "en"

# Words that are frequent in one language and rare as words of the others; shared ones ("in", "an") are left out.
_SMALL_WORDS: dict[str, str] = {
    "en": "the of and with on at by from is are a an to into over under through his her their its as for near while who",
    "de": "der die das und mit ein eine einer eines einem einen im am auf bei von zu über unter durch ist sind für "
          "vor den dem",
    "fr": "le la les des du une et avec dans sur au aux sous par pour est sont d l un près vers chez qui",
    "es": "el la un los las una y con en sobre del al por para es son bajo junto hacia unos unas que su",
    "it": "il lo la un gli una e con nel nella sul sulla del della di per è sono sotto sopra che mentre al alla",
    "pt": "o os uma e com em no na sobre do da dos das por para é são sob ao à num numa",
    "nl": "de het een en met op van bij naar door is zijn voor onder boven aan",
    "pl": "i w na z ze do nad pod przez jest są dla przy się",
    "sv": "och med på en ett av till från under över är som vid",
    "tr": "ve bir ile için üzerinde altında gibi bu şu",
}
_SETS = {code: frozenset(words.split()) for code, words in _SMALL_WORDS.items()}
_LETTERS: dict[str, str] = {
    "de": "äöüß", "fr": "éèêçàœùâîôû", "es": "ñáéíóú¿¡", "pt": "ãõçáâêé", "it": "àèéìòù", "pl": "ąćęłńóśźż", "sv": "åäö",
    "tr": "ğışçöü",
}
_SCRIPTS = {"CJK": "zh", "HIRAGANA": "ja", "KATAKANA": "ja", "HANGUL": "ko", "CYRILLIC": "ru", "GREEK": "el", "ARABIC": "ar",
            "HEBREW": "he", "DEVANAGARI": "hi", "THAI": "th"}
_LEAST = 1.0  # one accented letter is not enough


def language_of(text: str) -> str:
    """The ISO 639-1 code of the language that `text` is most likely written in; "en" where nothing speaks against it.

    Other scripts are told by the names of their characters, Latin ones by small words and accented letters. A few words
    without any of these count as English, also with a single accent ("café").
    """
    script = _script(text)
    if script is not None:
        return script
    words = re.findall(r"[^\W\d_]+", text.lower())
    scores = {code: 2.0 * sum(word in small for word in words) for code, small in _SETS.items()}
    accented = {letter for word in words for letter in word if ord(letter) > 127}
    for code, letters in _LETTERS.items():
        scores[code] += 0.6 * sum(letter in letters for letter in accented)
    best = max(scores, key=lambda code: (scores[code], code == ENGLISH))
    return best if scores[best] > max(scores[ENGLISH], _LEAST) else ENGLISH


def _script(text: str) -> str | None:
    """The language of a script that is not Latin, where it is at least a third of the letters."""
    letters = [letter for letter in text if letter.isalpha()]
    counts: dict[str, int] = {}
    for letter in letters:
        name = unicodedata.name(letter, "").partition(" ")[0]
        if name in _SCRIPTS:
            counts[_SCRIPTS[name]] = counts.get(_SCRIPTS[name], 0) + 1
    if not counts or sum(counts.values()) * 3 < len(letters):
        return None
    # Japanese is written in Chinese characters and kana: any kana tell.
    return "ja" if counts.get("ja") else max(counts, key=lambda code: counts[code])
