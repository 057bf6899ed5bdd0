"""The styles that pieces are written in: tempo, scale, chords, who plays, how they play, and in what room."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Style:
    """`tempo` in beats a minute, slow to fast. `progressions` are scale degrees of verse, chorus and bridge, a bar each.

    `comp`, `bassline` and `beat` name patterns of `backing.py` and `rhythm.py`. `air_db` lifts or lowers the treble of the
    mix; `wet` is the level of the room. `centre` is the MIDI pitch that the melody moves about; `busy` how full it is.
    """

    name: str
    words: str
    tempo: tuple[int, int]
    scale: str
    progressions: tuple[str, str, str]
    chords: str
    comp: str
    lead: str
    bass: str | None = "bass guitar"
    bassline: str = "roots"
    pad: str | None = None
    arp: str | None = None
    beat: str | None = None
    kit: str = "acoustic"
    swing: float = 0.0
    beats: int = 4
    room: str = "studio"
    wet: float = 0.25
    air_db: float = 0.0
    sevenths: bool = False
    centre: int = 72
    busy: float = 0.5


_POP = ("1 5 6 4", "6 4 1 5", "4 5 3 6")
_MINOR = ("1 6 3 7", "1 4 6 5", "4 1 5 1")
STYLES: tuple[Style, ...] = (
    Style("lofi", r"lo-?fi|chillhop|study beats?", (72, 86), "dorian", ("2 5 1 6", "4 3 2 1", "6 2 5 1"), "electric piano",
          "lazy",
          "vibraphone", "upright bass", "lazy", pad="dark pad", beat="boom bap", kit="dusty", swing=0.16, room="room",
          wet=0.2,
          air_db=-9.0, sevenths=True, busy=0.35),
    Style("ambient", r"ambient|meditat\w+|drone|spa|new age|soundscape|sleep", (50, 66), "lydian",
          ("1 2 1 4", "1 5 2 4", "6 4 1 2"), "pad", "held", "bells", None, pad="choir", arp=None, room="space", wet=0.9,
          air_db=-3.0,
          centre=76, busy=0.15),
    Style("piano", r"solo piano|piano solo|neoclassical|nocturne|ballade?", (62, 84), "minor",
          ("1 6 3 7", "6 7 1 4", "4 1 5 1"),
          "piano", "broken", "piano", None, room="hall", wet=0.3, air_db=-2.0, centre=74, busy=0.4),
    Style("classical", r"classical|baroque|mozart|bach|string quartet|chamber", (96, 132), "major",
          ("1 4 5 1", "1 6 2 5", "6 3 4 5"), "strings", "alberti", "violin", "cello", "roots", room="hall", wet=0.35,
          centre=76,
          busy=0.65),
    Style("orchestral", r"orchestra\w*|symphon\w+|cinematic|film score|soundtrack|score|epic|trailer|heroic|fantasy|"
                        r"adventure",
          (76, 100), "minor", ("1 6 3 7", "1 3 7 4", "4 6 1 5"), "strings", "pulse", "brass", "cello", "pulse", pad="choir",
          beat="taiko", kit="taiko", room="hall", wet=0.5, centre=67, busy=0.4),
    Style("waltz", r"waltz|3/4|viennese", (138, 168), "major", ("1 1 5 5 5 5 1 1", "4 4 1 1 5 5 1 1", "6 6 2 2 5 5 5 5"),
          "strings", "waltz", "accordion", "upright bass", "roots", beats=3, room="hall", wet=0.3, centre=74, busy=0.5),
    Style("lullaby", r"lullab\w+|music box|nursery|baby|bedtime|children'?s", (66, 84), "major",
          ("1 4 1 5", "6 4 1 5", "4 1 2 5"),
          "harp", "broken", "music box", None, pad="strings", beats=3, room="plate", wet=0.4, centre=79, busy=0.4),
    Style("metal", r"metal|thrash|djent|hardcore", (150, 184), "phrygian", ("1 1 2 1", "1 6 7 1", "4 4 5 2"),
          "distorted guitar",
          "chug", "distorted guitar", "bass guitar", "chug", beat="double kick", kit="metal", room="room", wet=0.15,
          air_db=3.0,
          centre=69, busy=0.7),
    Style("punk", r"punk|garage rock|grunge", (164, 190), "major", ("1 5 6 4", "1 4 5 4", "6 4 5 5"), "distorted guitar",
          "drive",
          "electric guitar", "bass guitar", "eighths", beat="punk", kit="rock", room="room", wet=0.15, air_db=2.0, busy=0.5),
    Style("rock", r"rock|indie|grungy|stadium|anthem\w*", (108, 136), "mixolydian", ("1 7 4 1", "1 5 6 4", "4 1 7 5"),
          "distorted guitar", "drive", "electric guitar", "bass guitar", "eighths", pad="organ", beat="rock", kit="rock",
          room="room", wet=0.2, air_db=1.0, centre=71),
    Style("synthwave", r"synth-?wave|retro-?wave|outrun|80s|eighties|vaporwave|cyberpunk|neon", (92, 112), "minor",
          ("1 6 3 7", "6 7 1 1", "4 6 1 7"), "pad", "held", "synth lead", "synth bass", "gallop", pad=None,
          arp="pluck synth",
          beat="electro", kit="electronic", room="plate", wet=0.4, air_db=1.5),
    Style("drum and bass", r"drum (?:and|&|n) bass|dnb|jungle music|breakbeat", (170, 178), "minor", _MINOR, "pad", "held",
          "pluck synth", "reese bass", "long", beat="breakbeat", kit="electronic", room="plate", wet=0.3, air_db=3.0,
          busy=0.4),
    Style("trance", r"trance|psytrance", (134, 142), "minor", ("6 7 1 1", "1 6 3 7", "4 6 7 1"), "supersaw", "offbeats",
          "supersaw",
          "synth bass", "offbeats", pad="pad", arp="pluck synth", beat="four", kit="electronic", room="hall", wet=0.4,
          air_db=3.0,
          centre=76),
    Style("techno", r"techno|industrial|minimal|warehouse|acid", (126, 136), "phrygian", ("1 1 1 2", "1 1 6 7", "1 1 1 1"),
          "pad", "stabs", "pluck synth", "acid bass", "sixteenths", beat="techno", kit="electronic", room="tunnel", wet=0.3,
          air_db=2.0, busy=0.25),
    Style("house", r"house|edm|electronic|dance|club|electro|disco-?house|dubstep|rave|electronica", (120, 128), "minor",
          ("1 6 3 7", "6 7 1 3", "4 1 6 7"), "supersaw", "offbeats", "pluck synth", "synth bass", "offbeats",
          arp="pluck synth",
          beat="four", kit="electronic", room="plate", wet=0.3, air_db=2.5),
    Style("trap", r"trap|drill|phonk", (136, 148), "phrygian", ("1 1 6 7", "1 6 1 2", "4 4 1 7"), "bells", "held", "flute",
          "sub bass", "808", pad="dark pad", beat="trap", kit="808", room="plate", wet=0.35, air_db=1.0, busy=0.3),
    Style("hip hop", r"hip.?hop|rap|boom bap|old school", (84, 98), "minor", ("1 4 1 5", "1 6 4 5", "6 7 1 1"),
          "electric piano",
          "lazy", "electric guitar", "sub bass", "lazy", beat="boom bap", kit="808", swing=0.1, room="room", wet=0.15,
          sevenths=True,
          busy=0.35),
    Style("jazz", r"jazz\w*|swing|bebop|big band|noir", (118, 160), "major", ("2 5 1 6", "3 6 2 5", "4 7 3 6"), "piano",
          "charleston", "saxophone", "upright bass", "walking", beat="swing", kit="brushes", swing=0.32, room="room",
          wet=0.3,
          air_db=-3.0, sevenths=True, centre=68, busy=0.65),
    Style("bossa nova", r"bossa\w*|samba|brazil\w*|lounge|elevator", (118, 138), "major", ("1 2 5 1", "4 3 2 5", "6 2 5 1"),
          "nylon guitar", "bossa", "flute", "upright bass", "bossa", beat="bossa", kit="soft", room="room", wet=0.25,
          air_db=-3.0,
          sevenths=True, busy=0.45),
    Style("latin", r"latin|salsa|cumbia|tropical|mambo|reggaeton|cuban|mexican|mariachi|flamenco|tango", (94, 112), "minor",
          ("1 4 5 1", "6 7 1 5", "4 1 5 1"), "nylon guitar", "stabs", "brass", "bass guitar", "bossa", beat="tresillo",
          kit="acoustic",
          room="room", wet=0.25, air_db=1.0, busy=0.6),
    Style("reggae", r"reggae|ska|dub|dancehall|jamaica\w*", (70, 84), "major", ("1 4 1 5", "6 2 4 5", "4 1 5 1"), "organ",
          "skank",
          "brass", "bass guitar", "dub", beat="one drop", kit="acoustic", swing=0.1, room="tunnel", wet=0.3, air_db=-2.0,
          busy=0.35),
    Style("funk", r"funk\w*|soul|groov\w+|motown|r&b|rnb", (98, 112), "dorian", ("1 4 1 4", "2 5 1 1", "6 5 4 1"),
          "electric guitar",
          "scratch", "brass", "slap bass", "funk", pad="organ", beat="funk", kit="acoustic", room="room", wet=0.15,
          air_db=2.0,
          sevenths=True, busy=0.5),
    Style("disco", r"disco|70s|seventies", (114, 122), "minor", ("1 4 7 3", "6 2 5 1", "4 5 1 1"), "electric guitar",
          "scratch",
          "strings", "slap bass", "octaves", beat="disco", kit="acoustic", room="plate", wet=0.25, air_db=2.0,
          sevenths=True),
    Style("blues", r"blues\w*|boogie", (84, 112), "blues", ("1 4 1 1 4 4 1 1 5 4 1 5", "1 4 1 1 4 4 1 1 5 4 1 5", "4 4 1 1"),
          "piano", "shuffle", "electric guitar", "upright bass", "walking", beat="shuffle", kit="acoustic", swing=0.3,
          room="room",
          wet=0.2, sevenths=True, centre=67, busy=0.5),
    Style("country", r"country|bluegrass|western|cowboy|americana|honky", (104, 128), "major",
          ("1 4 1 5", "4 1 5 1", "6 4 1 5"),
          "guitar", "boom chick", "banjo", "upright bass", "two", beat="train", kit="brushes", room="room", wet=0.2,
          air_db=1.0,
          busy=0.65),
    Style("celtic", r"celtic|irish|scottish|medieval|tavern|viking|folk dance|jig", (112, 132), "dorian",
          ("1 7 1 7", "1 4 7 1", "3 7 4 1"), "guitar", "strum", "whistle", "cello", "roots", beat="hand drum", kit="taiko",
          room="hall", wet=0.3, air_db=1.0, centre=77, busy=0.85),
    Style("folk", r"folk|acoustic|singer.songwriter|campfire|unplugged", (88, 112), "major",
          ("1 5 6 4", "4 1 5 6", "2 4 1 5"),
          "guitar", "strum", "flute", "upright bass", "two", beat="light", kit="soft", room="room", wet=0.25, busy=0.45),
    Style("chiptune", r"chip-?tune|8.?bit|16.?bit|video game|arcade|retro game|nintendo", (140, 165), "major",
          ("1 5 6 4", "4 5 3 6", "2 5 1 1"), "pulse", "chip arpeggio", "square lead", "triangle bass", "octaves",
          beat="chip", kit="chip",
          room="room", wet=0.02, air_db=3.0, centre=76, busy=0.8),
    Style("march", r"march\w*|military|parade|patriotic|anthem", (108, 122), "major", ("1 5 1 4", "4 1 5 1", "6 3 4 5"),
          "brass",
          "stabs", "flute", "brass", "two", beat="march", kit="acoustic", room="hall", wet=0.25, centre=77, busy=0.6),
    Style("horror", r"horror|scary|creepy|haunt\w*|sinister|thriller|suspense\w*|eerie", (52, 70), "phrygian",
          ("1 2 1 2", "1 6 2 1", "4 2 1 1"), "dark pad", "held", "music box", "cello", "long", pad="choir", beat="heartbeat",
          kit="taiko", room="church", wet=0.7, air_db=-4.0, centre=78, busy=0.2),
    Style("corporate", r"corporate|commercial|advert\w*|presentation|explainer|upbeat background", (112, 124), "major", _POP,
          "guitar", "pulse", "marimba", "bass guitar", "eighths", pad="pad", beat="claps", kit="electronic", room="plate",
          wet=0.25,
          air_db=1.5, busy=0.4),
    Style("pop", r"pop|chart|radio|k-?pop|j-?pop|summer|song", (100, 122), "major", _POP, "piano", "pulse", "synth lead",
          "bass guitar", "eighths", pad="pad", beat="pop", kit="electronic", room="plate", wet=0.25, air_db=1.5),
)
NEUTRAL = STYLES[-1]
