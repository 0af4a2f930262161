"""Which pixels a mask covers."""

from typing import cast

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from scanscrub.domain.finding import PixelRegion
from scanscrub.domain.geometry import Box, Quad
from scanscrub.formats.raster.masking import covered, rasterize, touched_blocks, whole_blocks

_numbers = st.floats(-5, 45, allow_nan=False, width=32)


def test_a_box_covers_its_pixels_and_its_padding_and_nothing_else() -> None:
    area = rasterize([(PixelRegion(Box(10, 5, 14, 9)), 2)], 20, 30)
    assert area[3:11, 8:16].all()
    assert area.sum() == 64


def test_a_box_beyond_the_edges_is_cut_at_them() -> None:
    area = rasterize([(PixelRegion(Box(-10, -10, 3, 2)), 1)], 20, 30)
    assert area.sum() == 12


def test_a_region_outside_the_image_covers_nothing() -> None:
    quad: Quad = ((100.0, 100.0), (110.0, 100.0), (110.0, 110.0), (100.0, 110.0))
    regions = [(PixelRegion(Box(100, 100, 110, 110)), 2), (PixelRegion(Box(100, 100, 110, 110), quad=quad), 2)]
    assert not rasterize(regions, 20, 30).any()


def test_a_slanted_quad_does_not_cover_its_whole_upright_box() -> None:
    quad: Quad = ((10.0, 0.0), (20.0, 10.0), (10.0, 20.0), (0.0, 10.0))
    area = rasterize([(PixelRegion(Box(0, 0, 20, 20), quad=quad), 0)], 20, 20)
    assert area[10, 10]
    assert not area[1, 1]
    assert 200 <= area.sum() <= 260


def test_padding_of_a_slanted_quad_reaches_as_far_as_it_says() -> None:
    quad: Quad = ((10.0, 5.0), (20.0, 15.0), (15.0, 20.0), (5.0, 10.0))
    plain = rasterize([(PixelRegion(Box(5, 5, 20, 20), quad=quad), 0)], 40, 40)
    padded = rasterize([(PixelRegion(Box(5, 5, 20, 20), quad=quad), 4)], 40, 40)
    rows, columns = np.nonzero(plain)
    for down, right in ((-2, 2), (2, -2), (2, 2), (-2, -2)):
        assert padded[rows + down, columns + right].all()


def test_a_degenerate_quad_becomes_its_padded_box() -> None:
    quad: Quad = ((5.0, 5.0), (15.0, 5.0), (15.0, 5.0), (5.0, 5.0))
    area = rasterize([(PixelRegion(Box(5, 5, 15, 6), quad=quad), 3)], 20, 30)
    assert area[2:8, 2:18].all()


@settings(deadline=None)
@given(st.tuples(_numbers, _numbers), st.floats(2, 20), st.floats(2, 8), st.floats(0, 3.14), st.integers(0, 5))
def test_every_pixel_a_rotated_box_touches_is_covered(
    center: tuple[float, float], half_width: float, half_height: float, angle: float, padding: int
) -> None:
    along = np.array([np.cos(angle), np.sin(angle)])
    across = np.array([-along[1], along[0]])
    signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))
    corners = [np.array(center) + a * half_width * along + b * half_height * across for a, b in signs]
    quad = cast("Quad", tuple((float(x), float(y)) for x, y in corners))
    area = rasterize([(PixelRegion(Box.around(quad), quad=quad), padding)], 40, 40)
    y, x = np.mgrid[0.5:40, 0.5:40]
    offset = np.stack([x, y], axis=-1) - np.array(center)
    inside = (np.abs(offset @ along) <= half_width + padding) & (np.abs(offset @ across) <= half_height + padding)
    assert area[inside].all()


def test_blocks_that_are_touched_are_covered_whole() -> None:
    area = np.zeros((20, 30), np.bool_)
    area[8, 16] = True
    grown = whole_blocks(area, (8, 16))
    assert grown[8:16, 16:30].all()
    assert grown.sum() == 8 * 14
    assert touched_blocks(area, (8, 16)).tolist() == [[False, False], [False, True], [False, False]]


@settings(deadline=None)
@given(st.tuples(_numbers, _numbers), st.floats(0, 3.14), st.sampled_from([0, 4]), st.sampled_from([1, 8]))
def test_what_a_region_covers_is_the_box_around_its_pixels(
    center: tuple[float, float], angle: float, padding: int, block: int
) -> None:
    axes = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    corners = np.array([[-12, -5], [12, -5], [12, 5], [-12, 5]]) @ axes + center
    quad = cast("Quad", tuple((round(float(x), 1), round(float(y), 1)) for x, y in corners))
    for region in (PixelRegion(Box.around(quad)), PixelRegion(Box.around(quad), quad=quad)):
        area = rasterize([(region, padding)], 40, 40, (2 * block, block))
        box = covered(region, padding, (40, 40), (2 * block, block)).box
        outside = area.copy()
        outside[box.top : box.bottom, box.left : box.right] = False
        assert not outside.any()
        if region.quad is None:
            assert area.sum() == box.area


def test_a_turned_outline_is_told_with_its_padding() -> None:
    quad: Quad = ((10.0, 5.0), (20.0, 15.0), (15.0, 20.0), (5.0, 10.0))
    region = covered(PixelRegion(Box(5, 5, 20, 20), quad=quad), 4, (40, 40))
    assert region.quad == ((10.0, -0.7), (25.7, 15.0), (15.0, 25.7), (-0.7, 10.0))
    assert region.box == Box(0, 0, 27, 27)
