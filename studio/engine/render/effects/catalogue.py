"""All sounds that can be made, the words that mean them, and the sounds that belong to a place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from studio.engine.render.effects import airs, blows, machines, signals
from studio.engine.render.effects.touch import Mono, Touch
from studio.engine.render.sound import life, weather
from studio.engine.render.sound.noise import Stereo

Bed = Callable[[np.random.Generator, float], Stereo]
Single = Callable[[np.random.Generator, Touch], Mono]


@dataclass(frozen=True, slots=True)
class Sound:
    """One sound: a `bed` that lasts, or a `single` one that happens.

    `level` in the mix (beds by RMS, singles by peak). `hit_share`: the share of its length from its beginning to the moment
    that is seen. `every_s`: a single sound that goes on by itself, at this pace, give or take `loose` of it.
    `again_s`: the usual time between two that come by chance. `moves`: a bed that swells with what moves in a picture.
    `follows`: a series whose beats follow a picture's.
    """

    name: str
    words: str
    bed: Bed | None = None
    single: Single | None = None
    level: float = 0.5
    hit_share: float = 0.0
    every_s: float = 0.0
    loose: float = 0.05
    again_s: float = 4.0
    moves: bool = False
    follows: bool = True


SOUNDS: tuple[Sound, ...] = (
    # what lasts
    Sound("thunderstorm", r"thunder ?storms?", weather.rain, level=0.8),
    Sound("rain", r"rain\w*|drizzl\w+|downpour|shower", weather.rain, level=0.8),
    Sound("wind", r"wind\w*|gust\w*|gale|storm\w*|blizzard|howling wind", weather.wind, level=0.7, moves=True),
    Sound("breeze", r"breez\w+|leaves rustling|rustling leaves|rustle of leaves", weather.breeze, level=0.5),
    Sound("waves", r"waves?|surf|sea|ocean|breakers", weather.waves, level=0.8),
    Sound("stream", r"stream|river|brook|creek|waterfall|running water|flowing water|fountain|pouring|tap water|faucet",
          weather.stream,
          level=0.7),
    Sound("lapping", r"lapping|lake", weather.lapping, level=0.6),
    Sound("fire", r"fire(?!works?|arm)\w*|campfire|bonfire|flames?|crackl\w+|burning", weather.fire, level=0.75),
    Sound("birds", r"bird\w*|chirp\w*|dawn chorus|songbirds?|sparrows?|robins?", life.birds, level=0.5),
    Sound("gulls", r"gulls?|seagulls?", life.gulls, level=0.4),
    Sound("crickets", r"crickets?|cicadas?|grasshoppers?|night insects?", life.crickets, level=0.4),
    Sound("owl", r"owls?|hoot\w*", life.owl, level=0.4),
    Sound("insects", r"bees?|fl(?:y|ies) buzzing|mosquito\w*|insects?|wasps?|swarm", machines.insects, level=0.4,
          moves=True),
    Sound("city", r"city|traffic|street noise|urban|downtown|highway", life.city, level=0.6, moves=True),
    Sound("crowd", r"crowd\w*|people talking|chatter\w*|murmur\w*|market|restaurant|caf[eé]|voices|babble", life.crowd,
          level=0.6),
    Sound("cheering", r"cheer\w*|stadium|fans|roar of the crowd", machines.cheering, level=0.6, moves=True),
    Sound("applause", r"applaus\w*|applaud\w*|clapping|ovation", machines.applause, level=0.65),
    Sound("engine", r"engines?|cars?(?! (?:door|horn))|motor(?!cycle|bike)\w*|revv?\w*|race ?car|vehicle|driving",
          machines.engine, level=0.6,
          moves=True),
    Sound("motorcycle", r"motor(?:cycle|bike)s?|scooter", machines.motorcycle, level=0.6, moves=True),
    Sound("truck", r"trucks?|lorry|diesel|tractor|bus", machines.idle_truck, level=0.6, moves=True),
    Sound("train", r"trains?|railway|subway|tram", life.train, level=0.7, moves=True),
    Sound("helicopter", r"helicopters?|choppers?|rotor|drone flying|quadcopter", machines.helicopter, level=0.65,
          moves=True),
    Sound("jet", r"jets?|(?:air)?planes?|aircraft|fly-?by|rocket|take ?off", machines.jet, level=0.7, moves=True),
    Sound("siren", r"sirens?|police car|ambulance|fire truck", machines.siren, level=0.45),
    Sound("alarm", r"alarms?(?! clock tick)", machines.alarm, level=0.35),
    Sound("hum", r"humm?(?:ing)?|refrigerator|server room|ventilation|fan|air condition\w*|machinery|spaceship|starship",
          machines.hum, level=0.4),
    Sound("vacuum", r"vacuum|hair ?dryer|drill\w*|blender|chainsaw|power tools?", machines.vacuum, level=0.55, moves=True),
    Sound("boiling", r"boil\w*|bubbl\w+|simmer\w*|cauldron", machines.boiling, level=0.5),
    Sound("electricity", r"electric\w*|high voltage|tesla|neon buzz", machines.electricity, level=0.45),
    Sound("static", r"static|radio noise|vinyl|white noise|interference", machines.static, level=0.4),
    Sound("rustle", r"rustl\w+|clothes|fabric|cloth", machines.rustle, level=0.5, moves=True),
    Sound("underwater", r"underwater|diving|submarine", life.underwater, level=0.7),
    Sound("drone", r"drone(?! flying)|outer space|cosmic|deep space|eerie tone|ominous", life.space, level=0.5),
    Sound("snow", r"snow\w*", weather.snow_hush, level=0.3),
    Sound("room tone", r"room tone|quiet room|indoors?", life.room, level=0.3),
    # what goes on by itself
    Sound("footsteps", r"foot ?steps?|steps?|walk\w*|foot ?falls?|strides?|running(?! water)|jogging", single=blows.footstep,
          level=0.6,
          every_s=0.54),
    Sound("clock", r"clocks?|tick(?:s|ing)?(?:[- ]tock\w*)?|stopwatch", single=blows.tick, level=0.4, every_s=0.5, loose=0.0,
          follows=False),
    Sound("heartbeat", r"heart ?beats?|heart\b|pulse", single=signals.heartbeat, level=0.7, every_s=0.86, loose=0.02,
          follows=False),
    Sound("typing", r"typing|keyboard|types?(?= on)|typewriter", single=blows.key_press, level=0.45, every_s=0.15,
          loose=0.45, follows=False),
    Sound("hooves", r"hooves|hoof\w*|horses?|gallop\w*", single=blows.hoof, level=0.55, every_s=0.24, loose=0.12),
    Sound("breathing", r"breath\w*|panting|gasp\w*", single=airs.breath, level=0.4, every_s=2.6, follows=False),
    Sound("water drops", r"(?:water )?drops?|drip\w*|droplets?|leaking", single=airs.drop, level=0.45, every_s=0.8,
          loose=0.35),
    Sound("hammering", r"hammer\w*|construction|anvil|blacksmith", single=blows.metal, level=0.6, every_s=0.75, loose=0.08),
    Sound("phone", r"phones?|telephones?|ringtone", single=signals.phone, level=0.4, every_s=2.4, loose=0.0, follows=False),
    # what happens
    Sound("thunder", r"thunder\w*|lightning", single=airs.thunderclap, level=0.9, again_s=7.0),
    Sound("whoosh", r"whoosh\w*|swoosh\w*|swish\w*|swipe|transition|pass(?:es|ing) by|swing\w*|sword|throw\w*",
          single=airs.whoosh, level=0.6,
          hit_share=0.5, again_s=2.0),
    Sound("explosion", r"explo\w+|(?<!laser )blast\w*|boom\w*|detonat\w+|bomb\w*", single=airs.explosion, level=0.95,
          again_s=4.0),
    Sound("gunshot", r"gun ?shots?|shots? fired|gun\w*|rifle|pistol|fireworks?|firecrackers?", single=airs.shot, level=0.85,
          again_s=1.5),
    Sound("door", r"doors?(?! ?bells?)(?! creak\w*)(?! knock\w*)|slam\w* (?:it )?(?:shut|closed)|slamming",
          single=blows.door, level=0.75, again_s=4.0),
    Sound("impact", r"impact\w*|hits?|hitting|thud\w*|slam\w*(?! door)|crash\w*|bang\w*|collision|stomp\w*|bounc\w+|lands?|"
                    r"landing|fall(?:s|ing)?(?! snow)",
          single=blows.impact, level=0.9, again_s=2.5),
    Sound("punch", r"punch\w*|kick\w*|slap\w*|fight\w*", single=blows.punch, level=0.7, again_s=1.0),
    Sound("glass", r"glass(?:es)?|window break\w*|shatter\w*|smash\w*|breaking", single=blows.glass, level=0.6, again_s=3.0),
    Sound("clink", r"clink\w*|toast|coins?|cutlery|dishes", single=blows.clink, level=0.4, again_s=1.2),
    Sound("keys", r"keys(?! of)|jingl\w+", single=blows.shaken, level=0.4, again_s=1.5),
    Sound("knocking", r"knock\w*", single=blows.knock, level=0.6, every_s=0.0, again_s=0.28),
    Sound("creak", r"creak\w*|squeak\w*|hinges?|old floor\w*", single=blows.creak, level=0.45, again_s=3.0),
    Sound("metal", r"metal\w*|clang\w*|clank\w*|pipe", single=blows.metal, level=0.6, again_s=2.0),
    Sound("wood", r"wood(?:en)? (?:block|knock|hit)\w*|log|plank|chop\w*|axe", single=blows.wood, level=0.6, again_s=1.2),
    Sound("bell", r"bells?(?! ?bird)|church bell\w*|toll\w*", single=blows.bell, level=0.6, again_s=2.4),
    Sound("chime", r"chimes?|wind chimes?|twinkl\w+|sparkl\w+|magic\w*|shimmer\w*|fairy", single=blows.chime, level=0.4,
          again_s=0.6),
    Sound("gong", r"gongs?", single=blows.gong, level=0.6, again_s=5.0),
    Sound("splash", r"splash\w*|plunge\w*|dives?\b|jumps? into (?:the )?water", single=airs.splash, level=0.7, again_s=2.5),
    Sound("steam", r"steam|hiss\w*|pneumatic|spray\w*", single=airs.steam, level=0.4, again_s=2.5),
    Sound("spark", r"sparks?|zap\w*|short circuit|taser", single=airs.spark, level=0.5, again_s=1.0),
    Sound("pop", r"pops?|popping|cork|plop", single=airs.pop, level=0.5, again_s=1.0),
    Sound("boing", r"boing\w*|spring(?!time)|cartoon", single=airs.boing, level=0.5, again_s=1.5),
    Sound("click", r"(?:ui|button|mouse|interface|menu)? ?clicks?|clicking|button\w*|ui sounds?|tap(?:s|ping)?(?! water)|"
                   r"switch\w*", single=signals.click,
          level=0.4, again_s=0.7),
    Sound("beep", r"beep\w*|bleep\w*|sonar|radar|countdown", single=signals.beep, level=0.4, again_s=1.0),
    Sound("notification", r"notification\w*|ding|message (?:tone|sound)|ping|doorbell|alert", single=signals.notification,
          level=0.45, again_s=2.0),
    Sound("success", r"success\w*|level.?up|power.?up collect\w*|win(?:ning)?\b|correct|achievement|reward",
          single=signals.success, level=0.45,
          again_s=2.0),
    Sound("error", r"errors?|wrong|fail\w*|buzzer|denied", single=signals.error, level=0.4, again_s=2.0),
    Sound("laser", r"lasers?|blasters?|ray ?gun|pew\w*|phaser", single=signals.laser, level=0.5, again_s=0.6),
    Sound("power up", r"power\w* up|charg(?:e|es|ing) up|riser?|charging|teleport\w*", single=signals.power_up, level=0.5,
          again_s=3.0),
    Sound("glitch", r"glitch\w*|digital distortion|data|computer", single=signals.glitch, level=0.4, again_s=1.5),
    Sound("horn", r"horns?|honk\w*|fog ?horn", single=signals.horn, level=0.5, again_s=2.5),
    Sound("shutter", r"camera\w*|shutter|snapshot|photo\w*", single=blows.shutter, level=0.45, again_s=1.2),
    Sound("paper", r"paper|page\w*|crumpl\w+|newspaper|book", single=blows.crumple, level=0.45, again_s=1.5),
    Sound("dog", r"dogs?|bark\w*|puppy|puppies", single=signals.bark, level=0.6, again_s=0.5),
    Sound("cat", r"cats?|meow\w*|kitten\w*", single=signals.meow, level=0.45, again_s=2.2),
    Sound("wolf", r"wol(?:f|ves)|howls?|howling(?! wind)|coyote\w*", single=signals.howl, level=0.5, again_s=4.0),
)
BY_NAME = {sound.name: sound for sound in SOUNDS}
# What belongs to a place where the words name no sound of it: beds and their levels relative to their own.
PLACES: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = (
    (r"beach|coast|shore|harbou?r|island|seaside", (("waves", 0.8), ("gulls", 0.5))),
    (r"forest|woods|jungle|park|garden|meadow|countryside|farm|fields?", (("breeze", 0.7), ("birds", 0.7))),
    (r"mountains?|desert|canyon|cliffs?|arctic|tundra", (("wind", 0.7),)),
    (r"streets?|town|sidewalk|alley", (("city", 0.5),)),
    (r"room|office|house|kitchen|library|bedroom|hallway", (("room tone", 0.5),)),
    (r"night(?:time)?|midnight|dusk", (("crickets", 0.5),)),
    (r"bar|pub|party|station|mall|school|classroom", (("crowd", 0.5),)),
    (r"swamp|pond|marsh", (("crickets", 0.6), ("lapping", 0.5))),
)
