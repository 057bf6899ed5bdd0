"""The words a prompt may use for places, times, weather, subjects and styles: data only, read by words.py.

Each table maps a meaning to the phrases that name it, parted by commas. Singular forms; plurals are found by the reader.
"""

from __future__ import annotations

PLACES: dict[str, str] = {
    "sea": (
        "sea, ocean, beach, coast, coastline, seaside, shore, seashore, waves, wave, surf, bay, atlantic, pacific, "
        "mediterranean, island, open water, cliff by the sea, lagoon, tropical, sandy beach, seascape, horizon over "
        "the water, cliffs, coastal, coastal road, pier at sea, tide, shipwreck"
    ),
    "lake": "lake, pond, tarn, lakeside, loch, reservoir, mirror lake, still water, lakeshore, reflecting pool",
    "mountain": (
        "mountain, mountains, snowy mountain, snowy peak, snow-capped mountain, snow-capped peak, alps, alpine, peak, "
        "summit, ridge, ridgeline, himalaya, andes, dolomites, glacier, "
        "valley, canyon, mountainside, mountain pass, highlands, cliffside, fjord, rockies, everest, "
        "hillside"
    ),
    "forest": (
        "forest, wood, woods, woodland, jungle, rainforest, grove, pine trees, trees, birch, redwood, taiga, "
        "clearing, undergrowth, bamboo, bamboo forest, bamboo grove, tropical forest, amazon, pine forest, pines, "
        "among the trees, forest path, swamp"
    ),
    "desert": (
        "desert, monument valley, death valley, route 66, outback, dune, dunes, sahara, sand dunes, gobi, wasteland, "
        "arid, oasis, badlands, mars, martian, sand, cactus, mesa"
    ),
    "meadow": (
        "meadow, field, fields, grassland, prairie, pasture, hill, hills, countryside, farm, farmland, steppe, "
        "savanna, savannah, rolling hills, plain, plains, moor, moorland, heath, vineyard, garden, park, wildflowers,"
        " flower field, wheat field, lavender field, lawn, tundra, orchard, grass, country road, roadside, driveway"
    ),
    "city": (
        "city, skyline, cityscape, downtown, metropolis, skyscraper, skyscrapers, new york, tokyo, manhattan, london,"
        " hong kong, shanghai, megacity, urban, high-rise, towers, office towers, chicago, dubai, "
        "futuristic city, paris, berlin"
    ),
    "street": (
        "street, square, alley, road in town, plaza, avenue, boulevard, lane, pedestrian crossing, street crossing, "
        "crosswalk, market, backstreets, alleyway, "
        "cobblestone, cobblestones, old town, town square, sidewalk, pavement, tram stop, bus stop, "
        "piazza, backstreet, side street, town, city street"
    ),
    "harbour": (
        "harbour, harbor, port, marina, dock, docks, pier, quay, jetty, wharf, fishing village, venice, canal, waterfront"
    ),
    "river": "river, stream, creek, brook, riverbank, riverside, rapids, delta, estuary",
    "snowfield": (
        "snowfield, arctic, antarctic, ice field, ice, polar, north pole, south pole, frozen plain, iceberg, winter "
        "landscape, snowy field, snow field, frozen lake, winter wonderland"
    ),
    "room": (
        "room, interior, bedroom, living room, kitchen, studio, office, library, cafe, café, coffee shop, restaurant,"
        " bar, indoors, attic, apartment, loft, workshop, desk, window seat, classroom, hallway, hall, inside, "
        "bookshop, sofa, armchair, windowsill, fireplace, bookshelves, living-room, cosy corner"
    ),
    "space": (
        "space, outer space, galaxy, nebula, planet, planets, cosmos, universe, in orbit, earth orbit, asteroid, "
        "milky way from "
        "space, alien planet, starship, deep space, interstellar"
    ),
    "lunar": (
        "lunar, moon surface, lunar surface, on the moon, surface of the moon, moon landing, moon base, lunar "
        "landscape"
    ),
    "rooftops": "rooftop, rooftops, roofs, over the roofs, chimneys, rooftops of paris, above the roofs",
    "table": (
        "table, still life, on a table, wooden table, cup of coffee, coffee cup, cup of tea, teacup, mug, cappuccino, "
        "breakfast, tabletop, cup, latte, hot chocolate"
    ),
    "underwater": (
        "underwater, reef, coral reef, coral, corals, seabed, under the sea, beneath the waves, deep sea, ocean floor, "
        "under water, scuba, scuba diver, diver, school of fish, fish, sea turtle, jellyfish, atlantis, submarine"
    ),
    "village": (
        "village, hamlet, mountain village, alpine village, village street, snowy village, medieval village, small town, "
        "country village, christmas village"
    ),
    "volcano": "volcano, eruption, erupting volcano, lava, lava flow, crater of a volcano, magma",
    "waterfall": "waterfall, cascade, falls, waterfalls, niagara, iguazu, cataract",
}

TIMES: dict[str, str] = {
    "dawn": "dawn, sunrise, daybreak, early morning, first light, at sunup, sunup, morning mist, morning, break of day",
    "day": (
        "day, daytime, daylight, midday, noon, afternoon, sunny, bright day, in the sun, high sun, broad daylight, "
        "sunshine, sunlit"
    ),
    "golden": (
        "golden hour, golden light, late afternoon, evening light, warm light, low sun, golden afternoon, backlit, golden"
    ),
    "dusk": ("dusk, sunset, sundown, evening, twilight, nightfall, setting sun, at the end of the day, dusky, crepuscular"),
    "blue": "blue hour, before dawn, before sunrise, after sunset, late dusk",
    "night": (
        "night, midnight, nighttime, moonlight, moonlit, starry, stars, starlight, under the stars, full moon, at "
        "night, nocturnal, moon, milky way, aurora, northern lights, fireflies, late night, tonight"
    ),
}

WEATHERS: dict[str, str] = {
    "clear": "clear, cloudless, clear sky, blue sky, sunny",
    "cloudy": "cloudy, overcast, clouds, cloud, grey sky, gray sky, gloomy, cloudscape, dull, leaden sky",
    "rain": (
        "rain, rainy, raining, drizzle, shower, downpour, wet, rain-soaked, rain soaked, soaked, puddles, puddle, "
        "umbrella, monsoon"
    ),
    "snow": "snow, snowing, snowy, snowfall, blizzard, snowflakes, snow-covered, snow covered, snowstorm, falling snow",
    "fog": "fog, foggy, mist, misty, haze, hazy, smog, steam, low cloud, morning mist, murky, in the clouds",
    "storm": "storm, stormy, thunder, thunderstorm, lightning, tempest, hurricane, gale, windy storm, squall, tornado",
}

SEASONS: dict[str, str] = {
    "spring": (
        "spring, springtime, blossom, blossoms, cherry blossom, cherry blossoms, sakura, bloom, blooming, april, may morning"
    ),
    "summer": "summer, summery, july, august, hot, heat, heatwave, midsummer",
    "autumn": (
        "autumn, autumnal, fall, autumn leaves, fall leaves, fall colours, fall colors, falling leaves, october, "
        "november, foliage, harvest, halloween"
    ),
    "winter": (
        "winter, wintry, frost, frosty, frozen, icy, december, january, christmas, snow-covered, snowy, snow covered,"
        " ski, skiing, cold"
    ),
}

STYLES: dict[str, str] = {
    "natural": "photo, photograph, photorealistic, realistic, natural, photography",
    "watercolour": "watercolour, watercolor, aquarelle, gouache, wash, ink wash, water colour, water color",
    "noir": "noir, film noir, black and white, black-and-white, monochrome, b&w, greyscale, grayscale, bw",
    "neon": (
        "neon, cyberpunk, synthwave, vaporwave, neon lights, neon sign, neon signs, neon reflections, retrowave, "
        "futuristic, blade runner, outrun, neon-lit, neon lit, glowing signs, sci-fi city"
    ),
    "pencil": (
        "pencil, sketch, graphite, charcoal, drawing, line drawing, hand drawn, hand-drawn, ink drawing, etching, pen"
        " and ink, engraving, line art"
    ),
    "film": (
        "film, cinematic, analog, analogue, 35mm, kodak, film still, cinema, movie, movie still, anamorphic, "
        "polaroid, vintage photo, film grain, portra"
    ),
    "oil": (
        "oil, oil painting, impasto, painting, impressionist, impressionism, van gogh, painterly, canvas, brush "
        "strokes, monet, acrylic, expressionist"
    ),
    "pastel": "pastel, pastels, soft pastel, chalk, dreamy, soft colours, soft colors, storybook, children's book",
    "flat": (
        "anime, flat, cartoon, vector, ghibli, comic, cel shaded, cel-shaded, illustration, manga, poster, "
        "minimalist, minimal, low poly, flat design, screen print, travel poster, woodblock, ukiyo-e, linocut, "
        "risograph, pixel art"
    ),
    "sepia": "sepia, antique, daguerreotype, old photograph, tintype, victorian photo, nostalgic",
}

SUBJECTS: dict[str, str] = {
    "person": (
        "person, people, man, men, woman, women, boy, girl, child, children, kid, traveller, traveler, hiker, "
        "wanderer, figure, couple, friends, lady, gentleman, monk, astronaut, samurai, knight, dancer, runner, "
        "climber, pedestrian, farmer, wizard, surfer, lovers, family, stranger, tourist, crowd, hero, king, queen, "
        "princess, warrior, astronauts, cosmonaut, ballerina, portrait, old man, old woman, sailor, fishermen, "
        "viking, pirate, nun, elf, "
        " detective, artist, photographer, skier, commuter, musician, passerby, passersby, father, "
        "mother, son, daughter, grandfather, grandmother, robot, explorer, adventurer, guitarist, walker, fisherman"
    ),
    "cyclist": "cyclist, bicycle, bike, biker, cycling, bicyclist, courier",
    "rider": "rider, horseman, cowboy, horseback, on horseback",
    "dog": (
        "dog, puppy, golden retriever, retriever, labrador, husky, terrier, corgi, hound, sheepdog, wolf, fox, "
        "coyote, dachshund, poodle, shepherd dog"
    ),
    "cat": "cat, kitten, tabby, feline, kitty",
    "horse": "horse, pony, stallion, mare, foal, unicorn, donkey, zebra",
    "deer": "deer, stag, doe, elk, moose, reindeer, fawn, antelope, gazelle",
    "cow": "cow, cattle, bull, bison, buffalo, ox",
    "sheep": "sheep, lamb, goat",
    "elephant": "elephant, mammoth",
    "camel": "camel, caravan, dromedary",
    "bear": "bear, grizzly, polar bear, panda",
    "rabbit": "rabbit, hare, bunny",
    "bird": (
        "bird, seagull, gull, crow, raven, eagle, hawk, swallow, goose, geese, pigeon, dove, flock, flock of birds, "
        "starling, crane bird, parrot, owl"
    ),
    "heron": "heron, crane, flamingo, stork, egret",
    "whale": "whale, humpback, orca, dolphin",
    "boat": "boat, rowing boat, rowboat, canoe, kayak, gondola, dinghy, fishing boat, raft",
    "sailboat": "sailboat, sailing boat, yacht, sail, sailing ship, schooner, galleon, pirate ship, regatta",
    "ship": "ship, steamer, ferry, freighter, cargo ship, cruise ship, container ship, tanker",
    "tram": "tram, streetcar, trolley, cable car",
    "train": "train, locomotive, railway, steam train, subway train",
    "bus": "bus, coach, double-decker",
    "car": (
        "car, fire truck, fire engine, taxi, automobile, cab, sports car, vintage car, van, truck, jeep, convertible, "
        "traffic"
    ),
    "tent": "tent, camp, camping, campsite, yurt, tipi, teepee",
    "campfire": "campfire, bonfire, fire, camp fire, fireplace, flames",
    "lighthouse": "lighthouse, beacon",
    "house": "house, cottage, cabin, hut, barn, farmhouse, chalet, shack, home, lodge, log cabin",
    "castle": "castle, fortress, ruins, ruin, palace, temple, pagoda, shrine, cathedral",
    "church": "church, chapel, monastery, steeple",
    "windmill": "windmill, mill, wind turbine, wind turbines",
    "bridge": "bridge, viaduct, footbridge, aqueduct",
    "balloon": "balloon, hot air balloon, hot-air balloon, airship, zeppelin",
    "plane": "plane, airplane, aeroplane, jet, aircraft, biplane",
    "rocket": "rocket, spaceship, spacecraft, shuttle",
    "tree": "lone tree, tree, oak, old oak, single tree, willow, maple, bonsai",
    "palm": "palm, palm tree, palms, coconut tree",
    "bench": "bench, park bench",
    "lamp": "street lamp, streetlight, lamp post, lantern, street light",
    "umbrella": "umbrella, parasol",
    "flower": "flower, rose, tulip, poppy, sunflower, daisy, bouquet, lavender, lily, wildflowers, vase",
}

ACTIONS: dict[str, str] = {
    "run": (
        "running, runs, run, galloping, gallops, racing, sprinting, chasing, jumping, leaping, playing, jogging, bounding"
    ),
    "sit": "sitting, sits, seated, resting, reading, sleeping, lying, meditating, curled up, asleep",
    "walk": "walking, walks, strolling, wandering, hiking, crossing, marching, wading",
    "stand": "standing, stands, waiting, looking, watching, gazing, staring, posing, grazing",
    "fly": "flying, soaring, gliding, hovering",
}

COUNTS: dict[str, int] = {
    "a": 1,
    "an": 1,
    "one": 1,
    "single": 1,
    "lone": 1,
    "lonely": 1,
    "solitary": 1,
    "two": 2,
    "pair": 2,
    "couple": 2,
    "three": 3,
    "trio": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "dozen": 12,
    "some": 3,
    "few": 3,
    "several": 4,
    "many": 7,
    "group": 5,
    "herd": 7,
    "flock": 11,
    "crowd": 12,
    "family": 4,
    "friends": 3,
    "people": 3,
    "couples": 2,
    "lovers": 2,
    "caravan": 5,
    "pack": 5,
    "swarm": 12,
    "fleet": 5,
    "pair of": 2,
    "children": 3,
    "men": 2,
    "women": 2,
    "cattle": 4,
    "geese": 7,
    "traffic": 4,
}

COLOURS: dict[str, str] = {
    "red": "#c8362c",
    "crimson": "#a3182b",
    "scarlet": "#d62b1f",
    "orange": "#e2852a",
    "amber": "#f0a52c",
    "yellow": "#ecc63a",
    "golden": "#e0aa3e",
    "gold": "#e0aa3e",
    "green": "#4f9a4a",
    "emerald": "#1f8a5b",
    "olive": "#7a7f3a",
    "teal": "#1f8a8a",
    "turquoise": "#35b8b0",
    "cyan": "#2fc4dc",
    "blue": "#2f66c4",
    "azure": "#3a8ee0",
    "navy": "#1d2f6b",
    "indigo": "#40359a",
    "violet": "#7a45b8",
    "purple": "#7d3c98",
    "magenta": "#d12c96",
    "pink": "#ea8fb4",
    "rose": "#e0708c",
    "brown": "#7a5233",
    "ochre": "#c58a34",
    "beige": "#d9c6a0",
    "white": "#f2f0ea",
    "silver": "#b8bec6",
    "lavender": "#a48fd0",
    "coral": "#f0735a",
    "mint": "#8fd6b4",
    "copper": "#b8683a",
    "rust": "#a34a24",
}

MOODS: dict[str, str] = {
    "calm": "calm, peaceful, quiet, serene, tranquil, still, gentle, soft, relaxing, silent, idyllic, cozy, cosy",
    "dramatic": "dramatic, epic, intense, powerful, majestic, awe-inspiring, grand, breathtaking",
    "dark": (
        "dark, moody, ominous, eerie, haunting, sinister, gothic, creepy, spooky, horror, brooding, mysterious, "
        "melancholy, lonely, sad"
    ),
    "joyful": "joyful, happy, cheerful, vibrant, colourful, colorful, vivid, lively, bright, festive, playful, fun",
    "dreamy": (
        "dreamy, dreamlike, surreal, magical, ethereal, fantasy, enchanted, whimsical, fairytale, mystical, otherworldly"
    ),
}

FEATURES: dict[str, str] = {
    "sun": "sun, sunrise, sunset, setting sun, sunshine, sunbeam, sunbeams",
    "moon": "moon, full moon, moonlight, moonlit, crescent, crescent moon",
    "stars": "stars, starry, milky way, starlight, under the stars, constellation",
    "aurora": "aurora, northern lights, aurora borealis, southern lights",
    "rays": (
        "rays, light rays, god rays, sunbeam, sunbeams, shafts of light, light shafts, light beams, beams of light, "
        "volumetric light"
    ),
    "rainbow": "rainbow",
    "reflection": "reflection, reflections, reflected, mirror, mirrored, neon reflections, puddles, wet, rain-soaked",
    "neon": "neon, neon lights, neon sign, neon signs, neon reflections, neon-lit, cyberpunk, synthwave",
    "leaves": "autumn leaves, falling leaves, fall leaves, leaves, drifting leaves",
    "petals": "petals, cherry blossoms, cherry blossom, sakura, falling petals",
    "fireflies": "fireflies, firefly, glowing insects, fairy lights",
    "embers": "embers, sparks, campfire, bonfire, fire, ash",
    "dust": "dust, dusty, motes, sandstorm, pollen",
    "flowers": (
        "flowers, wildflowers, flower field, poppies, poppy, tulips, lavender, lavender field, sunflowers, "
        "blossoming, bloom, daisies, flower, blooming"
    ),
    "pines": "pine, pines, fir, spruce, conifer, taiga, pine trees, evergreen",
    "birch": "birch, birches, aspen",
    "palms": "palm, palms, palm tree, palm trees, tropical, oasis, coconut",
    "path": "path, trail, road, track, footpath, forest path, lane, highway, coastal road, country road, roadside, driveway",
    "asphalt": "road, highway, coastal road, country road, roadside, asphalt, motorway, route 66",
    "bamboo": "bamboo, bamboo forest, bamboo grove",
    "jungle": "jungle, rainforest, tropical forest, amazon",
    "books": "library, bookshop, books, bookshelves, bookshelf, reading room, study",
    "hearth": "fireplace, hearth, log fire",
    "alley": "alley, alleyway, backstreet, backstreets, lane, side street",
    "waterfall": "waterfall, cascade",
    "volcano": "volcano, eruption, lava",
    "island": "island, islands, islet",
    "cactus": "cactus, cacti, saguaro",
    "mesa": "mesa, canyon, badlands, butte, monument valley",
    "planet": "planet, planets, saturn, gas giant, alien planet, rings",
    "surface": "moon surface, lunar surface, mars, martian, asteroid, crater, craters",
    "windy": "windy, wind, breeze, gale, gust",
    "closeup": "close-up, closeup, close up, portrait, headshot, face, bust, profile, portrait of, selfie, close portrait",
    "tropical": "tropical, caribbean, maldives, hawaii, lagoon, palm beach",
    "wheat": "wheat, wheat field, barley, cornfield, corn, golden field, savanna, savannah, harvest, hay",
    "lavender": "lavender field, lavender",
    "snowy": (
        "snowy mountain, snowy peak, snow-capped mountain, snow-capped peak, snow-covered, snow covered, snowy, snow, "
        "snowfield, frozen, ski, skiing, snow-capped"
    ),
    "hat": "hat, cowboy, detective, wizard, samurai, fisherman, farmer, sailor, pirate",
    "skirt": (
        "woman, women, girl, old woman, ballerina, nun, her, lady, princess, queen, mother, daughter, grandmother, "
        "dancer, dress"
    ),
    "cloak": "cloak, coat, wizard, monk, cape, robe, knight, king",
    "child": "child, children, kid, boy, girl, son, daughter",
    "umbrella": "umbrella, parasol",
    "lit": (
        "lit windows, warm windows, lights, city lights, lanterns, candle, candles, candlelight, lamplight, glow, "
        "glowing, illuminated"
    ),
}
