"""scanscrub: de-identify medical images on this machine, and prove it.

    import scanscrub

    for record in scanscrub.clean("scans", "clean", profile="research"):
        print(record.status, record.output_name)

The names in ``__all__`` are the public API, and all that the command line uses (``scanscrub help library``). Each is
loaded when it is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

__version__ = "0.1.0"

__all__ = [
    "BASELINE_NAME",
    "RULE_TEXTS",
    "WITHOUT_COPY",
    "Acceptance",
    "Accepted",
    "AuditRecord",
    "AuditStep",
    "BaselineUpdate",
    "Box",
    "Check",
    "CheckFinding",
    "CheckOptions",
    "CheckRecord",
    "CheckReport",
    "CleanOptions",
    "ClusterLostError",
    "Concern",
    "Earlier",
    "EngineState",
    "ExitCode",
    "FileName",
    "FileReview",
    "HeaderElement",
    "InputRef",
    "Inspection",
    "Installation",
    "JudgedFile",
    "JudgedFinding",
    "MaskKind",
    "MaskPlace",
    "MissingDependencyError",
    "OutputUnusableError",
    "PackageState",
    "PixelRegion",
    "Place",
    "ProfileDescription",
    "Refusal",
    "Removal",
    "Review",
    "ReviewItem",
    "ReviewOutcome",
    "ReviewSession",
    "Rule",
    "RuleText",
    "RunCallbacks",
    "ScanscrubError",
    "Segment",
    "Severity",
    "Status",
    "TextMode",
    "TooManyFailuresError",
    "UsageError",
    "__version__",
    "check",
    "check_name",
    "clean",
    "describe_profile",
    "earlier_in",
    "examine_installation",
    "fault_kind",
    "find_baseline",
    "folder_beside",
    "inspect",
    "keyword_of",
    "list_profiles",
    "open_review",
    "pixels_not_searched",
    "profile_of",
    "read_acceptance",
    "read_audit",
    "read_baseline",
    "read_review",
    "record_to_json",
    "review_reason",
    "update_baseline",
    "verify",
    "write_baseline",
    "write_dicomdir",
    "write_for_chatbot",
    "write_report",
    "write_review",
]

_HOMES = {
    "api.baselines": "BaselineUpdate update_baseline",
    "api.beside": "Earlier earlier_in folder_beside",
    "api.callbacks": "RunCallbacks",
    "api.checks": "check",
    "api.cleaned_folder": "read_audit verify write_dicomdir write_for_chatbot",
    "api.cleaning": "clean",
    "api.inspections": "inspect",
    "api.installation": "EngineState Installation PackageState examine_installation",
    "api.options": "CheckOptions CleanOptions",
    "api.profiles": "ProfileDescription describe_profile list_profiles profile_of",
    "api.reviewing.items": "MaskPlace ReviewItem",
    "api.reviewing.kinds": "MaskKind Removal",
    "api.reviewing.session": "ReviewSession open_review",
    "checking.accepted.acceptance": "Acceptance read_acceptance",
    "checking.accepted.baseline": "BASELINE_NAME Accepted find_baseline read_baseline write_baseline",
    "domain.audit": "WITHOUT_COPY AuditRecord AuditStep Concern InputRef Inspection Status",
    "domain.audit_json": "record_to_json",
    "domain.check": "CheckFinding CheckRecord CheckReport JudgedFile JudgedFinding",
    "domain.errors": "ClusterLostError ExitCode MissingDependencyError OutputUnusableError ScanscrubError "
    "TooManyFailuresError UsageError",
    "system.faults": "fault_kind",
    "domain.finding": "FileName HeaderElement PixelRegion Segment",
    "domain.geometry": "Box",
    "domain.plan": "Check Refusal",
    "domain.reasons": "check_name pixels_not_searched review_reason",
    "domain.review.decided": "FileReview Place Review ReviewOutcome",
    "domain.rule_texts": "RULE_TEXTS RuleText",
    "domain.rules": "Rule Severity",
    "domain.text_mode": "TextMode",
    "formats.dicom.encoding.dictionary": "keyword_of",
    "policy.pixels.review_file": "read_review write_review",
    "report.page.folder": "write_report",
}
"""Which module makes which public names."""
_HOME_OF = {name: f"scanscrub.{home}" for home, names in _HOMES.items() for name in names.split()}

if TYPE_CHECKING:
    from scanscrub.api.baselines import BaselineUpdate, update_baseline
    from scanscrub.api.beside import Earlier, earlier_in, folder_beside
    from scanscrub.api.callbacks import RunCallbacks
    from scanscrub.api.checks import check
    from scanscrub.api.cleaned_folder import read_audit, verify, write_dicomdir, write_for_chatbot
    from scanscrub.api.cleaning import clean
    from scanscrub.api.inspections import inspect
    from scanscrub.api.installation import EngineState, Installation, PackageState, examine_installation
    from scanscrub.api.options import CheckOptions, CleanOptions
    from scanscrub.api.profiles import ProfileDescription, describe_profile, list_profiles, profile_of
    from scanscrub.api.reviewing.items import MaskPlace, ReviewItem
    from scanscrub.api.reviewing.kinds import MaskKind, Removal
    from scanscrub.api.reviewing.session import ReviewSession, open_review
    from scanscrub.checking.accepted.acceptance import Acceptance, read_acceptance
    from scanscrub.checking.accepted.baseline import (
        BASELINE_NAME,
        Accepted,
        find_baseline,
        read_baseline,
        write_baseline,
    )
    from scanscrub.domain.audit import WITHOUT_COPY, AuditRecord, AuditStep, Concern, InputRef, Inspection, Status
    from scanscrub.domain.audit_json import record_to_json
    from scanscrub.domain.check import CheckFinding, CheckRecord, CheckReport, JudgedFile, JudgedFinding
    from scanscrub.domain.errors import (
        ClusterLostError,
        ExitCode,
        MissingDependencyError,
        OutputUnusableError,
        ScanscrubError,
        TooManyFailuresError,
        UsageError,
    )
    from scanscrub.domain.finding import FileName, HeaderElement, PixelRegion, Segment
    from scanscrub.domain.geometry import Box
    from scanscrub.domain.plan import Check, Refusal
    from scanscrub.domain.reasons import check_name, pixels_not_searched, review_reason
    from scanscrub.domain.review.decided import FileReview, Place, Review, ReviewOutcome
    from scanscrub.domain.rule_texts import RULE_TEXTS, RuleText
    from scanscrub.domain.rules import Rule, Severity
    from scanscrub.domain.text_mode import TextMode
    from scanscrub.formats.dicom.encoding.dictionary import keyword_of
    from scanscrub.policy.pixels.review_file import read_review, write_review
    from scanscrub.report.page.folder import write_report
    from scanscrub.system.faults import fault_kind


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
