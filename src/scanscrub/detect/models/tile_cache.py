"""What was seen in tiles, so that equal tiles of successive frames are looked at once."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Seen = TypeVar("Seen")


class TileMemory(Generic[Seen]):
    """What was seen in the tiles looked at last, by a digest of their pixels. A memory never changes a result."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._seen: OrderedDict[bytes, Seen] = OrderedDict()

    def recall(self, area: "NDArray[np.uint8]", conditions: str, look: Callable[[], Seen]) -> Seen:
        """What `look` gives for the area, from memory where the same area was seen under the same conditions."""
        if not self._size:
            return look()
        digest = hashlib.blake2b(f"{conditions} {area.shape} ".encode(), digest_size=32)
        digest.update(area.tobytes())
        key = digest.digest()
        found = self._seen.pop(key, None)
        if found is None:
            found = look()
        self._seen[key] = found
        if len(self._seen) > self._size:
            self._seen.popitem(last=False)
        return found
