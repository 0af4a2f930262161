"""Examination -> Plan: the policy, and whether the copy may attest that its pixels were cleaned."""

from collections.abc import Sequence

from scanscrub.domain.finding import Attribute, Observation
from scanscrub.domain.plan import Plan, Source
from scanscrub.pipeline.inspect import Examination
from scanscrub.pipeline.tools import Tools

METHOD, METHOD_CODES, CODE_VALUE = 0x00120063, 0x00120064, 0x00080100
OUR_METHOD, CLEAN_PIXEL_DATA = "scanscrub ", "113101"
MASKED_SHARE_CAP = 0.25
"""A frame of which more than this share is masked is looked at by a person before anybody vouches for it."""


def decide(source: Source, examination: Examination, tools: Tools) -> Plan:
    """Plan the copy. It attests clean pixels only where every frame was looked at and little was masked."""
    decided = tools.policy.decide(source, examination.seen, examination.writing, attest=bool(examination.frames))
    if not examination.frames or attests(decided, examination):
        return decided
    return tools.policy.decide(source, examination.seen, examination.writing, attest=False)


def attests(plan: Plan, examination: Examination) -> bool:
    """Whether the copy says that its pixels are clean: all of them were looked at, and few were masked.

    A copy of ours that did not say so does not learn to say it because its masks are black by now.
    """
    return (
        bool(examination.frames)
        and largest_masked_share(plan, examination) <= MASKED_SHARE_CAP
        and not _left_for_review(examination.seen)
    )


def _left_for_review(seen: Sequence[Observation]) -> bool:
    """Whether this program wrote the file before, without the code of Clean Pixel Data."""
    ours = attested = False
    for one in seen:
        if isinstance(one, Attribute) and one.value is not None:
            if one.where.path == (METHOD,):
                ours = one.value.reveal().startswith(OUR_METHOD)
            elif one.tag == CODE_VALUE and one.where.path[0] == METHOD_CODES:
                attested = attested or one.value.reveal() == CLEAN_PIXEL_DATA
    return ours and not attested


def masked_shares(plan: Plan, examination: Examination) -> tuple[float, ...]:
    """Of every frame that was looked at, the share of its pixels under masks."""
    from scanscrub.formats.masking import rasterize  # noqa: PLC0415 - numpy; not for headers alone

    masks = plan.masks()
    return tuple(
        float(rasterize(masks[frame], size.rows, size.columns).mean()) if frame in masks else 0.0
        for frame, size in enumerate(examination.frames)
    )


def largest_masked_share(plan: Plan, examination: Examination) -> float:
    return max(masked_shares(plan, examination), default=0.0)
