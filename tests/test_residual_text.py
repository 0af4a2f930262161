"""What was still seen in copies: where it is masked the next time."""

import numpy as np

from scanscrub.domain.finding import Finding, Origin, OriginKind, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.rules import Rule, Severity
from scanscrub.pipeline.inspect import Examination, FrameSize
from scanscrub.pipeline.masked_again import with_residual_text
from scanscrub.policy.decide import build_policy
from scanscrub.policy.profile import load_profile

DETECTOR = Origin(OriginKind.DETECTOR, "test")
SIZES = tuple(FrameSize(rows, 80, np.zeros((4, 4), np.bool_)) for rows in (60, 60, 30))
MARK, DOUBT = Box(1, 2, 9, 12), Box(20, 20, 40, 30)


def seen(box: Box, frame: int) -> Finding:
    return Finding(Rule.WRITING, PixelRegion(box, frame), Severity.QUASI, 0.9, DETECTOR, Phi("R"))


def masked(*doubts: Finding, everywhere: bool) -> list[tuple[object, bool]]:
    decisions = build_policy(load_profile("share"), bytes(32)).about(())
    examination = Examination(decisions, (seen(MARK, 0),), SIZES)
    found = with_residual_text(examination, doubts, everywhere=everywhere).writing
    return [(each.where, each.evidence is not None) for each in found]


def test_a_doubt_is_masked_where_it_was_seen_and_says_nothing() -> None:
    assert masked(seen(DOUBT, 1), everywhere=False) == [(PixelRegion(MARK, 0), True), (PixelRegion(DOUBT, 1), False)]


def test_in_the_end_it_is_masked_in_every_frame_of_that_size_once_and_so_is_what_could_have_stayed() -> None:
    assert masked(seen(DOUBT, 1), seen(DOUBT, 0), seen(MARK, 2), everywhere=True) == [
        (PixelRegion(MARK, 0), False),
        (PixelRegion(DOUBT, 0), False),
        (PixelRegion(DOUBT, 1), False),
        (PixelRegion(MARK, 2), False),
    ]
