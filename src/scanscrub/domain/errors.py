"""Errors that know their exit code and their next step."""

import errno
from enum import IntEnum

from scanscrub.domain.plan import Refusal
from scanscrub.domain.rules import Severity


class ExitCode(IntEnum):
    """The exit codes of the command line (a contract)."""

    OK = 0
    FOUND = 1
    USAGE = 2
    NOT_CLEANED = 3
    NOT_VERIFIED = 4
    MISSING_DEPENDENCY = 5
    OUTPUT_UNUSABLE = 6
    BUG = 70
    HUNG_UP = 129
    INTERRUPTED = 130
    TERMINATED = 143


class ScanscrubError(Exception):
    """An error with a sentence for the user. Its text never holds a value of a patient or a path."""

    exit_code = ExitCode.BUG

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.hint = hint


class RefusedFile(ScanscrubError):  # noqa: N818 - the user reads "refused"; it is no error of the program
    """A file cannot be understood or cleaned; it becomes a `Refusal` in the report and stops nothing else."""

    exit_code = ExitCode.NOT_CLEANED
    severity = Severity.IDENTITY
    """Its severity in `check`: it is or contains an image, and nobody knows whom it shows."""

    @property
    def refusal(self) -> Refusal:
        return Refusal(self.reason, self.hint)


class NotAnImage(RefusedFile):
    """A file that a hospital disc has beside its images (a program, a page, a font). It needs no copy."""


class NotLookedInto(RefusedFile):
    """It may contain images, as an archive may, but could not be opened; nothing suggests that it does."""

    severity = Severity.QUASI


class NoImageSeen(RefusedFile):
    """Its format can contain images, but none was seen in it, or none larger than an icon."""

    severity = Severity.HYGIENE


class UsageError(ScanscrubError):
    """Options or a configuration that are not possible, and the change that makes them possible."""

    exit_code = ExitCode.USAGE


class MissingDependencyError(ScanscrubError):
    """A library or a model that the options ask for is not installed, or is not the known one."""

    exit_code = ExitCode.MISSING_DEPENDENCY


class OutputUnusableError(ScanscrubError):
    """A folder or a file cannot be written to, may not be, or is another run's."""

    exit_code = ExitCode.OUTPUT_UNUSABLE


class ClusterLostError(ScanscrubError):
    """The workers have ended, and their remaining work is lost. Finished copies stay."""

    exit_code = ExitCode.NOT_CLEANED


class TooManyFailuresError(ScanscrubError):
    """As many files could not be cleaned as the user allows; the finished copies stay."""

    exit_code = ExitCode.NOT_CLEANED


def no_memory() -> RefusedFile:
    """Of a file that needs more memory than there is."""
    return RefusedFile(
        "There is not enough memory for this file.", "Try again with fewer --jobs, or on a machine with more memory."
    )


NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Numbers of the system's errors."""


def no_space() -> OutputUnusableError:
    """Of a folder whose disk, or its owner's share of it, is full."""
    return OutputUnusableError(
        "The output cannot be written: there is no space left for it.", "Make room, and add --resume."
    )
