"""What a maker hands over: bytes, and every identity that was planted in them."""

from dataclasses import dataclass, field
from typing import Any

from numpy.typing import NDArray

from making.lettering import burn


@dataclass(slots=True)
class Screen:
    """Pixels that are written on; remembers what was written."""

    pixels: NDArray[Any]
    face: Any = "sans"
    size: int = 16
    value: Any = 255.0
    identities: list[str] = field(default_factory=list)
    markers: list[str] = field(default_factory=list)

    def name(self, x: int, y: int, text: str, **how: Any) -> None:  # noqa: ANN401 - passed on to burn()
        """Write something that identifies; a negative place counts from the right or the bottom."""
        self.identities.append(text)
        self._write(x, y, text, how)

    def mark(self, x: int, y: int, text: str, **how: Any) -> None:  # noqa: ANN401 - passed on to burn()
        """Write something harmless: a side, a scale, a technique."""
        self.markers.append(text)
        self._write(x, y, text, how)

    def _write(self, x: int, y: int, text: str, how: dict[str, Any]) -> None:
        rows, columns = self.pixels.shape[:2]
        if x < 0:
            how.setdefault("align", "right")
        settings = {"face": self.face, "size": self.size, "value": self.value, **how}
        burn(self.pixels, (x if x >= 0 else columns + x, y if y >= 0 else rows + y), text, **settings)


@dataclass(frozen=True, slots=True)
class Sample:
    """One file: its path below ``files/``, its bytes, the identities in its header or segments and in its pixels."""

    path: str
    data: bytes
    header: tuple[str, ...]
    burned_in: tuple[str, ...] = ()
    markers: tuple[str, ...] = ()
