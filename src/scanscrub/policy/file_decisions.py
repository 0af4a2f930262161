"""What a policy says of one file: what its rules need to know is found once, for all that is asked."""

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from scanscrub.domain import tags
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.finding import Attribute, Finding, Identifier, Observation, SegmentSeen
from scanscrub.domain.plan import Clean, Keep, Mask, Plan, Source, Step
from scanscrub.domain.rules import Rule
from scanscrub.domain.text import folded
from scanscrub.policy.file_context import (
    FileContext,
    Header,
    SharedDecisions,
    earlier_pseudonym,
    header_of,
    known_words,
    pseudonymous_patient,
)
from scanscrub.policy.file_names import crosswalk_rows, dicom_name, picture_name
from scanscrub.policy.headers.data_set import header_steps
from scanscrub.policy.headers.decisions import REMOVE
from scanscrub.policy.headers.kept_identity import identity_kept, remarks
from scanscrub.policy.headers.rulebook import META_INFORMATION
from scanscrub.policy.headers.status import status_steps
from scanscrub.policy.headers.structured_reports import keeps_uid
from scanscrub.policy.identifiers.identifiers import known_values, without_moved
from scanscrub.policy.identifiers.search import IdentifierSearch
from scanscrub.policy.options import Option
from scanscrub.policy.pixels.masks import mask_steps, page_steps
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.dates import offset_days
from scanscrub.policy.pseudonyms.listed import parts_of
from scanscrub.policy.pseudonyms.person_marks import person_marks
from scanscrub.policy.segments import severity_of
from scanscrub.policy.tables.iod_types import object_types
from scanscrub.policy.tables.ps3_15 import row_of
from scanscrub.system.file_cache import cached_per_patient, next_file_is_of

if TYPE_CHECKING:
    from scanscrub.policy.decide import Policy

_NEEDED: Final = Keep("the picture needs it")
_DOTTED: Final = re.compile(r"[0-9]+(?:\.[0-9]+){2,}")
_CLEANED: Final = Clean("")


class FileDecisions:
    """A policy and what was `seen` of a file. Holds patient values, and lives no longer than the file."""

    def __init__(self, policy: "Policy", seen: Sequence[Observation], *, pages: bool = False) -> None:
        self.seen = seen
        self._pages = pages
        self._policy = policy
        self._is_dicom = any(isinstance(one, Attribute) for one in seen)

    @cached_property
    def known(self) -> tuple[Identifier, ...]:
        """The values in the header that identify somebody and that the policy lets go."""
        options = self._profile.options
        moved = Option.MODIFIED_DATES in options and self._moved_before

        def stays(one: Attribute) -> bool:
            if one.tag in self._profile.keep or one.tag in META_INFORMATION or (moved and one.vr in {"DA", "DT"}):
                return True
            if one.where.path[-1] == tags.PatientID and one.value is not None:
                return one.value.reveal().strip(" \0") == self._earlier
            if one.vr == "UI" and (Option.UIDS in options or keeps_uid(self._header, one, options)):
                return True
            row = row_of(one.tag)
            if row is None:
                return one.vr in {"DA", "DT"} and Option.FULL_DATES in options
            return any(code == "K" and option in options for option, code in row.options)

        known = known_values(self.seen, stays)
        if Option.MODIFIED_DATES not in options or moved:
            return known
        return without_moved(known, self._offset_days)

    @cached_property
    def search(self) -> IdentifierSearch:
        """Finds the known values in texts and bytes."""
        return IdentifierSearch(self.known)

    @cached_property
    def remarks(self) -> tuple[str, ...]:
        """Sentences for the audit about what the policy keeps of the file, and should not."""
        return remarks(self.seen, self._profile)

    @property
    def person(self) -> tuple[str, ...]:
        """Marks that tell people under one pseudonym apart; none where an earlier run took the person away."""
        if not self._header.top or self._earlier:
            return ()
        return person_marks(self._policy.key, self._patient, self._header.top)

    def masks(self, writing: Sequence[Finding]) -> tuple[Step, ...]:
        """What happens to the writing in the pixels, where that is all there is."""
        if self._pages:
            return page_steps(writing)
        return mask_steps(writing, self._policy.text_mode, self.search.text)

    def masked(self, writing: Sequence[Finding]) -> Iterator[Finding]:
        """What of that writing is masked."""
        for step in self.masks(writing):
            if isinstance(step.action, Mask) and step.because is not None:
                yield step.because

    def plan(self, source: Source, masks: Sequence[Step], *, attest: bool = False) -> Plan:
        """A step for everything that may stay or changes, and the `masks`.

        `attest`: every frame was examined and the masks are proved; only then (0028,0301)=NO and the method code of
        Clean Pixel Data are planned.
        """
        steps: list[Step] = []
        if self._is_dicom:
            removed = not identity_kept(self.seen, self._profile)
            attest = attest and self._header.has_pixels and removed
            status = status_steps(self.seen, self._profile, self._context.types, attest=attest, removed=removed)
            steps += [*self._header_steps, *status]
        steps += [_segment_step(one) for one in self.seen if isinstance(one, SegmentSeen)]
        return Plan(source, self._policy.identity, (*steps, *masks))

    def output_name(self, content_digest: str, extension: str, prefix: str = "") -> str:
        """The copy's path below the output folder, made of pseudonyms; `content_digest` is hexadecimal, and by
        `prefix` the instances of a series sort.
        """
        if not self._is_dicom:
            return picture_name(content_digest, extension)
        return dicom_name(self._context, content_digest, extension, prefix)

    def crosswalk(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Pairs of old and new: ``"uids"`` and ``"patients"``; nothing for a picture. Not to leave the worker."""
        if not self._is_dicom:
            return {}
        keeps_uids = Option.UIDS in self._profile.options
        return crosswalk_rows(() if keeps_uids else self.seen, self._context)

    @property
    def _profile(self) -> Profile:
        return self._policy.profile

    @cached_property
    def _header(self) -> Header:
        return header_of(self.seen)

    @cached_property
    def _header_steps(self) -> list[Step]:
        return header_steps(self.seen, self._context, self._profile)

    @cached_property
    def _patient(self) -> str:
        return pseudonymous_patient(self._policy.key, self._header, self._policy.listed)

    @cached_property
    def _earlier(self) -> str:
        return earlier_pseudonym(self._header, self._policy.listed)

    @cached_property
    def _offset_days(self) -> int:
        return offset_days(self._policy.key, self._patient)

    @cached_property
    def _context(self) -> FileContext:
        words = known_words(self.known)
        listed = self._policy.listed
        if listed is not None and self._patient in listed and not words.isdisjoint(parts_of(self._patient)):
            raise RefusedFile(
                "Its pseudonym in the list (--pseudonyms) shows a name of the file.", "Give the patient another one."
            )
        next_file_is_of(self._patient)
        return FileContext(
            key=self._policy.key,
            header=self._header,
            types=object_types(self._header.sop_class),
            patient=self._patient,
            days=None if self._moved_before else self._offset_days,
            holds_known=self.search,
            words=words,
            decided=self._decided,
        )

    @property
    def _decided(self) -> SharedDecisions:
        """Those of the files before it, unless a text of this one holds a UID: each file has its own."""
        others = [one for one in self.seen if isinstance(one, Attribute) and one.vr != "UI"]
        values = (text.reveal() for one in others for text in (one.value, one.guesses) if text is not None)
        if any(map(self.search.is_uid, _DOTTED.findall(folded("\n".join(values))))):
            return SharedDecisions()
        return _shared_decisions(self._policy.key, self._profile, self._rule_asks)

    @property
    def _rule_asks(self) -> Hashable:
        """All of the file that a rule may ask, but for UIDs: equal in the files of a series, as a rule."""
        header = self._header
        top = tuple(pair for pair in header.top.items() if pair[0] != tags.SOPInstanceUID)
        deep = (tuple(values.items()) for values in (header.schemes, header.codes, header.value_types))
        days = None if self._moved_before else self._offset_days
        return (top, *deep, self._patient, days, self.search.people)

    @cached_property
    def _moved_before(self) -> bool:
        """Whether the dates are those that an earlier run wrote."""
        return (
            bool(self._earlier)
            and self._header.top.get(tags.LongitudinalTemporalInformationModified, "") == "MODIFIED"
        )


@cached_per_patient(8)
def _shared_decisions(key: bytes, profile: Profile, rule_asks: Hashable) -> SharedDecisions:
    """One object for all files of which the rules of a profile ask the same."""
    del key, profile, rule_asks
    return SharedDecisions()


def _segment_step(one: SegmentSeen) -> Step:
    if one.needed:
        return Step(one.where, _NEEDED, None, "segment allow-list")
    found = None if one.length == 0 else Finding(Rule.SEGMENT, one.where, severity_of(one), evidence=one.text)
    return Step(one.where, _CLEANED if one.stays else REMOVE, found, "segment allow-list")
