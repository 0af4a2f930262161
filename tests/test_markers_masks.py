import pytest

from scanscrub.domain.finding import FileName, Finding, Origin, OriginKind, PixelRegion
from scanscrub.domain.geometry import Box
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Keep, Mask
from scanscrub.domain.rules import Rule, Severity
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.pixels.masks import mask_steps
from scanscrub.policy.pixels.retained_text import PADDING
from text_examples import HEADER

DETECTOR = Origin(OriginKind.DETECTOR, "test")


def writing(
    reading: str | None,
    box: tuple[int, int, int, int],
    rule: Rule = Rule.WRITING,
    frame: int = 0,
    confidence: float = 0.9,
) -> Finding:
    evidence = None if reading is None else Phi(reading)
    return Finding(rule, PixelRegion(Box(*box), frame), Severity.IDENTITY, confidence, DETECTOR, evidence)


def kept_of(*found: Finding, text_mode: TextMode = TextMode.IDENTIFYING) -> list[bool]:
    steps = mask_steps(found, text_mode, HEADER)
    assert [step.where for step in steps] == [finding.where for finding in found]
    assert all(isinstance(step.action, Keep | Mask) for step in steps)
    return [isinstance(step.action, Keep) for step in steps]


def test_all_masks_every_region_with_padding() -> None:
    steps = mask_steps([writing("L", (0, 0, 9, 9)), writing("JANE", (50, 0, 90, 9))], TextMode.ALL)
    assert [step.action for step in steps] == [Mask(PADDING), Mask(PADDING)]


def test_none_gives_no_steps() -> None:
    assert mask_steps([writing("JANE", (50, 0, 90, 9), Rule.WRITING_MATCHES_HEADER)], TextMode.NONE) == ()


def test_identifying_keeps_a_marker_and_masks_a_name() -> None:
    assert kept_of(writing("R", (0, 0, 9, 9)), writing("DOE JOHN", (200, 0, 290, 9))) == [True, False]


@pytest.mark.parametrize("rule", [Rule.WRITING_MATCHES_HEADER, Rule.WRITING_UNREADABLE])
def test_what_matches_the_header_or_cannot_be_read_is_masked_whatever_it_says(rule: Rule) -> None:
    assert kept_of(writing("L", (0, 0, 9, 9), rule)) == [False]


def test_writing_that_nobody_read_is_masked() -> None:
    assert kept_of(writing(None, (0, 0, 9, 9))) == [False]


def test_an_initial_beside_a_masked_name_is_masked() -> None:
    assert kept_of(writing("DOE", (0, 0, 40, 12)), writing("A", (50, 0, 58, 12))) == [False, False]


def test_a_chain_of_pieces_beside_a_masked_name_is_masked() -> None:
    pieces = [writing("DOE", (0, 0, 40, 12)), writing("A", (50, 0, 58, 12)), writing("R", (66, 0, 74, 12))]
    assert kept_of(*pieces) == [False, False, False]


def test_a_marker_far_from_a_masked_name_stays() -> None:
    assert kept_of(writing("DOE", (0, 0, 40, 12)), writing("R", (400, 0, 412, 12))) == [False, True]


def test_a_marker_on_another_line_stays() -> None:
    assert kept_of(writing("DOE", (0, 0, 40, 12)), writing("R", (0, 20, 12, 32))) == [False, True]


def test_a_marker_in_another_frame_stays() -> None:
    assert kept_of(writing("DOE", (0, 0, 40, 12)), writing("R", (44, 0, 52, 12), frame=1)) == [False, True]


def test_a_long_technique_line_beside_a_masked_name_stays() -> None:
    assert kept_of(writing("DOE", (0, 0, 40, 12)), writing("TR 4000 TE 90", (46, 0, 140, 12))) == [False, True]


def test_an_initial_below_a_masked_name_that_is_written_sideways_is_masked() -> None:
    assert kept_of(writing("DOE", (0, 0, 12, 40)), writing("A", (0, 48, 12, 56))) == [False, False]


def test_a_finding_outside_the_pixels_gives_no_step() -> None:
    name = Finding(Rule.NAME, FileName(), Severity.IDENTITY)
    assert mask_steps([name, writing("DOE", (0, 0, 40, 12))], TextMode.ALL) == mask_steps(
        [writing("DOE", (0, 0, 40, 12))], TextMode.ALL
    )


def test_a_marker_that_the_reader_is_not_sure_of_is_masked() -> None:
    doubted = Finding(Rule.WRITING, PixelRegion(Box(0, 0, 9, 9)), Severity.IDENTITY, 0.4, DETECTOR, Phi("L"))
    assert kept_of(doubted) == [False]


def test_many_frames_are_judged_each_for_itself() -> None:
    pieces = [
        piece
        for frame in range(40)
        for piece in (writing("DOE", (0, 0, 40, 12), frame=frame), writing("R", (400, 0, 412, 12), frame=frame))
    ]
    assert kept_of(*pieces) == [False, True] * 40


def test_a_reading_too_short_for_its_region_is_no_reading_of_all_of_it() -> None:
    assert kept_of(writing("7", (0, 0, 60, 30))) == [True]
    assert kept_of(writing("7", (0, 0, 150, 30))) == [False]
    assert kept_of(writing("7", (0, 0, 30, 150))) == [False]


def test_a_mark_above_a_masked_line_stays_however_its_own_box_lies() -> None:
    assert kept_of(writing("R", (0, 0, 20, 44)), writing("DOE JOHN", (0, 60, 140, 84))) == [True, False]


def test_an_initial_above_a_masked_name_that_runs_downwards_is_masked() -> None:
    assert kept_of(writing("J", (0, 0, 20, 20)), writing("DOE", (0, 30, 20, 90))) == [False, False]


def test_a_line_outlined_twice_is_what_its_surer_reading_says() -> None:
    line, again = (0, 0, 100, 30), (2, 1, 104, 30)
    assert kept_of(writing("RIGHT", line, confidence=0.99), writing("RI GHT", again)) == [True, True]
    assert kept_of(writing("RIGHT", line), writing("RIGBY", again, confidence=0.99)) == [False, False]
    assert kept_of(writing("RIGHT", line, confidence=0.8), writing("RI GHT", again, confidence=0.7)) == [False, False]
    assert kept_of(writing("RIGHT", line, confidence=0.99), writing("1.2.1974", again)) == [False, False]
    matches = Rule.WRITING_MATCHES_HEADER
    assert kept_of(writing("RIGHT", line, confidence=0.99), writing("RIGHT", again, matches)) == [False, False]


def test_a_mark_outlined_twice_stays_though_one_outline_has_room_for_more() -> None:
    mark, longer = writing("L", (0, 0, 20, 45), confidence=0.89), writing("L", (1, 0, 18, 45))
    assert kept_of(mark, longer) == [True, True]
    assert kept_of(longer) == [False]
    assert kept_of(mark, writing("L", (1, 0, 18, 90))) == [False, False]  # it goes on


def test_a_line_that_is_longer_than_a_harmless_part_of_it_is_masked() -> None:
    part, whole = (0, 0, 100, 30), (0, 0, 180, 30)
    assert kept_of(writing("RIGHT", part, confidence=0.99), writing("RIGHT DOE", whole)) == [False, False]


def test_a_part_of_a_harmless_line_that_was_outlined_as_well_does_not_mask_it() -> None:
    whole, part = (0, 0, 140, 30), (50, 2, 140, 29)
    assert kept_of(writing("PITCH 34.6", whole, confidence=0.99), writing("CH 34.6", part)) == [True, True]
    assert kept_of(writing("PITCH 34.6", whole), writing("CH 34.6", part, confidence=0.99)) == [True, True]
    assert kept_of(writing("PITCH 34.6", whole), writing("CH DOE", part, confidence=0.99)) == [False, False]


def test_a_word_more_in_a_part_or_in_another_outline_of_a_harmless_line_masks_it() -> None:
    line, again, part = (0, 0, 200, 30), (2, 1, 206, 30), (140, 2, 200, 29)
    axial = writing("AXIAL BONE WINDOW", line, confidence=1.0)
    assert kept_of(axial, writing("Max", part, confidence=0.96)) == [False, False]
    assert kept_of(axial, writing("AXIAL BONE WINDOW LI", again, confidence=0.97)) == [False, False]
    assert kept_of(axial, writing("W1NDOW", part, confidence=0.96)) == [True, True]
    assert kept_of(axial, writing("Wn0", part, confidence=0.5)) == [True, True]


def test_a_box_around_two_harmless_lines_and_a_word_masks_them() -> None:
    lines = (writing("120 kV", (0, 0, 90, 26), confidence=0.97), writing("285 mA", (0, 18, 96, 44), confidence=0.95))
    assert kept_of(*lines, writing("OKAFOR", (0, 0, 88, 45), confidence=0.9)) == [False] * 3


def test_a_box_around_two_harmless_lines_is_no_third_one() -> None:
    first, second = (0, 0, 90, 26), (0, 18, 96, 44)
    lines = (writing("120 kV", first, confidence=0.97), writing("285 mA", second, confidence=0.95))
    assert kept_of(*lines, writing("OZLAY", (0, 0, 88, 45), confidence=0.8)) == [True, True, True]
    assert kept_of(lines[0], writing("OZLAY", (0, 0, 88, 45), confidence=0.8)) == [False, False]
    assert kept_of(*lines, writing("DOE", (0, 0, 88, 45), Rule.WRITING_MATCHES_HEADER)) == [False] * 3


def test_masks_end_in_the_middle_between_a_line_and_one_that_stays() -> None:
    masked, stays = writing("DOE JOHN", (0, 0, 140, 26)), writing("W 90 L 40", (0, 18, 120, 44))
    mask, kept = mask_steps([masked, stays], TextMode.IDENTIFYING, HEADER)
    assert (mask.where, mask.action) == (PixelRegion(Box(0, 0, 140, 22 - PADDING)), Mask(PADDING))
    assert isinstance(kept.action, Keep)
    above, below = mask_steps([stays, writing("DOE JOHN", (0, 36, 140, 62))], TextMode.IDENTIFYING, HEADER)
    assert isinstance(above.action, Keep)
    assert below.where == PixelRegion(Box(0, 40 + PADDING, 140, 62))
    two_lines = writing("DOE JOHN", (0, 30, 140, 80))
    assert [step.where for step in mask_steps([stays, two_lines], TextMode.ALL, HEADER)] == [
        stays.where,
        two_lines.where,
    ]


def test_what_a_mask_cuts_into_is_masked_whole() -> None:
    assert kept_of(writing("PA ERECT", (0, 0, 140, 30)), writing("DOE", (100, 10, 160, 60))) == [False, False]


def test_what_was_seen_in_the_copy_is_masked_whatever_lies_there() -> None:
    line = (0, 0, 100, 30)
    assert kept_of(writing("RIGHT", line, confidence=0.99), writing(None, line)) == [False, False]


def test_figures_that_were_read_unsurely_are_masked() -> None:
    box = (0, 0, 90, 30)
    assert kept_of(writing("933mm", box, confidence=0.7), writing("933mm", box, frame=1)) == [False, True]
    assert kept_of(writing("Supine", box, confidence=0.7)) == [True]
