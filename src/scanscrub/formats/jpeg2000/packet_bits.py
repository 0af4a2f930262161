"""The bits of packet headers and the tag trees in them (ISO 15444-1, B.10.1 and B.10.2)."""


class OutOfBytesError(Exception):
    """The tile ends within a packet: what there is belongs to it."""


class PacketBits:
    """The bits of packet headers; the highest bit of a byte after FF is stuffing (B.10.1)."""

    def __init__(self, data: bytes, position: int) -> None:
        self._data, self.position = data, position
        self._byte = self._left = 0

    def one(self) -> int:
        """The next bit. Raises `OutOfBytesError`."""
        if not self._left:
            if self.position >= len(self._data):
                raise OutOfBytesError
            self._left = 7 if self._byte == 0xFF else 8
            self._byte = self._data[self.position]
            self.position += 1
        self._left -= 1
        return self._byte >> self._left & 1

    def number(self, count: int) -> int:
        value = 0
        for _ in range(count):
            value = value << 1 | self.one()
        return value

    def finish(self) -> int:
        """The position of the next whole byte."""
        return self.position + (self._byte == 0xFF)


class TagTree:
    """A tag tree (B.10.2): what is known of the least values, level by level."""

    def __init__(self, columns: int, rows: int) -> None:
        self._levels: list[tuple[int, list[int], list[bool]]] = []
        while True:
            self._levels.append((columns, [0] * (columns * rows), [False] * (columns * rows)))
            if columns * rows <= 1:
                break
            columns, rows = -(-columns // 2), -(-rows // 2)

    def value(self, bits: PacketBits, column: int, row: int, limit: int) -> int:
        """The value of a leaf where it is below `limit`, else `limit`."""
        low = 0
        for level in range(len(self._levels) - 1, -1, -1):
            width, values, known = self._levels[level]
            at = (row >> level) * width + (column >> level)
            values[at] = max(values[at], low)
            while values[at] < limit and not known[at]:
                if bits.one():
                    known[at] = True
                else:
                    values[at] += 1
            low = values[at]
        return low
