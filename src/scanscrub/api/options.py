"""The options of a run, by the names that they have on the command line."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from scanscrub.domain.rules import Severity
from scanscrub.domain.text_mode import TextMode


@dataclass(frozen=True, slots=True)
class CleanOptions:
    """The options of ``scanscrub clean``, by their names there."""

    profile: str = "share"
    retain: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()
    text: TextMode | str = TextMode.ALL
    engines: tuple[str, ...] = ()
    thorough: bool = False
    form: Literal["dicom", "png"] | None = None
    """``--as``, which Python has another use for."""
    key: Path | bytes | None = field(default=None, repr=False)
    """A file of `key new`, or the 32 bytes themselves, which this program then keeps nowhere."""
    crosswalk: Path | None = None
    jobs: int = 0
    executor: Literal["serial", "processes", "dask"] | None = None
    scheduler: str | None = None
    """The address of a Dask scheduler; None: workers on this machine."""
    resume: bool = False
    dry_run: bool = False
    device_rules: Path | None = None
    timeout_per_file: float | None = None
    """Seconds; a file that takes longer is refused. It needs workers on this machine, so there are some then."""
    max_failures: int | None = None
    """The run ends when so many files could not be cleaned."""
    review: Path | None = None
    """A review of an earlier run's copies, which is replayed: places to be masked, masks to be taken away."""
    pseudonyms: Path | None = None
    """A CSV file with the columns id_old and id_new: the user's own pseudonyms of patients."""
    unlisted: Literal["refuse", "make"] = "refuse"
    """What becomes of a file whose patient id is not in that list: it is refused, or a pseudonym is made."""
    sort: Literal["patient", "flat"] = "patient"
    """Copies in folders of patient, study and series, or all in one folder."""
    log_file: Path | None = None
    """Gets a line of JSON for each file, without a value and without its name."""

    @property
    def engine_names(self) -> tuple[str, ...]:
        """The engines whose union looks: the default one, unless some were named; both when thorough."""
        names = self.engines or ("ppocr",)
        return tuple(dict.fromkeys((*names, "ppocr", "easyocr"))) if self.thorough else tuple(dict.fromkeys(names))


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """The options of ``scanscrub check``, by their names there."""

    profile: str = "share"
    retain: tuple[str, ...] = ()
    clean: tuple[str, ...] = ()
    text: TextMode | str = TextMode.ALL
    engines: tuple[str, ...] = ("ppocr",)
    minimum: Severity = Severity.HYGIENE
    source: Literal["files", "staged", "history"] = "files"
    ignore: bool = True
    cache: bool = True
    jobs: int = 0
    device_rules: Path | None = None
