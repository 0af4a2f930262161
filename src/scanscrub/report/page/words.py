"""The sentences of ``report.html``, for a patient and for an engineer."""

from collections.abc import Mapping

from scanscrub.domain.audit import Status
from scanscrub.domain.rules import Rule
from scanscrub.report.network_words import ENFORCED
from scanscrub.report.plural import plural

STATUS: Mapping[Status, str] = {
    Status.CLEAN: "Clean",
    Status.REVIEW: "Please look",
    Status.PLANNED: "Would be cleaned",
    Status.REFUSED: "Not cleaned",
    Status.REJECTED: "Not kept",
    Status.FAILED: "Not cleaned",
    Status.IGNORED: "Not an image",
}
"""What a badge says."""

TONE: Mapping[Status, str] = {
    Status.CLEAN: "good",
    Status.REVIEW: "look",
    Status.PLANNED: "quiet",
    Status.REFUSED: "bad",
    Status.REJECTED: "bad",
    Status.FAILED: "bad",
    Status.IGNORED: "quiet",
}
"""The class of a badge in ``report.css``."""

WITHOUT_REFUSAL: Mapping[Status, tuple[str, str]] = {
    Status.REJECTED: (
        "The copy failed a check and was deleted.",
        "The folder has no copy of this file. Do not share the original.",
    ),
    Status.FAILED: ("The program could not finish this file.", "The folder has no copy of it."),
    Status.REFUSED: ("The file could not be cleaned with certainty.", "The folder has no copy of it."),
    Status.IGNORED: ("This is not an image.", "It was left out."),
}
"""Reason and hint of a file that is not in the output and has no refusal of its own."""

MASKS: Mapping[Rule, str] = {
    Rule.WRITING_MATCHES_HEADER: "text that matches the file's own header, such as a name or a number",
    Rule.WRITING: "other text in the picture, which may identify someone",
    Rule.WRITING_UNREADABLE: "something that looks like text and could not be read",
}
"""Why a mask exists."""

DEVICE = "where the device rule '{}' says that a device prints text"
"""Why a mask exists that no detector asked for."""

DRAWN = "drawn by a person"
"""Why a mask exists that nothing asked for."""

TAKEN_AWAY = "A person looked at the picture and removed the mask in"

HEADER_RULES: Mapping[Rule | None, str] = {
    Rule.IDENTITY: "Names, numbers, places and people",
    Rule.DATE: "Dates and times",
    Rule.UID: "Identifiers that link to the original (UIDs)",
    Rule.PRIVATE: "The manufacturer's private data",
    Rule.FREE_TEXT: "Text that somebody typed",
    Rule.UNTRUE_STATUS: "Statements that were not true",
    Rule.SEGMENT: "Hidden parts of the picture file",
    Rule.NAME: "File and folder names",
    None: "Notes about this cleaning",
}
"""A row of the table of changes, by rule."""

ACTIONS: Mapping[str, str] = {
    "Remove": "removed",
    "Empty": "emptied",
    "Replace": "replaced",
    "RemapUid": "renumbered",
    "ShiftDate": "shifted",
    "Clean": "cleaned",
    "Add": "added",
}
"""A column of the table of changes, by the action's name."""

INTRODUCTION = (
    "This page shows what was done to each file. Its text contains no name, date or path of the originals: each file"
    " has a running number here, and its copy a made-up name. The pictures are those of the copies, and show what the"
    " copies still show. The page works without a network."
)
NOTHING_SENT = ENFORCED
WHAT_WE_DID = (
    "We removed or replaced everything in the files that says who the patient is, covered the text we found in the"
    " pictures, and then opened every copy again and checked it."
)
WHAT_WE_DID_AND_LEFT = (
    "We removed or replaced everything in the files that says who the patient is, covered the text in the pictures"
    " that could identify someone, and then opened every copy again and checked it. Side markers, scales and settings"
    " that identify nobody were left on purpose; they are outlined in blue."
)
HEADERS_ONLY = (
    "Except in the pictures, we removed or replaced everything in the files that says who the patient is. Then we"
    " opened every copy again and checked that."
)
STILL_TO_DO = (
    "Look at every picture below once; click it to see it large. A program can miss a word; you know what your name"
    " looks like. If you still see a name, a number or a date, do not share that file. Of a file or series with many"
    " pictures, only some are shown here. To check the others, open the copy itself."
)
STILL_TO_DO_AND_LEFT = STILL_TO_DO.replace("a number or a date,", "a date or a number that could be somebody's,")
NUMBERS = (
    "The numbers count all files, images or not: paths in the order given, files of a folder before its subfolders,"
    " sorted by name."
)
NOT_SEARCHED = "Pictures not searched"
COPIES = "The copies"
CLEAN_COPIES = "The clean copies"
NO_WRITING = "No text was found in the picture, and nothing in it was covered."
NOTHING_COVERED = "Nothing in the picture was covered."
KEPT = "left on purpose: markers, scales or settings that identify nobody, outlined in blue."
OTHERS: Mapping[str, str] = {
    "file": "to look at the others, open the copy; for a .dcm file that takes a DICOM viewer.",
    "series": "to look at the others, open the copies with a DICOM viewer.",
}
MORE_ROWS = "Further files are in audit.jsonl: 'scanscrub report -f csv' makes a table of them."
NOT_SHOWN = "No picture is shown here, to keep this page small. Open the copy to look at it."


def what_we_did(unsearched: int, files: int, *, left: bool) -> str:
    """What was done to so many files, of which the pictures of some were not searched for writing.

    `left`: harmless writing was left on purpose.
    """
    if not unsearched:
        return WHAT_WE_DID_AND_LEFT if left else WHAT_WE_DID
    others = "" if unsearched == files else " In the others we covered the text we found."
    return (
        f"{HEADERS_ONLY} The pictures of {plural(unsearched, 'file')} were not searched for text, and nothing in"
        f" them is covered: they may still show a name, a number or a date.{others}"
    )


def verdict(counts: Mapping[Status, int], unsearched: int) -> str:
    """Whether the folder can be shared, in one sentence; the pictures of so many files were not searched."""
    look = counts.get(Status.REVIEW, 0)
    if not look and not counts.get(Status.CLEAN, 0):
        return "Nothing was written." if counts.get(Status.PLANNED, 0) else "There is nothing to share."
    if unsearched:
        return "The pictures may still show names: look at every one, and share this folder only then."
    marked = "file" if look == 1 else plural(look, "file")
    first = f"Look at the {marked} marked '{STATUS[Status.REVIEW]}', and at the others once" if look else ""
    return f"{first or 'Look at every picture once'}; then you can share this folder."


def summary(counts: Mapping[Status, int]) -> str:
    """The sentence at the top: how many are clean, need review, or are not there."""
    out = sum(counts.get(status, 0) for status in (Status.REFUSED, Status.REJECTED, Status.FAILED))
    parts = [
        _part(counts.get(Status.CLEAN, 0), "is clean", "are clean"),
        _part(counts.get(Status.REVIEW, 0), "needs your review", "need your review"),
        _part(counts.get(Status.PLANNED, 0), "would be cleaned", "would be cleaned"),
        _part(out, "could not be cleaned and is not in the folder", "could not be cleaned and are not in the folder"),
    ]
    said = [part for part in parts if part]
    return ("; ".join(said) + ".") if said else "There was no image to clean."


def _part(count: int, one: str, many: str) -> str:
    return f"{plural(count, 'file')} {one if count == 1 else many}" if count else ""
