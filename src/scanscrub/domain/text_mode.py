"""Which writing in the pixels is masked, or looked for."""

from enum import StrEnum


class TextMode(StrEnum):
    """`NONE`: pixels are not examined at all."""

    ALL = "all"
    IDENTIFYING = "identifying"
    NONE = "none"
