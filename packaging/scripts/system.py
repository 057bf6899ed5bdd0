"""System libraries: which are missing, and installing them on Debian and Ubuntu. Elsewhere it says what to install."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable

# What the PySide6 wheel and a window need. A tuple holds names of one thing: the first that the system knows is taken.
WINDOW: tuple[str | tuple[str, ...], ...] = (
    "libegl1", "libgl1", "libpulse0", "libxcb-cursor0", "libxcb-icccm4", "libxcb-keysyms1", "libxcb-shape0",
    "libxkbcommon-x11-0", "libdbus-1-3", "libnss3", ("libglib2.0-0t64", "libglib2.0-0"), "libfontconfig1", "libfreetype6",
    "libxrandr2", "libbrotli1", "libgssapi-krb5-2", "libwayland-cursor0", "fonts-inter",
)
# What the tests need beside it: a window server, a window manager, a hand for the mouse, a real keyring.
TESTS: tuple[str | tuple[str, ...], ...] = ("xvfb", "openbox", "xdotool", "dbus", "gnome-keyring", "libimage-exiftool-perl")


def say(text: str) -> None:
    """To the person, apart from what a command prints as its answer."""
    print(text, file=sys.stderr, flush=True)


def install(*groups: Iterable[str | tuple[str, ...]], needed_for: str) -> bool:
    """Make sure that the packages are there. Returns False where they may be missing (and has said so)."""
    if not sys.platform.startswith("linux"):
        return True  # the wheels bring all they need on Windows and macOS
    wanted = [name for group in groups for name in group]
    if not shutil.which("apt-get") or not shutil.which("dpkg-query"):
        say(f"This is not Debian or Ubuntu: if {needed_for} fails, install what these Debian packages hold:")
        say("  " + " ".join(name if isinstance(name, str) else name[-1] for name in wanted))
        return False
    # A Debian Python splits venv from python3; others bring it along.
    if subprocess.run([sys.executable, "-c", "import ensurepip"], capture_output=True, check=False).returncode:
        wanted.append(f"python{sys.version_info.major}.{sys.version_info.minor}-venv")
    missing = [name for name in wanted if not _installed(name)]
    if not missing:
        return True
    return _apt(missing, needed_for)


def _names(name: str | tuple[str, ...]) -> tuple[str, ...]:
    return (name,) if isinstance(name, str) else name


def _installed(name: str | tuple[str, ...]) -> bool:
    for candidate in _names(name):
        answer = subprocess.run(
            ["dpkg-query", "-W", "-f", "${Status}", candidate], capture_output=True, text=True, check=False
        )
        if answer.returncode == 0 and answer.stdout.endswith(" installed"):
            return True
    return False


def _known(name: str) -> bool:
    answer = subprocess.run(["apt-cache", "policy", name], capture_output=True, text=True, check=False)
    return "Candidate:" in answer.stdout and "Candidate: (none)" not in answer.stdout


def _may_sudo() -> bool:
    """Whether sudo works without asking for a password: a script may not wait for one unseen."""
    if not shutil.which("sudo"):
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def _apt(missing: list[str | tuple[str, ...]], needed_for: str) -> bool:
    say(f"Missing for {needed_for}: " + " ".join(_names(name)[-1] for name in missing))
    root = [] if os.geteuid() == 0 else ["sudo", "-n"]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    if root and not _may_sudo():
        say("They may not be installed from here. Run this once, then start again:")
        say("  sudo apt-get install " + " ".join(_names(name)[-1] for name in missing))
        return False
    subprocess.run([*root, "apt-get", "update", "-q"], stdout=sys.stderr, env=environment, check=False)
    names = [next((n for n in _names(name) if _known(n)), _names(name)[-1]) for name in missing]
    command = [*root, "apt-get", "install", "-y", "-qq", "-o", "Dpkg::Use-Pty=0", "--no-install-recommends", *names]
    done = subprocess.run(command, stdout=sys.stderr, env=environment, check=False).returncode == 0
    if not done:
        say("Installing them failed; the lines above say why. Install them by hand and start again:")
        say("  sudo apt-get install " + " ".join(names))
    return done
