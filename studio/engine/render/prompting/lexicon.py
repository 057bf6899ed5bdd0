"""What a prompt can be given where it says nothing: by the kind of its subject, its hour, and what it is made for."""

from __future__ import annotations

import re

KINDS: dict[str, str] = {
    "person": r"wom[ae]n|m[ae]n|girls?|boys?|person|people|child(?:ren)?|portraits?|astronauts?|dancers?|knights?"
              r"|kings?|queens?"
              r"|monks?|sailors?|workers?|chefs?|musicians?|singers?|soldiers?|warriors?|wizards?|witch(?:es)?"
              r"|heroe?s?|faces?"
              r"|samurai|pirates?|detectives?|couples?|family|babies|baby|grandmothers?|grandfathers?|artists?"
              r"|robots?|android",
    "animal": r"fox(?:es)?|dogs?|cats?|horses?|birds?|owls?|eagles?|wol(?:f|ves)|bears?|deer|lions?|tigers?"
              r"|elephants?|rabbits?"
              r"|whales?|dolphins?|fish(?:es)?|butterfl(?:y|ies)|bees?|cows?|sheep|goats?|monkeys?|pandas?|penguins?"
              r"|ducks?|swans?"
              r"|frogs?|snakes?|turtles?|squirrels?|kittens?|pupp(?:y|ies)|dragons?|parrots?|ravens?|crows?|hummingbirds?",
    "vehicle": r"cars?|trucks?|buse?s?|trams?|trains?|planes?|aircraft|helicopters?|boats?|ships?|sailboats?"
               r"|bicycles?|bikes?"
               r"|motorcycles?|motorbikes?|rockets?|spaceships?|submarines?|balloons?|vans?|tractors?",
    "food": r"ramen|noodles?|bread|cakes?|pizzas?|coffee|tea|soups?|fruits?|apples?|lemons?|sushi|burgers?|salads?"
            r"|cheese|wine"
            r"|chocolate|breakfast|dinner|meals?|dish(?:es)?|desserts?|pancakes?|croissants?|pasta|steaks?|cocktails?",
    "building": r"castles?|houses?|towers?|church(?:es)?|temples?|cathedrals?|bridges?|buildings?|cottages?|cabins?"
                r"|skyscrapers?"
                r"|lighthouses?|palaces?|ruins|barns?|windmills?|hotels?|factory|factories|library|libraries|museums?"
                r"|shops?|caf[eé]s?",
    "product": r"bottles?|perfumes?|watch(?:es)?|phones?|shoes?|sneakers?|lamps?|chairs?|rings?|bags?|headphones?"
               r"|cameras?|mugs?"
               r"|vases?|jewel\w*|guitars?|pianos?|violins?|books?|clocks?",
    "plant": r"flowers?|roses?|tulips?|trees?|sunflowers?|orchids?|cact(?:us|i)|mushrooms?|ferns?|bonsai|leaf|leaves"
             r"|blossoms?",
    "city": r"cit(?:y|ies)|streets?|alleys?|markets?|towns?|villages?|tokyo|paris|london|new york|venice|rome|berlin"
            r"|harbou?rs?"
            r"|squares?|station|subway|downtown|rooftops?",
    "interior": r"rooms?|kitchens?|bedrooms?|halls?|offices?|studios?|workshops?|attics?|living room|interiors?|staircases?",
    "landscape": r"mountains?|lakes?|seas?|oceans?|rivers?|forests?|woods|deserts?|beach(?:es)?|valleys?|hills?"
                 r"|meadows?|fields?"
                 r"|islands?|waterfalls?|glaciers?|canyons?|cliffs?|coasts?|landscapes?|jungles?|sky|clouds?"
                 r"|volcano(?:es)?|planets?",
}
"""The kind of a subject -> its words."""

DETAILS: dict[str, tuple[str, ...]] = {
    "person": ("natural skin texture and an unforced expression, fabric with visible weave and folds",
               "eyes in sharp focus, individual strands of hair, clothes that sit and crease naturally"),
    "animal": ("alert eyes with a clear catchlight, fine texture in fur, feather or skin",
               "a natural posture, every hair and marking crisp, weight resting believably on the ground"),
    "vehicle": ("reflections that follow the bodywork, small signs of wear, believable contact with the ground",
                "crisp panel lines, clean highlights along the edges, a little dust"),
    "food": ("steam and glistening surfaces, crumbs and drops where they belong, fresh textures",
             "rich texture, moist highlights, a few ingredients placed as if by hand"),
    "building": ("weathered materials with visible joints and edges, windows with depth behind the glass",
                 "texture in stone, wood and metal, straight verticals, a sense of true scale"),
    "product": ("precise edges, true material texture, controlled reflections, a clean contact shadow",
                "fine surface grain, crisp lettering-free shapes, soft gradient highlights"),
    "plant": ("veins and fine hairs visible, a few drops of moisture, layered petals and leaves",
              "delicate translucency at the edges, natural imperfections, depth between the stems"),
    "city": ("layered depth from foreground kerb to distant roofs, lived-in surfaces, small everyday details",
             "reflections in glass, worn paving, windows that hint at rooms behind them"),
    "interior": ("lived-in objects, true wood and fabric textures, dust in the beams of light",
                 "depth from the near furniture to the far wall, soft wear on edges and handles"),
    "landscape": ("a textured foreground, a clear middle ground and distance softened by air",
                  "layered ridgelines, fine ground texture, clouds with volume"),
    "thing": ("one clear subject, true material texture, crisp edges and believable scale",
              "fine surface detail, a clear silhouette, a surrounding that supports it"),
}

LIGHTS: dict[str, tuple[str, ...]] = {
    "night": ("Low moonlight with small warm lights and deep, clean shadows",
              "Cool night light, pools of warm light between"),
    "dawn": ("First light from low on the side, cool shadows, a thin mist", "Pale dawn light with long soft shadows"),
    "dusk": ("Low golden light from behind, glowing rims and long shadows", "Warm last light against a cooling sky"),
    "rain": ("Soft grey daylight, wet surfaces that mirror it", "Overcast light with glistening highlights"),
    "snow": ("Soft winter light, blue in the shadows", "Low winter sun with a faint glitter in the air"),
    "fog": ("Diffused light that fades with distance", "Pale even light, silhouettes dissolving in the haze"),
    "storm": ("A dark sky with one break of hard light", "Heavy cloud light with strong contrast"),
    "interior": ("Soft window light from one side, gentle falloff into the room",
                 "Warm practical lamps against cool daylight"),
    "product": ("Large soft key light from the left with a thin rim light", "Soft studio light, gentle gradient behind"),
    "food": ("Soft window light from behind, a gentle bounce in front", "Warm side light that shows every texture"),
    "day": ("Soft directional daylight with gentle shadows", "Clear side light that models the shapes"),
}

LENSES: dict[str, tuple[str, ...]] = {
    "person": ("85mm lens at eye level, shallow depth of field", "50mm lens, medium framing, soft background"),
    "animal": ("200mm telephoto at the animal's eye level, creamy background",
               "135mm lens, low viewpoint, shallow depth of field"),
    "vehicle": ("35mm lens from a low three-quarter view", "70mm lens, three-quarter view, slight compression"),
    "food": ("90mm macro lens at a 45 degree angle, shallow depth of field", "60mm lens, low angle, soft background"),
    "building": ("24mm shift lens, verticals kept straight", "35mm lens from street level, deep focus"),
    "product": ("100mm macro lens, focus across the whole object", "85mm lens, three-quarter view, clean background"),
    "plant": ("100mm macro lens, very shallow depth of field", "70mm lens at the height of the blossom"),
    "city": ("35mm lens at eye level, deep focus", "28mm lens, leading lines into the distance"),
    "interior": ("24mm lens at chest height, verticals kept straight", "28mm lens from the corner, deep focus"),
    "landscape": ("24mm wide-angle lens, deep focus from front to back", "70mm lens, stacked layers of distance"),
    "thing": ("50mm lens at eye level, natural perspective", "85mm lens, clean background, shallow depth of field"),
}

CAMERAS: dict[str, tuple[str, ...]] = {
    "person": ("The camera pushes in slowly at eye level", "A slow arc around the figure, handheld but steady"),
    "animal": ("The camera tracks alongside, low and steady", "A slow push in at the animal's eye level"),
    "vehicle": ("A smooth tracking shot alongside", "A low camera lets it pass and pans after it"),
    "food": ("A slow macro slide from left to right", "A gentle push in with the focus drifting forward"),
    "building": ("A slow crane rise reveals its height", "The camera glides forward on a straight line"),
    "product": ("A slow orbit of about thirty degrees", "A controlled push in that ends on the detail"),
    "plant": ("A slow macro slide with shifting focus", "A gentle upward tilt along the stem"),
    "city": ("A steady dolly forward through the scene", "A slow lateral tracking shot with strong parallax"),
    "interior": ("A slow dolly in through the room", "A gentle pan from the window across the room"),
    "landscape": ("A slow aerial glide forward", "A slow pan to the right with a steady horizon"),
    "thing": ("The camera pushes in slowly and steadily", "A slow lateral slide with gentle parallax"),
}

SETTINGS: tuple[str, ...] = (
    "a textured foreground, a clear middle ground and a background softened by air",
    "layered depth with a path that leads the eye from the front into the distance",
)
PALETTES: tuple[str, ...] = (
    "A restrained palette with one accent colour that repeats", "Harmonious colours, warm against cool",
)
ATMOSPHERE = "A quiet, believable atmosphere with air between near and far"
MATERIALS: tuple[str, ...] = (
    "surfaces marked by weather and use, with true stone, wood, earth and water textures",
    "small traces of everyday use, materials that catch the light differently",
)
FRAMES: dict[str, str] = {
    "16:9": "wide horizontal composition with room at the sides",
    "9:16": "vertical composition, the subject filling the height",
    "1:1": "square composition, balanced about the middle",
    "4:3": "classic 4:3 composition with a calm frame",
    "3:4": "upright 3:4 portrait composition",
}

MENTIONS: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"\b(?:{pattern})\b", re.IGNORECASE) for name, pattern in {
        "light": r"light\w*|lit|backlit|sunlit|moonlit|golden hour|blue hour|neon|glow\w*|shadow\w*|sun\w*|candle\w*|lamp\w*"
                 r"|chiaroscuro|rays?",
        "lens": r"\d+ ?mm|lens|macro|telephoto|wide[- ]angle|fish-?eye|bokeh|depth of field|close-?ups?|wide shot"
                r"|shot|aerial"
                r"|low angle|high angle|bird'?s[- ]eye|top[- ]down|over the shoulder|from above|from below|framed"
                r"|framing|deep focus",
        "camera": r"camera|pan(?:s|ning)?|tilt\w*|zoom\w*|doll(?:y|ies)\w*|track(?:s|ing)|orbit\w*|crane|handheld|hand-held"
                  r"|steadicam|push(?:es)? in|pull(?:s)? (?:back|out)|drone|static shot|time-?lapse|slow motion|fly[- "
                  r"]?through"
                  r"|locked[- ]off|arc shot",
        "style": r"style|styled|watercolou?r|oil painting|painting|sketch|drawing|anime|cartoon|photo\w*|cinematic"
                 r"|film|noir|render\w*|3d"
                 r"|pixel art|illustration|comic|impressionis\w+|documentary|vintage|pencil|ink|low poly|claymation",
        "frame": r"vertical|horizontal|portrait format|landscape format|square|composition|composed|\d+:\d+",
        "pace": r"slow(?:ly)?|fast|quick(?:ly)?|rapid(?:ly)?|seconds?|time-?lapse|pace[ds]?|hurr(?:y|ied)|beats?",
    }.items()
}
"""An aspect -> what shows that the prompt already speaks of it: then nothing is added."""

HOURS: dict[str, str] = {
    "night": r"nights?|midnight|nocturnal|moonlit|moonlight|starry|after dark",
    "dawn": r"dawn|sunrise|daybreak|early morning|first light|morning",
    "dusk": r"sunset|dusk|twilight|golden hour|evening|blue hour",
    "day": r"day|daytime|daylight|noon|midday|afternoon|sunny|sunlit",
}
WEATHER: dict[str, str] = {
    "rain": r"rain\w*|drizzle|downpour|wet",
    "snow": r"snow\w*|winter|blizzard|frost\w*|icy",
    "fog": r"fog\w*|mist\w*|haze|hazy",
    "storm": r"storm\w*|thunder\w*|lightning",
    "clear": r"clear sky|clear skies|cloudless|sunny|sunshine",
}
SEASONS: dict[str, str] = {"winter": r"winter\w*", "spring": r"spring(?:time)?", "summer": r"summer\w*",
"autumn": r"autumn\w*|fall"}


def kind_of(text: str) -> str:
    """The kind of what a prompt names first: a key of KINDS, or "thing"."""
    return named(KINDS, text) or "thing"


def named(table: dict[str, str], text: str) -> str | None:
    """The entry of a table (KINDS, HOURS, WEATHER, SEASONS) that a text names first, or None."""
    hits = [(found.start(), name) for name, words in table.items()
            if (found := re.search(rf"\b(?:{words})\b", text, re.IGNORECASE))]
    return min(hits)[1] if hits else None


def pace_of(seconds: float) -> str:
    """How much can happen in a video of this length."""
    if seconds <= 4:
        return "One single continuous action"
    if seconds <= 8:
        return "One unhurried action from beginning to end"
    if seconds <= 15:
        return "Two beats: a calm opening, then the action, ending on a held image"
    return "Three beats: opening, development and a quiet last image"
