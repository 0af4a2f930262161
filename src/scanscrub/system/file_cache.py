"""Answers about the values of a file, remembered until its end, or while files of its patient follow it."""

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar, cast

_Asked = ParamSpec("_Asked")
_Answer = TypeVar("_Answer")

LONGEST_SHARED, MOST_SHARED = 1024, 8192
"""Bytes of a header's value that is remembered for the next slice of its series, and how many of them are."""

_of_file: list[Callable[[], None]] = []
_of_patient: list[Callable[[], None]] = []
_patient = [""]


def cached_per_file(size: int) -> Callable[[Callable[_Asked, _Answer]], Callable[_Asked, _Answer]]:
    """Remember the last `size` answers of a function of hashable arguments until `clear_file_caches` is called."""
    return _cached(size, _of_file)


def cached_per_patient(size: int) -> Callable[[Callable[_Asked, _Answer]], Callable[_Asked, _Answer]]:
    """The same while files of one patient follow one another, as the slices of a series do: their headers say nearly
    the same. See `next_file_is_of`.
    """
    return _cached(size, _of_patient)


def _cached(
    size: int, forgetting: list[Callable[[], None]]
) -> Callable[[Callable[_Asked, _Answer]], Callable[_Asked, _Answer]]:
    def remembering(answer: Callable[_Asked, _Answer]) -> Callable[_Asked, _Answer]:
        remembered = lru_cache(maxsize=size)(answer)
        forgetting.append(remembered.cache_clear)
        return cast("Callable[_Asked, _Answer]", remembered)  # typeshed forgets what is asked

    return remembering


def clear_file_caches() -> None:
    """Let go of all that was remembered of a file: at its end."""
    for clear in _of_file:
        clear()


def next_file_is_of(patient: str) -> None:
    """Let go of all that was remembered of a patient if this file, of the patient of that pseudonym, is another's."""
    if patient != _patient[0]:
        forget_patient()
        _patient[0] = patient


def forget_patient() -> None:
    """Let go of all that was remembered: at the end of a run."""
    clear_file_caches()
    for clear in _of_patient:
        clear()
    _patient[0] = ""
