"""Makers and models stay whole, people in their place go."""

import pytest

from conftest import CANARY
from factory_attributes import action, attribute
from scanscrub.domain.plan import Keep
from text_examples import corpus_lines

BOTH = pytest.mark.parametrize("profile", ["share", "research"])
MAKER, MODEL, STATION, DESCRIPTION = 0x00080070, 0x00081090, 0x00081010, 0x00500020


@BOTH
@pytest.mark.parametrize(("tag", "file"), [(MAKER, "makers.txt"), (MODEL, "models.txt")])
def test_makers_and_models_stay_whole(tag: int, file: str, profile: str) -> None:
    lines = list(corpus_lines(file))
    lost = [line for line in lines if not isinstance(action(attribute(tag, value=line), profile), Keep)]
    assert len(lines) > 400
    assert lost == []


@pytest.mark.parametrize("text", ["MAGNETOM Vida", "ACUSON Juniper", "SIGNA Victor", "Artis zee", "HERA W10"])
def test_a_product_that_is_called_like_somebody_names_nobody_beside_its_maker(text: str) -> None:
    assert isinstance(action(attribute(DESCRIPTION, vr="LO", value=text), "research"), Keep)
    assert not isinstance(
        action(attribute(DESCRIPTION, vr="LO", value=text.rsplit(maxsplit=1)[-1] + " Jane"), "research"), Keep
    )


@BOTH
@pytest.mark.parametrize(
    "text", [f"{CANARY} Jane", CANARY, "Ilsabe Zwyrtkov", "Dr. Zwyrtkov Imaging", "Vida Hoffmann", "Jane Roe GmbH"]
)
def test_a_person_in_their_place_goes(text: str, profile: str) -> None:
    for tag in (MAKER, MODEL):
        goes = not isinstance(action(attribute(tag, value=text), profile), Keep)
        assert goes or (profile == "research" and text == CANARY)


@BOTH
def test_a_maker_of_the_patients_name_goes(profile: str) -> None:
    patient = attribute(0x00100010, vr="PN", value="Storz^Karl")
    assert not isinstance(action(attribute(MAKER, value="KARL STORZ"), profile, patient), Keep)
    assert not isinstance(
        action(
            attribute(MODEL, value="MAGNETOM Vida"), profile, attribute(0x00100010, vr="PN", value="Vida^Zwyrtkov")
        ),
        Keep,
    )


@pytest.mark.parametrize("text", ["Wolf", "Vida", "Welch"])
def test_a_name_alone_in_the_name_of_a_station_goes(text: str) -> None:
    assert not isinstance(action(attribute(STATION, vr="SH", value=text), "research"), Keep)
