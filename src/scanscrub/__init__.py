"""scanscrub: de-identify medical images on this machine, and prove it.

    import scanscrub

    for record in scanscrub.clean("scans", "clean", profile="research"):
        print(record.status, record.output_name)

The names in ``__all__`` are the public API (``scanscrub help library``). Each is loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "AuditRecord",
    "AuditStep",
    "Box",
    "Check",
    "CheckFinding",
    "CheckOptions",
    "CheckRecord",
    "CheckReport",
    "CleanOptions",
    "ClusterLostError",
    "FileName",
    "HeaderElement",
    "InputRef",
    "Inspection",
    "JudgedFile",
    "JudgedFinding",
    "MissingDependencyError",
    "OutputUnusableError",
    "PixelRegion",
    "Refusal",
    "Rule",
    "ScanscrubError",
    "Segment",
    "Severity",
    "Status",
    "UsageError",
    "__version__",
    "check",
    "clean",
    "inspect",
    "read_audit",
    "verify",
    "write_dicomdir",
    "write_report",
]

_HOMES = {
    "scanscrub.api.library": ("check", "clean", "inspect", "read_audit", "verify", "write_dicomdir"),
    "scanscrub.api.cleaning": ("CleanOptions",),
    "scanscrub.api.checks": ("CheckOptions",),
    "scanscrub.report.page.folder": ("write_report",),
    "scanscrub.domain.audit": ("AuditRecord", "AuditStep", "InputRef", "Status"),
    "scanscrub.domain.check": ("CheckFinding", "CheckRecord", "CheckReport", "JudgedFile", "JudgedFinding"),
    "scanscrub.domain.errors": (
        "ClusterLostError",
        "MissingDependencyError",
        "OutputUnusableError",
        "ScanscrubError",
        "UsageError",
    ),
    "scanscrub.domain.finding": ("FileName", "HeaderElement", "PixelRegion", "Segment"),
    "scanscrub.domain.geometry": ("Box",),
    "scanscrub.domain.inspection": ("Inspection",),
    "scanscrub.domain.plan": ("Check", "Refusal"),
    "scanscrub.domain.rules": ("Rule", "Severity"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

if TYPE_CHECKING:
    from scanscrub.api.checks import CheckOptions
    from scanscrub.api.cleaning import CleanOptions
    from scanscrub.api.library import check, clean, inspect, read_audit, verify, write_dicomdir
    from scanscrub.domain.audit import AuditRecord, AuditStep, InputRef, Status
    from scanscrub.domain.check import CheckFinding, CheckRecord, CheckReport, JudgedFile, JudgedFinding
    from scanscrub.domain.errors import (
        ClusterLostError,
        MissingDependencyError,
        OutputUnusableError,
        ScanscrubError,
        UsageError,
    )
    from scanscrub.domain.finding import FileName, HeaderElement, PixelRegion, Segment
    from scanscrub.domain.geometry import Box
    from scanscrub.domain.inspection import Inspection
    from scanscrub.domain.plan import Check, Refusal
    from scanscrub.domain.rules import Rule, Severity
    from scanscrub.report.page.folder import write_report


def _load(name: str) -> object:
    """A public name, loaded with what it needs. To import scanscrub alone loads nothing heavy."""
    home = _HOME_OF.get(name)
    if home is None:
        raise AttributeError(name)
    found = getattr(import_module(home), name)
    globals()[name] = found
    return found


if not TYPE_CHECKING:
    __getattr__ = _load  # hidden from type checkers: to them every name would be an attribute


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
