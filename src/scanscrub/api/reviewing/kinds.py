"""What lies under a mask as a person is told of it, and whether the mask may be taken away."""

from enum import StrEnum

from scanscrub.domain.audit import AuditStep
from scanscrub.domain.rules import Rule


class MaskKind(StrEnum):
    """What a mask covers, the gravest first."""

    HEADER = "matches the header"
    DEVICE = "device"
    WRITING = "other writing"
    UNREAD = "unread"
    PERSON = "drawn by a person"


class Removal(StrEnum):
    """Whether a person may take a mask away."""

    FREE = "free"
    ASKS = "asks"
    """Only where the place in the review is confirmed."""
    REFUSED = "refused"


def kind_of(step: AuditStep) -> MaskKind:
    """The kind of a step that masks."""
    if step.origin is not None and step.origin.is_device_rule:
        return MaskKind.DEVICE
    match step.rule:
        case None:
            return MaskKind.PERSON
        case Rule.WRITING_MATCHES_HEADER:
            return MaskKind.HEADER
        case Rule.WRITING_UNREADABLE:
            return MaskKind.UNREAD
        case _:
            return MaskKind.WRITING


def removal_of(kind: MaskKind) -> Removal:
    """What is known of a kind before the copy is made anew: what is read then may refuse more."""
    match kind:
        case MaskKind.HEADER | MaskKind.DEVICE:
            return Removal.REFUSED
        case MaskKind.WRITING:
            return Removal.ASKS
        case MaskKind.UNREAD | MaskKind.PERSON:
            return Removal.FREE
