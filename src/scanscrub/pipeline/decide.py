"""Examination -> Plan: the policy, and whether the copy may attest that its pixels were cleaned."""

from scanscrub.domain.plan import Plan, Source
from scanscrub.formats.masking import rasterize
from scanscrub.pipeline.inspect import Examination
from scanscrub.pipeline.tools import Tools

MASKED_SHARE_CAP = 0.25
"""A frame of which more than this share is masked is looked at by a person before anybody vouches for it."""


def decide(source: Source, examination: Examination, tools: Tools) -> Plan:
    """Plan the copy. It attests clean pixels only where every frame was looked at and little was masked."""
    decided = tools.policy.decide(source, examination.seen, examination.writing, attest=bool(examination.frames))
    if not examination.frames or attests(decided, examination):
        return decided
    return tools.policy.decide(source, examination.seen, examination.writing, attest=False)


def attests(plan: Plan, examination: Examination) -> bool:
    """Whether the copy says that its pixels are clean: all of them were looked at, and few were masked."""
    return bool(examination.frames) and largest_masked_share(plan, examination) <= MASKED_SHARE_CAP


def masked_shares(plan: Plan, examination: Examination) -> tuple[float, ...]:
    """Of every frame that was looked at, the share of its pixels under masks."""
    masks = plan.masks()
    return tuple(
        float(rasterize(masks[frame], size.rows, size.columns).mean()) if frame in masks else 0.0
        for frame, size in enumerate(examination.frames)
    )


def largest_masked_share(plan: Plan, examination: Examination) -> float:
    return max(masked_shares(plan, examination), default=0.0)
