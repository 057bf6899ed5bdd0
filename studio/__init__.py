"""A desktop studio for media-generation services, with a local engine that speaks the same contracts."""

__version__ = "0.1.0"
