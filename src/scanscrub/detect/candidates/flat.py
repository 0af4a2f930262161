"""Is there anything to see in a region?"""

from scanscrub.domain.geometry import Box
from scanscrub.domain.picture import Picture

EDGE = 2
"""Pixels along a region's edges that are not asked: a lossy decoder mixes colors there with their neighbors."""


def is_flat(picture: Picture, box: Box) -> bool:
    """Whether every view shows one color all over the region, so that no writing can be in it.

    The box lies in the picture.
    """
    inset = EDGE if min(box.width, box.height) > 3 * EDGE else 0
    rows = slice(box.top + inset, box.bottom - inset)
    columns = slice(box.left + inset, box.right - inset)
    return all(
        bool((view.pixels[rows, columns] == view.pixels[rows.start, columns.start]).all()) for view in picture.views
    )
