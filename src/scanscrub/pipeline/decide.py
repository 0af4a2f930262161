"""Examination -> Plan: the policy, and whether the copy may attest that its pixels were cleaned."""

from collections.abc import Sequence
from dataclasses import replace

from scanscrub.domain import tags
from scanscrub.domain.finding import Attribute, Observation
from scanscrub.domain.plan import Plan, Source, Step
from scanscrub.domain.review.decided import ReviewOutcome
from scanscrub.pipeline.inspect import Examination
from scanscrub.pipeline.worker_context import WorkerContext
from scanscrub.policy.pixels.reviewed_masks import AUTHORITY, reviewed

OUR_METHOD, CLEAN_PIXEL_DATA = "scanscrub ", "113101"
MASKED_SHARE_CAP = 0.25
"""A frame of which more than this share is masked is looked at by a person before anybody vouches for it."""
COVERED_ANATOMY_CAP = 0.5
"""The same for a frame of whose anatomy more than this share is masked."""


def decide(source: Source, examination: Examination) -> Plan:
    """Plan the copy. It attests clean pixels only where every frame was looked at and little was masked."""
    masks, outcome = _reviewed(examination)
    plan = examination.decisions.plan(source, masks, attest=attests(Plan(source, "", masks), examination))
    return replace(plan, review=outcome)


def _reviewed(examination: Examination) -> tuple[tuple[Step, ...], ReviewOutcome | None]:
    """The masks, with what a person decided of them."""
    masks, review = examination.decisions.masks(examination.writing), examination.review
    return (masks, None) if review is None else reviewed(masks, review.file, review.mark, review.sizes)


def judge(source: Source, examination: Examination, context: WorkerContext) -> Plan:
    """Plan what `clean` would have to change in a file that is only looked at.

    Where pixels are not examined, nothing tells that what a copy of ours says of them is untrue, so it may stay.
    """
    if context.looks:
        return decide(source, examination)
    attest = _attested_by_us(examination.seen) is True
    return examination.decisions.plan(source, _reviewed(examination)[0], attest=attest)


def attests(plan: Plan, examination: Examination) -> bool:
    """Whether the copy says that its pixels are clean: all were looked at, and little was masked by us, of them and
    of the anatomy, and nothing of it in doubt; and nobody left writing there.

    Pages are for a person, whatever was read. Words in a label map are a drawing of them, or labels that read like
    that: a person has to tell. A copy of ours that did not say so does not learn to say it because its masks are
    black by now.
    """
    if not examination.frames or examination.pages or _attested_by_us(examination.seen) is False:
        return False
    if examination.labels and examination.writing:
        return False
    from scanscrub.pipeline import masked_share  # noqa: PLC0415 - numpy; not for headers

    if masked_share.doubtful_masks(plan, examination) or masked_share.leaves_writing(plan):
        return False
    found = replace(plan, steps=tuple(step for step in plan.steps if step.authority != AUTHORITY))
    masked = masked_share.largest_masked_share(found, examination)
    return masked <= MASKED_SHARE_CAP and masked_share.covered_anatomy(found, examination) <= COVERED_ANATOMY_CAP


def _attested_by_us(seen: Sequence[Observation]) -> bool | None:
    """Whether the file has the code of Clean Pixel Data; None where this program did not write it before."""
    ours = attested = False
    for one in seen:
        if isinstance(one, Attribute) and one.value is not None:
            if one.where.path == (tags.DeidentificationMethod,):
                ours = one.value.reveal().startswith(OUR_METHOD)
            elif one.tag == tags.CodeValue and one.where.path[0] == tags.DeidentificationMethodCodeSequence:
                attested = attested or one.value.reveal() == CLEAN_PIXEL_DATA
    return attested if ours else None
