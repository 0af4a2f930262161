"""Every rule explained: why it is one, an example, how to fix a finding and how to accept it."""

from collections.abc import Mapping
from dataclasses import dataclass

from scanscrub.domain.rules import Rule

ACCEPT = (
    'Accept a finding that you have looked at with `scanscrub baseline update --reason "..."`: it holds for these'
    " bytes of this file only. Accept a kind of finding in a kind of file with [[tool.scanscrub.allow]] in"
    " pyproject.toml (paths from its folder, rules, reason)."
)
"""How to accept a finding of any rule but that for names."""


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule in words. `title` fits in a table; the others are a paragraph each."""

    title: str
    why: str
    example: str
    fix: str
    accept: str = ACCEPT


_CLEAN = "`scanscrub clean PATH -o DIR` writes a clean copy; keep the copy and delete the original from here."

RULE_TEXTS: Mapping[Rule, RuleText] = {
    Rule.IDENTITY: RuleText(
        "identity in the header",
        "The element holds, or by its definition can hold, who the patient is or who was around them: names, numbers"
        " that a hospital can look up, addresses, the institution, its staff and devices.",
        "PatientName (0010,0010) or InstitutionName (0008,0080) with a value that is no known placeholder.",
        _CLEAN + " The element is emptied, removed or given a pseudonym, as PS3.15 Table E.1-1 says.",
    ),
    Rule.DATE: RuleText(
        "a date or time of the patient",
        "A birth date, or the day and time of a visit, joined with a place or an age, is often enough to find one"
        " person. Times of day alone are kept where the profile allows it.",
        "PatientBirthDate (0010,0030), StudyDate (0008,0020), ContentTime (0008,0033).",
        _CLEAN + " Dates go, or, with --retain modified-dates, all dates of one patient move by one secret offset.",
    ),
    Rule.UID: RuleText(
        "an original UID",
        "A UID that a scanner or archive gave out leads back to the study for everybody who can ask that archive, and"
        " some are made of serial numbers and times.",
        "SOPInstanceUID (0008,0018), StudyInstanceUID (0020,000D), UIDs in references.",
        _CLEAN + " The same UID becomes the same new one (2.25. ...) under one key, so references stay whole.",
    ),
    Rule.PRIVATE: RuleText(
        "a private element",
        "Odd groups belong to vendors. Nobody publishes all that is in them, and copies of the name, the number and"
        " the whole original header have been found there.",
        "An element of group 0009 that is not in the standard's list of safe private attributes (Table E.3.10-1).",
        _CLEAN + " To keep those that the standard calls safe: --retain safe-private.",
    ),
    Rule.FREE_TEXT: RuleText(
        "free text",
        "People type names, numbers and dates into descriptions and comments, and protocol names hold them too.",
        'A StudyDescription (0008,1030) like "XR CHEST for ..., ordered by Dr. ...".',
        _CLEAN + " With --clean descriptors the words of radiology stay and the others go.",
    ),
    Rule.UNTRUE_STATUS: RuleText(
        "a status that is not true",
        "The file says that it was de-identified, or that nothing is burned in, and what it holds says otherwise. The"
        " next person will believe it.",
        "PatientIdentityRemoved (0012,0062) is YES and there is a patient's name.",
        _CLEAN + " The status is written anew, and only what was proved.",
    ),
    Rule.WRITING_MATCHES_HEADER: RuleText(
        "writing in the image that names the patient",
        "Text that is part of the pixels survives every cleaning of the header. This one reads like a value of the"
        " file's own header.",
        "The patient's name in the corner of an ultrasound frame.",
        _CLEAN + " The region is blackened in the stored pixels and looked at again.",
    ),
    Rule.WRITING: RuleText(
        "other writing in the image",
        "There is text in the pixels that matches nothing in the header. Headers are often cleaned before the pixels"
        " are, so it may still be a name, and `clean` masks it. `check` says in its place whether it may be"
        " somebody's (P004) or not (P005); what was accepted as P002 stays accepted.",
        "A line of text in a screen capture.",
        _CLEAN + " Markers such as L, R or AP can stay with --text identifying.",
    ),
    Rule.WRITING_UNREADABLE: RuleText(
        "writing that nobody could read",
        "Something looks like writing, and the reader could not make it out. A person perhaps can."
        " Where a device rule says that its device writes, this code stands for its region, whatever that holds.",
        "Faint or rotated text, a stamp on a scanned film.",
        _CLEAN + " If it is anatomy and not text, look at the region and accept it.",
    ),
    Rule.WRITING_OF_SOMEBODY: RuleText(
        "writing that may be somebody's",
        "There is text in a picture that looks like a scan (gray tones, or tones in a black surround; every DICOM"
        " file is one), whatever it says; or in another picture there is text that reads as if it were about a"
        " person: a label with its value (DOB, MRN, Name:), a family name with a given one, or names, days, numbers,"
        " ages and hospitals where the picture says little else.",
        "A name, a number and a date in the corner of a CT that was exported as PNG.",
        _CLEAN + " Markers such as L, R or AP can stay with --text identifying.",
    ),
    Rule.WRITING_OF_NOBODY: RuleText(
        "writing in an ordinary picture",
        "There is text, or something like it, in a picture that looks like no scan, and none of it reads as if it"
        " were about a person. It is hygiene: the documented hook lets it pass.",
        "The title and the axes of a plot, a badge, the menus of a screenshot, a number in an icon.",
        "Nothing has to be done. " + _CLEAN.replace("`scanscrub", "To have it masked, `scanscrub"),
    ),
    Rule.SEGMENT: RuleText(
        "data beside the picture",
        "Picture files carry more than pixels: EXIF with the place and the camera, comments, thumbnails made before"
        " the masking, and bytes after the end that no viewer shows. A ZIP archive carries comments, and files that"
        " its list leaves out. A whole file hidden so counts as identity, and so do a place, an owner and"
        " text about a patient. Other text is quasi-identity, and so are bytes of which so many differ that they"
        " could be pixels: a frame behind the last one, an overlay, bits that no viewer shows. Padding, the usual"
        " color profiles and what names only a program are hygiene.",
        "A PNG tEXt chunk, a JPEG APP1 segment with GPS, bytes after the end of the file.",
        _CLEAN + " Only what is needed to show the picture rightly stays.",
    ),
    Rule.NAME: RuleText(
        "an identifying file or folder name",
        "Exports name folders after patients, and a name stays in lists, logs and a repository's history. A long"
        " number that only counts is hygiene: one behind a word like frame or step, or filled up with zeros.",
        "A folder LASTNAME_FIRSTNAME_19700101, a file named after the patient's number, a picture called as the"
        " header of the image beside it calls the patient.",
        "Rename it, or run `scanscrub clean PATH -o DIR`: copies get names made of pseudonyms. In a git repository"
        " the history keeps the old name until it is rewritten. Reports show <withheld 1a2b3c4d> in place of such a"
        " name: the digits begin the SHA-256 of the file, so that sha256sum finds it.",
        "Not with a baseline, which may hold neither the name nor a hash of it, and so could not tell it from the"
        " next name of the same file. Names of a folder are accepted with [[tool.scanscrub.allow]] in pyproject.toml:"
        ' paths = ["phantoms/**"], rules = ["N0"], reason = "...". Patterns see a withheld name as reports show it.',
    ),
    Rule.REFUSED: RuleText(
        "a file that could not be judged",
        "It is an image by its content, but damaged, of a kind that cannot be cleaned, or not readable. What was not"
        " understood cannot be called clean. Severity says what was seen: identity where there is an image (a NIfTI,"
        " a video, a PDF with a picture in it, a pointer of Git LFS in place of a file); quasi-identity for what may"
        " hold one and could not be looked into (7z, HDF5, an encrypted PDF); hygiene where a look saw none (a PDF of"
        " text, an icon). ZIP, tar, gzip, bzip2, xz, documents, mail and pictures in texts are opened, and what is in"
        " them is judged instead.",
        "A truncated file, an encapsulated PDF, a PGM, DICOM that does not begin where it should. Not recognized: TGA"
        " without a footer and raw pixels, which have no signature.",
        "Read the reason beside the finding. Repair or export the file again, or take it out.",
    ),
}
