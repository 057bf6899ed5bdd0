"""The words by which a prompt says what characters do, where to, how fast, and when."""

from __future__ import annotations

import re

_IN = r"in(?=\s*(?:$|[,.;:!?]|(?:from|and|then|slowly|quickly|while|as)\b))"  # not "in the park"
_ACTS: tuple[tuple[str, str], ...] = (
    ("enter", rf"enter(?:s|ing)?|(?:walk(?:s|ing)?|com(?:es|e|ing)|run(?:s|ning)?) {_IN}|arriv(?:es|e|ing)|"
              r"appear(?:s|ing)?"),
    ("leave", r"leav(?:es|e|ing)|exit(?:s|ing)?|"
              r"(?:walk(?:s|ing)?|run(?:s|ning)?|go(?:es|ing)?) (?:off|out)(?! of\b)"),
    ("run", r"run(?:s|ning)?|jog(?:s|ging)?|sprint(?:s|ing)?|rush(?:es|ing)?|dash(?:es|ing)?|rac(?:es|ing)"),
    ("walk", r"walk(?:s|ing)?|stroll(?:s|ing)?|wander(?:s|ing)?|hik(?:es|e|ing)|march(?:es|ing)?|step(?:s|ping)?|"
             r"mov(?:es|e|ing)|go(?:es|ing)?|head(?:s|ing)?(?= (?:left|right|to|towards?|home|off))|cross(?:es|ing)|"
             r"pac(?:es|ing)|com(?:es|e|ing)|approach(?:es|ing)?"),
    ("jump", r"jump(?:s|ing)?|hop(?:s|ping)?|leap(?:s|ing)?|bounc(?:es|e|ing)|skip(?:s|ping)"),
    ("dance", r"danc(?:es|e|ing)|grooves?|twirl(?:s|ing)?|boogies?"),
    ("wave", r"wav(?:es|e|ing)(?: (?:hello|goodbye|hi|back|at|to|her|his|their|a hand|happily|slowly))*|greet(?:s|ing)?|"
             r"salut(?:es|ing)"),
    ("turn", r"turn(?:s|ing)?(?: around| round)?|spin(?:s|ning)?(?: around)?|rotat(?:es|ing)"),
    ("talk", r"talk(?:s|ing)?|speak(?:s|ing)?|say(?:s|ing)|sing(?:s|ing)?|chat(?:s|ting)?|nod(?:s|ding)?|"
             r"present(?:s|ing)|explain(?:s|ing)?"),
    ("cheer", r"cheer(?:s|ing)?|laugh(?:s|ing)?|clap(?:s|ping)?|celebrat(?:es|e|ing)|giggl(?:es|ing)"),
    ("float", r"fly(?:ing)?|flies|float(?:s|ing)?|hover(?:s|ing)?|levitat(?:es|ing)|soar(?:s|ing)?"),
    ("stand", r"stand(?:s|ing)?|wait(?:s|ing)?|pos(?:es|ing)|watch(?:es|ing)?|look(?:s|ing)?|smil(?:es|e|ing)|"
              r"stop(?:s|ping)?|stay(?:s|ing)?|paus(?:es|ing)|rest(?:s|ing)|listen(?:s|ing)?|gaz(?:es|ing)"),
)
_SLOWLY = r"(?:slowly |quickly |straight )*"


def _words(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{pattern})(?!\w)", re.IGNORECASE)


ACT = re.compile("|".join(rf"(?P<{name}>\b(?:{words})(?!\w))" for name, words in _ACTS), re.IGNORECASE)
"""A word of doing; the group that matched is the act."""
GOING = frozenset({"walk", "run", "enter", "leave"})
WAY = re.compile(
    r"\s*(?:slowly |quickly |happily |straight |back |off |out |over |across )*"
    r"(?:from (?:the )?(?P<from>left|right)|(?:to(?:wards?)? |on )?(?:the |his |her |their )?(?P<to>left|right)(?:wards?)?"
    r"(?: side)?)(?!\w)", re.IGNORECASE)
"""After a word of going: from where or where to."""
NEARER = re.compile(
    rf"\s*{_SLOWLY}(?:closer|nearer|forwards?|(?:up )?to(?:wards?)? (?:the |us|me|you)\s*(?:camera|viewer|audience|lens)?|"
    r"into (?:the )?(?:camera|foreground))(?!\w)", re.IGNORECASE)
FARTHER = re.compile(rf"\s*{_SLOWLY}(?:away|backwards?|into the (?:distance|background))(?!\w)", re.IGNORECASE)
SIDE = re.compile(
    r"\b(?:on|at|in|to) (?:the )?(?:far )?(?P<side>left|right|middle|cent(?:er|re))(?: side| hand side)?(?!\w)|"
    r"\b(?P<of>left|right) of\b", re.IGNORECASE)
SLOW = _words(r"slow(?:ly)?|gently|calmly|leisurely|quietly")
FAST = _words(r"fast|quick(?:ly)?|wildly|energetically|hurriedly|rapidly")
CAMERA = _words(r"camera|shot|zoom\w*|pan(?:s|ning)?|dolly\w*|tilt\w*|orbit\w*|crane|handheld|steadicam")
AT_CAMERA = _words(r"(?:to|towards?|at|into) (?:the )?(?:camera|viewer|lens)")
BREAK = re.compile(
    r"(?P<stop>[.;!?])|(?P<then>[,;]?\s*\b(?:and then|then|after(?:wards| that)|before|until)\b)|[,:]|"
    r"\b(?:and|while|as|whilst|but|when)\b", re.IGNORECASE)
"""What ends a clause; `then`: the next one comes later; `stop`: the next one begins anew."""
ONCE = frozenset({"walk", "run", "enter", "leave", "turn", "nearer", "farther"})
"""Acts that are over when their time is; the others go on."""
ALL = _words(r"they|both|all|everyone|everybody|together|the (?:two|three|four|characters|friends)")
PRONOUN = _words(r"he|she")
