"""Loudness as it is heard, and what a sound device is told for it."""

from __future__ import annotations


def linear_volume(share: float) -> float:
    """The device's value for a loudness from 0 to 1: half is half as loud."""
    from PySide6.QtMultimedia import QtAudio  # loaded already when there is something to play

    return QtAudio.convertVolume(share, QtAudio.VolumeScale.LogarithmicVolumeScale, QtAudio.VolumeScale.LinearVolumeScale)
