"""Nothing stays in any hiding place, under both profiles; every copy is proved, or there is none."""

import io

import pytest

from factory_dicom import DEFLATED, plain_bytes
from hiding_place import Place
from hiding_places_attributes import attribute_places
from hiding_places_container import container_places
from hiding_places_objects import object_places
from hiding_places_private import private_places
from scanscrub.domain.errors import RefusedFile
from scanscrub.domain.plan import Check, Source
from scanscrub.domain.text_mode import TextMode
from scanscrub.formats.dicom.file_format import FORMAT
from scanscrub.policy.decide import build_policy
from scanscrub.policy.profile import load_profile

PLACES = (*container_places(), *attribute_places(), *object_places(), *private_places())
SOURCE = Source(1, "ab" * 32)


def cleaned(file: bytes, profile: str) -> tuple[bytes, tuple[Check, ...]]:
    """The copy of a file and what was proved of it."""
    policy = build_policy(load_profile(profile), b"k" * 32, text_mode=TextMode.NONE)
    assert FORMAT.sniff(file[:4096])
    with FORMAT.open(io.BytesIO(file), SOURCE) as document:
        plan = policy.decide(SOURCE, tuple(document.inspect()), ())
        target = io.BytesIO()
        document.apply(plan, target)
        with FORMAT.open(target, SOURCE) as copy:
            return target.getvalue(), tuple(document.prove(plan, copy))


@pytest.mark.parametrize("profile", ["share", "research"])
@pytest.mark.parametrize("place", PLACES, ids=str)
def test_nothing_stays_in_the_hiding_place(place: Place, profile: str) -> None:
    if place.refused:
        with pytest.raises(RefusedFile):
            cleaned(place.file, profile)
        return
    assert all(marker in hidden_in(place.file) for marker in place.markers), "the place hides nothing"
    copy, checks = cleaned(place.file, profile)
    found = plain_bytes(copy).lower()
    assert not [check.name for check in checks if not check.passed]
    assert not [marker for marker in place.markers if marker in found]


def hidden_in(file: bytes) -> bytes:
    return (plain_bytes(file) if file[128:132] == b"DICM" and DEFLATED.encode() in file else file).lower()


def test_every_row_of_the_list_that_concerns_headers_has_a_place() -> None:
    elsewhere = {
        *range(18, 23),  # names, containers of files and streams: the tests of the program as a whole
        *range(47, 50),  # what must stay, and how pseudonyms are made: the tests of the policy
    }
    assert {int(place.code[1:]) for place in PLACES} == set(range(1, 97)) - elsewhere
