"""A patient value that cannot be printed, pickled or copied by accident."""

import hashlib
import hmac
from typing import NoReturn


class Phi:
    """Protected health information held by a worker and withheld from everything else.

    ``repr``, ``str`` and ``format`` give ``<withheld>``; pickling and copying raise ``TypeError``, so a
    value cannot cross a process boundary or land in a log. Equality compares values in constant time.
    """

    __slots__ = ("__value",)

    def __init__(self, value: str) -> None:
        self.__value = value

    def reveal(self) -> str:
        """Return the value itself; call it only where the value is compared, cleaned or replaced."""
        return self.__value

    def digest(self, key: bytes) -> str:
        """Return the HMAC-SHA-256 of the value under `key`, as 64 hexadecimal digits."""
        return hmac.new(key, self.__value.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    def __repr__(self) -> str:
        return "<withheld>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return "<withheld>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Phi):
            return NotImplemented
        return hmac.compare_digest(
            self.__value.encode("utf-8", "surrogatepass"), other.reveal().encode("utf-8", "surrogatepass")
        )

    def __hash__(self) -> int:
        return hash((Phi, self.__value))

    def __bool__(self) -> bool:
        return bool(self.__value)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a patient value is never pickled")

    def __copy__(self) -> NoReturn:
        raise TypeError("a patient value is never copied")

    def __deepcopy__(self, memo: object) -> NoReturn:
        raise TypeError("a patient value is never copied")
