"""The words of editing a picture: data only, read by reading.py.

Each phrase is a regular expression over lower-case text. The first that matches at a place is taken, so the more particular
stand before the general.
"""

from __future__ import annotations

from collections.abc import Mapping

RATIO_WORDS: Mapping[str, str] = {
    "square": "1:1",
    "a square": "1:1",
    "widescreen": "16:9",
    "cinemascope": "21:9",
    "cinematic": "21:9",
    "landscape": "4:3",
    "portrait": "3:4",
    "vertical": "9:16",
    "horizontal": "16:9",
    "instagram": "4:5",
    "story": "9:16",
    "stories": "9:16",
    "panorama": "3:1",
    "panoramic": "3:1",
    "golden ratio": "1.618:1",
}

GRADED: tuple[tuple[str, str, float], ...] = (
    # phrase, operation, the way it goes when nothing else is said
    (r"shadows?|dark (?:areas|parts)", "shadows", 1),
    (r"highlights?|bright (?:areas|parts)", "highlights", -1),
    (r"(?:colou?r )?temperature|warmth", "warmth", 1),
    (r"warm(?:er|ly|ing)?(?: up)?(?: colou?rs| tones?| light)?", "warmth", 1),
    (r"(?:cool|cold|chilly|ic[iy])(?:er|ly|ing)?(?: down| off)?(?: colou?rs| tones?| light)?", "warmth", -1),
    (r"brightness|exposure|bright(?:er|en|ened|ening)?(?: up)?|light(?:er|en|ened|ening)(?: up)?", "brightness", 1),
    (r"under-?exposed|dark(?:er|en|ened|ening)?|dim(?:mer|med)?", "brightness", -1),
    (r"over-?exposed", "brightness", -1),
    (r"contrast(?:y|ed)?|punch(?:y|ier)?|dramatic|pop\b(?! art)", "contrast", 1),
    (r"flat(?:ter|ten)?|hazy|matte", "contrast", -1),
    (r"de-?saturat(?:e|ed|ion)|muted?|faded?|dull(?:er)?|pale(?:r)?|washed[- ]out", "saturation", -1),
    (
        r"saturat(?:ion|e|ed)|vibran(?:t|ce|cy)|vivid(?:ness)?|colou?rful(?:ness)?|rich(?:er)? colou?rs|colou?rs|intense",
        "saturation",
        1,
    ),
    (r"sharp(?:er|en|ened|ness|ening)?|crisp(?:er|ness)?|detail(?:s|ed)?|clarity|clear(?:er)?|in focus", "sharpness", 1),
    (r"(?:noise|grain|speckles?|jpe?g artifacts?)", "grain", 1),
    (r"grain(?:y|ier)|noisy", "grain", 1),
    (
        r"blur(?:ry|rier|red|ring)?|soft(?:er|en|ness|ened)?(?: focus)?|out of focus|bokeh|"
        r"(?:shallow )?depth of field|defocus(?:ed)?",
        "blur",
        1,
    ),
    (r"vignett(?:e|ing)|dark(?:er|en)? (?:the )?(?:edges|corners|borders)", "vignette", 1),
    (r"fog(?:gy)?|mist(?:y)?|haze", "fog", 1),
    (r"glow(?:ing|y)?|dreamy|bloom|halation|soft light", "glow", 1),
    (
        r"smooth(?:er)? (?:the )?skin|skin smoothing|(?:the )?skin (?:smoother|softer)|"
        r"retouch(?: the)?(?: skin| face| portrait)?",
        "skin",
        1,
    ),
    (r"light leaks?", "leak", 1),
    (r"chromatic aberration", "fringe", 1),
    (r"scan ?lines?|vhs|glitch", "glitch", 1),
)
"""What there can be more or less of."""

TOGGLES: tuple[tuple[str, str, str], ...] = (
    # phrase, operation, value
    (
        r"black[- ]and[- ]white|black & white|b ?& ?w|b/w|monochrome|gr[ea]y ?scale|gr[ea]yscale|"
        r"no colou?rs?|without colou?rs?|"
        r"colou?rless|to gr[ea]y",
        "grey",
        "",
    ),
    (r"sepia|old(?:-time)? photo(?:graph)?|antique", "tone", "sepia"),
    (r"cyanotype|blueprint", "tone", "cyanotype"),
    (r"invert(?:ed)?(?: the)?(?: colou?rs)?|negative", "invert", ""),
    (r"posteri[sz]ed?", "posterize", ""),
    (r"duotone", "tone", "duotone"),
    (r"teal and orange|orange and teal|cinematic(?: look| grade| colou?rs)?|blockbuster", "grade", "cinematic"),
    (r"day (?:in)?to night|night ?time|(?:look(?:s)? like |into |at )?night|moonlight", "grade", "night"),
    (r"golden hour|sunset light|sunny|evening light", "grade", "golden"),
    (r"cross[- ]process(?:ed|ing)?", "grade", "cross"),
    (
        r"(?:auto[- ]?)?(?:enhance|improve)(?: it| this| the)?(?: (?:photo|picture|image|quality))*|"
        r"auto(?:matic)?(?: levels| fix)?|"
        r"(?:look )?better|fix(?: it| this| the)?(?: (?:photo|picture|image|lighting|exposure|colou?rs))*|beautify|touch up|"
        r"more professional|professional(?: look)?",
        "enhance",
        "",
    ),
    (
        r"(?:fix|correct|neutral|auto)(?: the)? white balance|white balance|(?:remove|fix)(?: the)? colou?r cast",
        "balance",
        "",
    ),
    (r"de-?haz(?:e|ed|ing)", "dehaze", ""),
    (r"hdr", "hdr", ""),
    (r"de-?nois(?:e|ed|ing)|clean(?: it)? up|noise reduction|remove (?:the )?(?:noise|grain)", "denoise", ""),
    (r"upside down", "rotate", "180"),
    (r"straighten(?:ed)?|level(?: the)? horizon|fix(?: the)? horizon|(?:horizon )?level(?:led)?", "straighten", ""),
    (r"tilt[- ]shift|miniature", "tiltshift", ""),
    (r"let it rain|rain(?:y|ing|drops)?", "falling", "rain"),
    (r"snow(?:y|ing|flakes|fall)?", "falling", "snow"),
    (r"embers|sparks", "falling", "embers"),
    (r"petals", "falling", "petals"),
    (r"fireflies", "falling", "fireflies"),
    (r"dust(?: motes)?", "falling", "dust"),
    (r"round(?:ed)? corners", "round", ""),
    (r"fisheye|fish-eye|bulge", "fisheye", ""),
    (r"solari[sz]ed?", "solarize", ""),
    (r"thermal|heat ?map|infra-?red", "thermal", ""),
    (r"emboss(?:ed)?", "emboss", ""),
    (r"red[- ]?eyes?", "redeye", ""),
)
"""What is done or not."""

STYLE_PHRASES: tuple[tuple[str, str], ...] = (
    (r"(?:water ?colou?r|aquarelle)(?: painting)?", "watercolour"),
    (r"oil paint(?:ing|ed)?|impasto|van gogh|impressionist(?:ic)?", "oil painting"),
    (r"(?:pencil )?(?:sketch|drawing)|pencil|charcoal|hand-?drawn|line art", "pencil sketch"),
    (r"ink(?: drawing)?|pen and ink|engraving", "ink"),
    (r"cartoon(?:ish|y)?|comic(?: book)?|anime|manga|cel[- ]shad(?:ed|ing)", "comic"),
    (r"pop[- ]art|warhol", "pop art"),
    (r"(?:film )?noir", "noir"),
    (r"neon|cyberpunk|synthwave|vaporwave", "neon"),
    (r"vintage(?: film| photo| look)?|retro|analog(?:ue)?(?: film)?|polaroid|kodak|film look|1970s|70s", "vintage film"),
    (r"mosaic|stained glass|tiles", "mosaic"),
    (r"painting|painted|painterly", "oil painting"),
)
"""Drawing styles: the treatments of style/transfer."""

COLOURS: Mapping[str, str] = {
    "red": "#d8322a",
    "orange": "#f08a24",
    "amber": "#f0a52c",
    "yellow": "#f4d03a",
    "gold": "#e0aa3e",
    "golden": "#e0aa3e",
    "green": "#3f9a45",
    "teal": "#1f8a8a",
    "turquoise": "#35b8b0",
    "cyan": "#2fc4dc",
    "blue": "#2f66c4",
    "navy": "#1d2f6b",
    "violet": "#7a45b8",
    "purple": "#7d3c98",
    "magenta": "#d12c96",
    "pink": "#f08fb8",
    "brown": "#7a5233",
    "beige": "#d9c6a0",
    "white": "#ffffff",
    "black": "#000000",
    "grey": "#8a8a8a",
    "gray": "#8a8a8a",
    "silver": "#b8bec6",
    "mint": "#8fd6b4",
    "coral": "#f0735a",
    "lime": "#a6d93a",
    "cream": "#f5eeda",
}

AMOUNTS: tuple[tuple[str, float], ...] = (
    (r"(?:just )?(?:a )?(?:tiny|very little|touch|hint|tad)(?: bit)?|barely|ever so slightly", 0.35),
    (
        r"(?:just )?a (?:little|bit)(?: bit)?|slight(?:ly)?|somewhat|subtl[ey]|gentl[ey]|lightly|"
        r"soft(?:ly)? touch|mild(?:ly)?",
        0.5,
    ),
    (
        r"(?:very|way|far) much|extreme(?:ly)?|super|ultra|as (?:much|\w+) as possible|completely|totally|"
        r"fully|insanely|crazy",
        2.4,
    ),
    (
        r"(?:very|much|a lot|lots|strong(?:ly)?|heav(?:y|ily)|really|way|far|considerably|significantly|"
        r"quite a bit|intensely|deep(?:ly)?)",
        1.7,
    ),
    (r"(?:quite|rather|fairly|moderate(?:ly)?|noticeably)", 1.2),
)
"""How much, as a factor of the usual."""

MORE = (
    r"more|increase[ds]?|increasing|raise[ds]?|boost(?:ed)?|higher|up|add(?:ed)?|stronger|turn up|push|"
    r"extra|lift(?:ed)?|open up"
)
LESS = (
    r"less|decrease[ds]?|reduce[ds]?|reducing|lower(?:ed)?|drop|cut(?! out)|down|remove|without|weaker|turn down|"
    r"tone down|not (?:so|too|as)|too|fewer|recover|tame|minus|get rid of|take out|kill|eliminate"
)

REGIONS: tuple[tuple[str, str], ...] = (
    (
        r"everything (?:but|except|besides) (?:the )?(?:subject|person|face|foreground|man|woman|girl|boy|"
        r"dog|cat|object|figure)|"
        r"(?:the |its |her |his |their )?back-?ground|backdrop|surroundings|behind (?:her|him|it|them|the \w+)",
        "background",
    ),
    (r"(?:the )?sk(?:y|ies)", "sky"),
    (r"(?:the |her |his |their )?faces?", "faces"),
    (
        r"(?:the )?(?:main )?(?:subject|person|foreground|figure|man|woman|girl|boy|lady|guy|dog|cat|object|people|product)",
        "subject",
    ),
)
"""What part of the picture is meant."""

_FILLER_WORDS = (
    "a an the this that these those it its it's of to in on at with into for and then also but plus as so be is are "
    "was please can could would you i me my we want like need make turn give get let have set apply put change "
    "convert transform edit adjust do keep picture photo photograph image pic shot look looks looking effect effects "
    "filter style version overall whole entire all everything more less just only very much bit little some lot tad "
    "too really quite slightly colour color colours colors tone tones create use using by from up down out off her "
    "his their there here which one still now nice nicely good well kindly it. level amount percent should add light "
    "lights lighting touch hint scene appear seem seems feel feels feeling mood area areas part parts same time film "
)
FILLERS = frozenset(_FILLER_WORDS.split())
"""Words that carry no instruction of their own."""
