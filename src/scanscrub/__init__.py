"""scanscrub: de-identify medical images on this machine, and prove it."""

__version__ = "0.1.0"
