"""Terms that every object says of itself are no names, though some of their words are."""

from itertools import permutations, product

import pytest

from factory_attributes import action, attribute
from scanscrub.domain.plan import Keep, Replace
from scanscrub.policy.headers.vr_validation import is_code_string

MODALITIES = (
    "ANN AR ASMT AU BDUS BI BMD CFM CR CT CTPROTOCOL DMS DG DOC DX ECG EEG EMG EOG EPS ES FID GM HC HD IO IOL IVOCT "
    "IVUS KER KO LEN LS MG MR M3D NM OAM OCT OP OPM OPT OPTBSV OPTENF OPV OSS OT PA PLAN POS PR PT PX REG RESP RF RG "
    "RTDOSE RTIMAGE RTINTENT RTPLAN RTRAD RTRECORD RTSEGANN RTSTRUCT RWV SEG SM SMR SR SRF STAIN TEXTUREMAP TG US VA "
    "XA XAPROTOCOL XC AS CD CF CP CS DD DF DM DS EC FA FS LP MA MS OPR ST VF"
)
"""PS3.3 C.7.3.1.1.1, with the retired ones."""
TECHNIQUES = "MAX_IP MIN_IP VOLUME_RENDER SURFACE_RENDER MPR CURVED_MPR NONE MIXED"
OTHERS = "CENTER ARROW LINE REV_TID T1_MAP SNR_MAP 3D_RENDERING MOTORIZED NEAREST TRILINEAR CARDIAC_CASCORE DENSE"
METHODS = "ISO_10918_1 ISO_14495_1 ISO_15444_1 ISO_15444_15 ISO_13818_2 ISO_14496_10 ISO_23008_2"


@pytest.mark.parametrize("term", f"{MODALITIES} {TECHNIQUES} {OTHERS} {METHODS}".split())
def test_a_defined_term_stays(term: str) -> None:
    assert is_code_string(term, frozenset())


def test_every_direction_of_a_patient_stays() -> None:
    parts = product(("L", "R", ""), ("A", "P", ""), ("H", "F", ""))
    directions = {"".join(order) for one in parts for order in permutations(one)} - {""}
    assert not [each for each in directions if not is_code_string(each, frozenset())]


PARTS = (
    "AORTICARCH AORTICVALVE CHOROIDPLEXUS ENDOARTERIAL ENDOVESICAL ENTIREBODY FONTANEL SEMINALVESICLE SIJOINT "
    "SPINALCORD UMBILICAL ACJOINT FEMORALA PULMONARYV LOWERLIMB UPPERARM OPTICCANAL BONYPELVIS INTILIACA DESCAORTA "
    "NECKCHESTABDPELV CHEST HEADNECK WHOLEBODY CSPINE TLSPINE TMJ IAC SSPINE L-SPINE LOWER_EXTM WRIST_HAND HEADANGIO"
)


@pytest.mark.parametrize("profile", ["share", "research"])
def test_a_part_of_the_body_stays_and_somebody_does_not(profile: str) -> None:
    values = (*PARTS.split(), "Left Breast", "Phantom", "abdomen")
    parts = {value: action(attribute(0x00180015, vr="CS", value=value), profile) for value in values}
    assert [value for value, decided in parts.items() if not isinstance(decided, Keep)] == []
    for value in ("HARTMANN", "KNEELAND", "LEE ANN", "SMITH ABDOMEN", "ARM 4711083", "Footman", "HEAD 24-03-61"):
        assert action(attribute(0x00180015, vr="CS", value=value), profile) == Replace("OTHER")
