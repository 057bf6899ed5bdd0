"""P7: the download of a large file, its hash included, against curl (which makes no hash) from the same server.

P7.held: over a link held to 1 Gbit/s; P7.unheld: as fast as loopback goes; P7.hash: the same speed over that of SHA-256
alone on this processor, which no download with a hash can pass; P7.kill: the share of the file that is fetched again after
`kill -9` in the middle; P7.memory: the growth of memory over a file eight times as large, as a ratio.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from tests.bench.ratios import interleave, note, report

SIZE = 512 * 1024**2
GIGABIT = 125_000_000
PAIRS = 5
_CHILD = """
import asyncio, resource, sys
from pathlib import Path
from studio.net.transport import Transport
async def main():
    transport = Transport()
    print("begun", flush=True)
    print(await transport.download(sys.argv[1], Path(sys.argv[2])))
    await transport.aclose()
asyncio.run(main())
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


@contextlib.contextmanager
def server(size: int, rate: int) -> Iterator[str]:
    command = [sys.executable, "-m", "tests.bench.file_server", str(size), str(rate)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.kill()
        process.wait()
        if process.stdout is not None:
            process.stdout.close()


def curl(url: str, to: Path) -> float:
    """Bytes a second."""
    to.unlink(missing_ok=True)
    began = time.perf_counter()
    subprocess.run(["curl", "-s", "-f", "-o", str(to), f"{url}/file"], check=True)
    return to.stat().st_size / (time.perf_counter() - began)


def ours(url: str, to: Path) -> float:
    from studio.net.transport import Transport

    async def fetch() -> float:
        transport = Transport()
        began = time.perf_counter()
        await transport.download(f"{url}/file", to)
        spent = time.perf_counter() - began
        await transport.aclose()
        return to.stat().st_size / spent

    to.unlink(missing_ok=True)
    return asyncio.run(fetch())


def speed(name: str, rate: int, goal: str, folder: Path) -> None:
    with server(SIZE, rate) as url:
        curl(url, folder / "warm")
        speeds: dict[str, list[float]] = {"ours": [], "curl": []}

        def timed(who: str) -> float:
            speeds[who].append(ours(url, folder / "a") if who == "ours" else curl(url, folder / "b"))
            return speeds[who][-1]

        ratios = interleave(lambda: timed("ours"), lambda: timed("curl"), PAIRS)
    best = {who: round(max(found) / 1e6) for who, found in speeds.items()}
    report(name, ratios, goal, f"curl, {SIZE >> 20} MiB over loopback, without a hash", best_mb_per_s=best)
    if not rate:
        hashed = [hashing() for _ in range(PAIRS)]
        shares = [one / other for one, other in zip(speeds["ours"], hashed, strict=True)]
        report("P7.hash", shares, ">= 0.8", "SHA-256 alone, of bytes in memory", hash_mb_per_s=round(max(hashed) / 1e6))


def hashing() -> float:
    """Bytes a second."""
    block = os.urandom(4 << 20)
    began, made = time.perf_counter(), hashlib.sha256()
    for _ in range(32):
        made.update(block)
    return 32 * len(block) / (time.perf_counter() - began)


def after_a_kill(folder: Path) -> None:
    """Kill -9 at several places of the file; what the server sent beyond the file's size was fetched again."""
    shares = []
    for quarter in (0.2, 0.5, 0.8):
        with server(SIZE, GIGABIT * 2) as url:
            part = folder / f"kill-{quarter}.part"
            child = subprocess.Popen([sys.executable, "-c", _CHILD, f"{url}/file", str(part)], stdout=subprocess.PIPE)
            while not part.exists() or part.stat().st_size < SIZE * quarter:
                time.sleep(0.01)
            child.kill()
            child.communicate()
            time.sleep(0.3)  # the server notices that nobody reads; what lies in its socket was never fetched
            had = part.stat().st_size
            before = sent(url)
            ours_resumed(url, part)
            shares.append((sent(url) - before + had - SIZE) / SIZE)
            part.unlink()
    report("P7.kill", shares, "<= 0.01", "the whole file")


def sent(url: str) -> int:
    with urllib.request.urlopen(f"{url}/sent") as answer:  # noqa: S310  our own server
        return int(answer.read())


def ours_resumed(url: str, part: Path) -> None:
    from studio.net.transport import Transport

    async def fetch() -> None:
        transport = Transport()
        await transport.download(f"{url}/file", part)
        await transport.aclose()

    asyncio.run(fetch())


def memory(folder: Path) -> None:
    peaks = []
    for size in (SIZE // 8, SIZE):
        with server(size, 0) as url:
            command = [sys.executable, "-c", _CHILD, f"{url}/file", str(folder / "memory")]
            done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            peaks.append(int(done.stdout.split()[-1]) / (1 if sys.platform == "linux" else 1024))
            (folder / "memory").unlink()
    report("P7.memory", [peaks[1] / peaks[0]], "<= 1.05", f"the peak for {SIZE >> 23} MiB: {peaks[0] / 1024:.0f} MiB")


def main() -> int:
    if shutil.which("curl") is None or sys.platform == "win32":
        note("P7 needs curl and os.sendfile: it is measured on Linux and macOS")
        return 1
    os.environ.setdefault("PYTHONPATH", os.getcwd())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        speed("P7.held", GIGABIT, ">= 0.9", folder)
        speed("P7.unheld", 0, ">= 0.55", folder)
        after_a_kill(folder)
        memory(folder)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
