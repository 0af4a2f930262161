"""The policy: a pure function of profile, key and what was seen."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Finding, Identifier, Observation, SegmentSeen
from scanscrub.domain.plan import Clean, Keep, Mask, Plan, Source, Step
from scanscrub.domain.rules import Rule
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.file_context import (
    FileContext,
    Header,
    earlier_pseudonym,
    header_of,
    known_numbers,
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
from scanscrub.policy.pixels.device_rules import DeviceRule
from scanscrub.policy.pixels.masks import mask_steps
from scanscrub.policy.profile import Profile
from scanscrub.policy.pseudonyms.dates import offset_days
from scanscrub.policy.pseudonyms.person_marks import person_marks
from scanscrub.policy.segments import severity_of
from scanscrub.policy.tables.iod_types import object_types
from scanscrub.policy.tables.ps3_15 import row_of

_NEEDED: Final = Keep("the picture needs it")
_CLEANED: Final = Clean("")


@dataclass(frozen=True, slots=True)
class Policy:
    """A profile under a key. `text_mode` says which writing in the pixels is masked.

    `device_rules` are the user's; whoever looks at the pixels applies them.
    """

    profile: Profile
    key: bytes = field(repr=False)
    text_mode: TextMode
    device_rules: tuple[DeviceRule, ...] = ()

    @property
    def identity(self) -> str:
        """``"share 0123456789ab"``: the profile's name and a digest of all that it decides by, without the key."""
        content = "\n".join((*self.profile.fingerprint(), self.text_mode, *map(repr, self.device_rules)))
        return f"{self.profile.name} {hashlib.sha256(content.encode()).hexdigest()[:12]}"

    def known(self, seen: Sequence[Observation]) -> tuple[Identifier, ...]:
        """The values in the header that identify somebody and that this policy lets go."""
        return self._known(seen, header_of(seen))

    def decide(
        self, source: Source, seen: Sequence[Observation], writing: Sequence[Finding], *, attest: bool = False
    ) -> Plan:
        """A step for everything that may stay, changes or is masked.

        `attest`: every frame was examined and the masks are proved; only then (0028,0301)=NO and the method code of
        Clean Pixel Data are planned.
        """
        header = header_of(seen)
        known = self._known(seen, header)
        steps: list[Step] = []
        if any(isinstance(one, Attribute) for one in seen):
            case = self._case(header, known)
            steps += header_steps(seen, case, self.profile)
            removed = not identity_kept(seen, self.profile)
            attest = attest and header.has_pixels and removed
            steps += status_steps(seen, self.profile, case.types, attest=attest, removed=removed)
        steps += [_segment_step(one) for one in seen if isinstance(one, SegmentSeen)]
        steps += mask_steps(writing, self.text_mode, known)
        return Plan(source, self.identity, tuple(steps))

    def remarks(self, seen: Sequence[Observation]) -> tuple[str, ...]:
        """Sentences for the audit about what this policy keeps of a file, and should not."""
        return remarks(seen, self.profile)

    def person(self, seen: Sequence[Observation]) -> tuple[str, ...]:
        """Marks that tell people under one pseudonym apart; none where an earlier run took the person away."""
        header = header_of(seen)
        if not header.top or earlier_pseudonym(header):
            return ()
        return person_marks(self.key, pseudonymous_patient(self.key, header), header.top)

    def masked(self, writing: Sequence[Finding], known: Sequence[Identifier]) -> Iterator[Finding]:
        """What of the writing is masked where all of it is what there is in the frames."""
        for step in mask_steps(writing, self.text_mode, known):
            if isinstance(step.action, Mask) and step.because is not None:
                yield step.because

    def output_name(self, seen: Sequence[Observation], content_digest: str, extension: str) -> str:
        """The copy's path below the output folder, made of pseudonyms; `content_digest` is hexadecimal."""
        if not any(isinstance(one, Attribute) for one in seen):
            return picture_name(content_digest, extension)
        return dicom_name(self._case(header_of(seen), ()), content_digest, extension)

    def crosswalk(self, seen: Sequence[Observation]) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """Pairs of old and new: ``"uids"`` and ``"patients"``; nothing for a picture. Not to leave the worker."""
        if not any(isinstance(one, Attribute) for one in seen):
            return {}
        keeps_uids = Option.UIDS in self.profile.options
        return crosswalk_rows(() if keeps_uids else seen, self._case(header_of(seen), ()))

    def describe(self) -> Iterator[str]:
        """The policy in sentences."""
        from scanscrub.policy.describe import sentences  # noqa: PLC0415 - not for what is done to files

        return sentences(self.profile, self.text_mode)

    def _case(self, header: Header, known: Sequence[Identifier]) -> FileContext:
        patient = pseudonymous_patient(self.key, header)
        return FileContext(
            key=self.key,
            header=header,
            types=object_types(header.sop_class),
            patient=patient,
            days=None if self._moved_before(header) else offset_days(self.key, patient),
            holds_known=IdentifierSearch(known),
            words=known_words(known),
            numbers=known_numbers(known),
        )

    def _moved_before(self, header: Header) -> bool:
        """Whether the dates are those that an earlier run wrote."""
        return (
            bool(earlier_pseudonym(header))
            and header.top.get(tags.LongitudinalTemporalInformationModified, "") == "MODIFIED"
        )

    def _known(self, seen: Sequence[Observation], header: Header) -> tuple[Identifier, ...]:
        options = self.profile.options
        moved = Option.MODIFIED_DATES in options and self._moved_before(header)

        def stays(one: Attribute) -> bool:
            if one.tag in self.profile.keep or one.tag in META_INFORMATION or (moved and one.vr in {"DA", "DT"}):
                return True
            if one.vr == "UI" and (Option.UIDS in options or keeps_uid(header, one, options)):
                return True
            row = row_of(one.tag)
            if row is None:
                return one.vr in {"DA", "DT"} and Option.FULL_DATES in options
            return any(code == "K" and option in options for option, code in row.options)

        known = known_values(seen, stays)
        if Option.MODIFIED_DATES not in options or moved:
            return known
        return without_moved(known, offset_days(self.key, pseudonymous_patient(self.key, header)))


def build_policy(
    profile: Profile, key: bytes, *, text_mode: TextMode = TextMode.ALL, device_rules: tuple[DeviceRule, ...] = ()
) -> Policy:
    """The policy of a profile under a key (secret, 32 bytes from `key new`)."""
    return Policy(profile, key, text_mode, device_rules)


def _segment_step(one: SegmentSeen) -> Step:
    if one.needed:
        return Step(one.where, _NEEDED, None, "segment allow-list")
    found = None if one.length == 0 else Finding(Rule.SEGMENT, one.where, severity_of(one), evidence=one.text)
    return Step(one.where, _CLEANED if one.stays else REMOVE, found, "segment allow-list")
