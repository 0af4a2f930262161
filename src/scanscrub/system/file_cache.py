"""Answers about the values of one file, remembered until its end: what a patient is called outlives no file."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import ParamSpec, TypeVar

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

_forgetting: list[Callable[[], None]] = []


def cached_per_file(size: int) -> Callable[[Callable[_Asked, _Answer]], Callable[_Asked, _Answer]]:
    """Remember the last `size` answers of a function of hashable arguments until `clear_file_caches` is called."""

    def remembering(answer: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
        remembered = lru_cache(maxsize=size)(answer)
        _forgetting.append(remembered.cache_clear)

        @wraps(answer)
        def ask(*args: _Asked.args, **kwargs: _Asked.kwargs) -> _Answer:
            return remembered(*args, **kwargs)  # type: ignore[arg-type] # typeshed: cached arguments are Hashable

        return ask

    return remembering


def clear_file_caches() -> None:
    """Let go of all that was remembered: at the end of each file."""
    for clear in _forgetting:
        clear()
