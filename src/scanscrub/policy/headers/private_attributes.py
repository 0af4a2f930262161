"""Private attributes: none stays but what Table E.3.10-1 or the file's own (0008,0300) calls safe (PS3.15 E.3.10)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Final, TypeAlias

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Observation
from scanscrub.domain.plan import Keep
from scanscrub.domain.rules import Rule, Severity
from scanscrub.policy.file_context import FileContext
from scanscrub.policy.headers.date_rules import DATE_VRS
from scanscrub.policy.headers.decisions import Decision, removed
from scanscrub.policy.headers.text_rules import TEXT_VRS, text_of, text_rule
from scanscrub.policy.headers.vr_rules import BY_VR
from scanscrub.policy.tables.data_files import rows_of

Safe: TypeAlias = tuple[str, int]
"""Private creator, and group and the last two digits of the element as 0xGGGGEE."""

_AUTHORITY: Final = "PS3.15 E.3.10"
_KEEP: Final = Decision(Keep("safe private"), _AUTHORITY)
_SIZES: Final = {"AT": 4, "FD": 8, "FL": 4, "SL": 4, "SS": 2, "SV": 8, "UL": 4, "US": 2, "UV": 8}
_ANY_VM: Final = re.compile(r"([0-9]+)(?:-([0-9]+|n))?")


@cache
def safe_table() -> Mapping[Safe, tuple[str, str]]:
    """Table E.3.10-1: VR (may be empty) and VM by creator and place."""
    return {(row["creator"], int(row["tag"], 16)): (row["vr"], row["vm"]) for row in rows_of("safe_private.csv")}


@cache
def safe_creators() -> frozenset[str]:
    return frozenset(creator for creator, _ in safe_table())


@dataclass(frozen=True, slots=True)
class Declared:
    """What Private Data Element Characteristics (0008,0300) says: blocks and elements that are safe or not."""

    safe_blocks: frozenset[Safe] = frozenset()
    unsafe_blocks: frozenset[Safe] = frozenset()
    safe: frozenset[Safe] = frozenset()
    unsafe: frozenset[Safe] = frozenset()


@dataclass(slots=True)
class _Item:
    group: int = -1
    creator: str = ""
    status: str = ""
    safe: list[int] = field(default_factory=list)
    unsafe: list[int] = field(default_factory=list)


def declared_of(seen: Sequence[Observation]) -> Declared:
    """Reads the top level's (0008,0300)."""
    items: dict[int, _Item] = {}
    for one in seen:
        if (
            not isinstance(one, Attribute)
            or one.where.path[0] != tags.PrivateDataElementCharacteristicsSequence
            or one.value is None
        ):
            continue
        path = one.where.path
        if len(path) == 3:
            _note(items.setdefault(path[1], _Item()), path[2], one.value.reveal().strip(" \0"))
        elif path[2] == tags.DeidentificationActionSequence and path[-1] == tags.IdentifyingPrivateElements:
            items.setdefault(path[1], _Item()).unsafe.extend(_numbers(one.value.reveal()))
    found = [item for item in items.values() if item.group & 1 and item.creator]
    return Declared(
        safe_blocks=frozenset((item.creator, item.group) for item in found if item.status == "SAFE"),
        unsafe_blocks=frozenset((item.creator, item.group) for item in found if item.status == "UNSAFE"),
        safe=frozenset((item.creator, item.group << 8 | one & 0xFF) for item in found for one in item.safe),
        unsafe=frozenset((item.creator, item.group << 8 | one & 0xFF) for item in found for one in item.unsafe),
    )


def _note(item: _Item, tag: int, value: str) -> None:
    if tag == tags.PrivateGroupReference and value.isdigit():
        item.group = int(value)
    elif tag == tags.PrivateCreatorReference:
        item.creator = value
    elif tag == tags.BlockIdentifyingInformationStatus:
        item.status = value
    elif tag == tags.NonidentifyingPrivateElements:
        item.safe.extend(_numbers(value))


def _numbers(text: str) -> list[int]:
    return [int(one) for one in text.split("\\") if one.strip().isdigit()]


def is_creator(tag: int) -> bool:
    """Whether an attribute of an odd group reserves a block (PS3.5 7.8.1)."""
    return 0x10 <= tag & 0xFFFF <= 0xFF


def decision(seen: Attribute, context: FileContext, declared: Declared) -> Decision:
    """The decision on a private attribute (no creator element) under Retain Safe Private."""
    gone = removed(_AUTHORITY, Rule.PRIVATE, Severity.QUASI, seen.length)
    if seen.creator is None:
        return gone
    creator = seen.creator.reveal().strip(" \0")
    group = seen.tag >> 16
    place: Safe = (creator, group << 8 | seen.tag & 0xFF)
    if place in declared.unsafe or (creator, group) in declared.unsafe_blocks:
        return gone
    listed = safe_table().get(place)
    if listed is not None:
        vr, vm = listed
        fits = vr == seen.vr or (not vr and seen.vr in _SIZES)
        return _by_vr(seen, context, vm) if fits else gone
    if creator in safe_creators() and (place in declared.safe or (creator, group) in declared.safe_blocks):
        return _by_vr(seen, context, "1-n")
    return gone


def _by_vr(seen: Attribute, context: FileContext, vm: str) -> Decision:
    """A safe attribute stays if its value is what its VR and VM say; a text only if nothing of it would go."""
    gone = removed(_AUTHORITY, Rule.PRIVATE, Severity.QUASI, seen.length)
    if seen.vr == "SQ":
        return _KEEP
    if seen.vr in _SIZES:
        count, rest = divmod(seen.length, _SIZES[seen.vr])
        tells = seen.vr in BY_VR and not BY_VR[seen.vr](seen, context).keeps
        return _KEEP if not rest and _is_count(count, vm) and not tells else gone
    text = text_of(seen)
    if text is None or seen.vr in DATE_VRS or not _is_count(text.count("\\") + 1, vm):
        return gone
    if seen.vr in TEXT_VRS:
        verdict = text_rule("allow-list", "X", Severity.QUASI, _AUTHORITY)(seen, context)
    elif seen.vr == "UI":
        return BY_VR["UI"](seen, context)
    elif seen.vr in {"AS", "CS", "DS", "IS"}:
        verdict = BY_VR[seen.vr](seen, context)
    else:
        return gone
    return _KEEP if verdict.keeps else gone


def _is_count(count: int, vm: str) -> bool:
    """Whether so many values fit a VM like ``1``, ``3-4`` or ``1-n``; none at all always do."""
    match = _ANY_VM.fullmatch(vm)
    if match is None:
        return False
    least, most = int(match[1]), match[2] or match[1]
    return count == 0 or (count >= least and (most == "n" or count <= int(most)))
