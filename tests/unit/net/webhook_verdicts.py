"""Events that are whole, changed in one bit, replayed, late, early, signed with old and new secrets: is each verdict right?

The test runs some of them; `python -m tests.unit.net.webhook_verdicts 1000000` runs that many. What is expected is worked
out here, by how each event was made, and the signature is computed by hand.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from studio.app.webhooks import RecentEvents
from studio.net.webhook_signatures import TOLERANCE_S, SignatureVerifier, WebhookSignatureError

NOW = 1_790_000_000
ACCEPTED, DUPLICATE = "accepted", "duplicate"
WRONG = frozenset({"WrongSignatureError"})
BROKEN = frozenset({"WrongSignatureError", "MalformedSignatureError"})
ANY_TIME = frozenset({"WrongSignatureError", "MalformedSignatureError", "StaleSignatureError", "FutureSignatureError"})


@dataclass(frozen=True)
class Event:
    id: str
    stamp: str
    signature: str
    body: bytes
    absent: str = ""

    def headers(self) -> dict[str, str]:
        every = {"webhook-id": self.id, "webhook-timestamp": self.stamp, "webhook-signature": self.signature}
        return {name: value for name, value in every.items() if name != self.absent}


def sign(key: bytes, event: str, stamp: str, body: bytes) -> str:
    mac = hmac.new(key, event.encode() + b"." + stamp.encode() + b"." + body, hashlib.sha256)
    return "v1," + base64.b64encode(mac.digest()).decode()


class Trials:
    """One account: two secrets are good (one replaces the other), one is long gone. `run` makes an event and judges it."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.keys = [self.chance.randbytes(32), self.chance.randbytes(24)]
        self.old = self.chance.randbytes(32)
        written = ["whsec_" + base64.b64encode(key).decode() for key in self.keys]
        self.verifier = SignatureVerifier(written, clock=lambda: NOW)
        self.recent = RecentEvents(1000)
        self.number = 0
        self.kinds: dict[str, Callable[[], tuple[Event, frozenset[str]]]] = {
            name.removeprefix("make_"): getattr(self, name) for name in dir(self) if name.startswith("make_")
        }
        self.last: Event | None = None

    def fresh(self, key: bytes | None = None, offset: int | None = None) -> Event:
        self.number += 1
        name = f"evt_{self.number:x}_{self.chance.getrandbits(32):08x}"
        late = self.chance.randint(-TOLERANCE_S, TOLERANCE_S) if offset is None else offset
        value = {"event": "request.succeeded", "data": {"id": f"req_{self.number}", "words": "é 漢 \x00"}}
        body = json.dumps(value, ensure_ascii=self.chance.random() < 0.5).encode()
        stamp = str(NOW + late)
        return Event(name, stamp, sign(key or self.chance.choice(self.keys), name, stamp, body), body)

    def make_whole(self) -> tuple[Event, frozenset[str]]:
        self.last = self.fresh()
        return self.last, frozenset({ACCEPTED})

    def make_edge(self) -> tuple[Event, frozenset[str]]:
        return self.fresh(offset=self.chance.choice((-TOLERANCE_S, TOLERANCE_S))), frozenset({ACCEPTED})

    def make_replay(self) -> tuple[Event, frozenset[str]]:
        if self.last is None:
            return self.make_whole()
        return self.last, frozenset({DUPLICATE})

    def make_stale(self) -> tuple[Event, frozenset[str]]:
        return self.fresh(offset=-self.chance.randint(TOLERANCE_S + 1, 10**7)), frozenset({"StaleSignatureError"})

    def make_early(self) -> tuple[Event, frozenset[str]]:
        return self.fresh(offset=self.chance.randint(TOLERANCE_S + 1, 10**7)), frozenset({"FutureSignatureError"})

    def make_old_secret(self) -> tuple[Event, frozenset[str]]:
        return self.fresh(self.old), WRONG

    def make_rotation(self) -> tuple[Event, frozenset[str]]:
        """Signed by the sender's old and new secrets, and in a version that we do not know."""
        event = self.fresh()
        more = [event.signature, sign(self.old, event.id, event.stamp, event.body), "v1a,AAAA", "v2,abc="]
        self.chance.shuffle(more)
        return replace(event, signature=" ".join(more)), frozenset({ACCEPTED})

    def make_old_rotation(self) -> tuple[Event, frozenset[str]]:
        event = self.fresh(self.old)
        another = sign(self.chance.randbytes(32), event.id, event.stamp, event.body)
        return replace(event, signature=f"{event.signature} {another}"), WRONG

    def make_flip_body(self) -> tuple[Event, frozenset[str]]:
        event = self.fresh()
        return replace(event, body=self.flipped(event.body)), WRONG

    def make_cut_body(self) -> tuple[Event, frozenset[str]]:
        event = self.fresh()
        return replace(event, body=event.body[: self.chance.randrange(len(event.body))]), WRONG

    def make_flip_id(self) -> tuple[Event, frozenset[str]]:
        event = self.fresh()
        return replace(event, id=self.flipped(event.id.encode()).decode("latin-1")), BROKEN

    def make_flip_stamp(self) -> tuple[Event, frozenset[str]]:
        event = self.fresh()
        return replace(event, stamp=self.flipped(event.stamp.encode()).decode("latin-1")), ANY_TIME

    def make_new_stamp(self) -> tuple[Event, frozenset[str]]:
        """An old event, sent as if it were of now."""
        event = self.fresh(offset=-self.chance.randint(TOLERANCE_S + 1, 10**6))
        return replace(event, stamp=str(NOW)), WRONG

    def make_flip_signature(self) -> tuple[Event, frozenset[str]]:
        event = self.fresh()
        return replace(event, signature=self.flipped(event.signature.encode()).decode("latin-1")), BROKEN

    def make_cut_signature(self) -> tuple[Event, frozenset[str]]:
        event = self.fresh()
        return replace(event, signature=event.signature[: self.chance.randint(1, len(event.signature) - 1)]), BROKEN

    def make_other_spelling(self) -> tuple[Event, frozenset[str]]:
        """Another base64 text for the same bytes: 43 characters hold two bits that decoding drops."""
        event = self.fresh()
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        last = letters.index(event.signature[-2])
        other = letters[last ^ self.chance.randint(1, 3)]
        return replace(event, signature=event.signature[:-2] + other + "="), WRONG

    def make_absent(self) -> tuple[Event, frozenset[str]]:
        name = self.chance.choice(("webhook-id", "webhook-timestamp", "webhook-signature"))
        return replace(self.fresh(), absent=name), frozenset({"MissingSignatureError"})

    def make_swapped(self) -> tuple[Event, frozenset[str]]:
        """The signature of one event on another."""
        return replace(self.fresh(offset=0), signature=self.fresh(offset=0).signature), WRONG

    def flipped(self, data: bytes) -> bytes:
        place = self.chance.randrange(len(data) * 8)
        changed = bytearray(data)
        changed[place // 8] ^= 1 << place % 8
        return bytes(changed)

    def verdict(self, event: Event) -> str:
        try:
            found = self.verifier.verify(event.headers(), event.body)
        except WebhookSignatureError as error:
            return type(error).__name__
        return ACCEPTED if self.recent.is_new("account", found) else DUPLICATE

    def run(self, count: int) -> tuple[Counter[str], list[str]]:
        """How often each verdict was given, and the wrong ones in words."""
        seen: Counter[str] = Counter()
        wrong = []
        names = list(self.kinds)
        for number in range(count):
            kind = names[number % len(names)]
            event, expected = self.kinds[kind]()
            verdict = self.verdict(event)
            seen[verdict] += 1
            if verdict not in expected:
                wrong.append(f"{kind}: {verdict}, not one of {sorted(expected)}: {event}")
        return seen, wrong


if __name__ == "__main__":
    total = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    began = time.perf_counter()
    counted, faults = Trials(seed=20260321).run(total)
    print(f"{total} events in {time.perf_counter() - began:.1f} s: {dict(counted)}; wrong verdicts: {len(faults)}")
    print(*faults[:10], sep="\n")
    sys.exit(1 if faults else 0)
