"""The text detectors that there are, and what each lacks."""

from scanscrub.detect.engines.registry import DEFAULT, ENGINES

__all__ = ["DEFAULT", "ENGINES"]
