"""Private attributes: only what the standard calls safe, by its creator, with a value that fits."""

import pytest

from conftest import CANARY
from factory_attributes import action, attribute, image, profile, steps
from scanscrub.domain.finding import Attribute
from scanscrub.domain.plan import Keep, RemapUid, Remove
from scanscrub.policy.headers.private_attributes import safe_table
from scanscrub.policy.options import Option

SAFE = profile(Option.SAFE_PRIVATE)
GE, PHILIPS, SIEMENS = "GEMS_ACQU_01", "Philips Imaging DD 001", "SIEMENS MR HEADER"


def _block(group: int, block: int, creator: str, *inside: Attribute) -> tuple[Attribute, ...]:
    return image(attribute(group << 16 | block, value=creator, creator=creator), *inside)


def _kept(seen: tuple[Attribute, ...]) -> set[int]:
    decided = steps(seen, SAFE)
    return {path[-1] for path, step in decided.items() if path[-1] >> 16 & 1 and isinstance(step.action, Keep)}


def test_the_table_of_safe_attributes_is_complete() -> None:
    assert len(safe_table()) == 479


@pytest.mark.parametrize("name", ["share", "research"])
def test_an_attribute_of_a_block_that_is_not_safe_goes(name: str) -> None:  # L079
    one = attribute(0x00091027, vr="SL", value="20000101", creator="GEMS_IDEN_01")
    assert isinstance(action(one, name, attribute(0x00090010, value="GEMS_IDEN_01")), Remove)


def test_every_private_attribute_goes_without_the_option() -> None:
    seen = _block(0x0019, 0x10, GE, attribute(0x00191023, vr="DS", value="1.5", creator=GE))
    decided = steps(seen, "share")
    assert isinstance(decided[0x00190010,].action, Remove)
    assert isinstance(decided[0x00191023,].action, Remove)


def test_a_safe_attribute_stays_with_its_creator() -> None:
    seen = _block(0x0019, 0x10, GE, attribute(0x00191023, vr="DS", value="1.5", creator=GE))
    assert _kept(seen) == {0x00190010, 0x00191023}


def test_a_name_as_creator_goes_with_its_block() -> None:  # L080
    seen = _block(0x0011, 0x10, f"{CANARY} JOHN", attribute(0x00111010, vr="DS", value="1", creator=f"{CANARY} JOHN"))
    assert _kept(seen) == set()


def test_a_creator_of_a_block_of_which_nothing_stays_goes() -> None:
    seen = _block(0x0019, 0x10, GE, attribute(0x00191002, vr="SL", value="912", creator=GE))
    assert _kept(seen) == set()


def test_a_block_is_known_by_its_creator_wherever_it_lies() -> None:  # L081
    seen = _block(0x0019, 0x11, GE, attribute(0x00191123, vr="DS", value="1.5", creator=GE))
    assert _kept(seen) == {0x00190011, 0x00191123}


def test_a_safe_place_in_another_creators_block_goes() -> None:  # L081
    seen = _block(0x0019, 0x10, "ACME", attribute(0x00191023, vr="DS", value="1.5", creator="ACME"))
    assert _kept(seen) == set()


def test_an_attribute_without_a_creator_goes() -> None:  # L082
    assert _kept(image(attribute(0x00131010, vr="DS", value="1"))) == set()
    assert _kept(image(attribute(0x00191023, vr="DS", value="1.5"))) == set()


@pytest.mark.parametrize(
    ("tag", "vr", "value", "length"),
    [
        (0x0019109E, "LO", f"{CANARY} Jane", None),  # a safe LO
        (0x0019109E, "LO", "Dr. Smith 01.02.1970", None),
        (0x00191023, "LO", CANARY, None),  # the VR is another
        (0x00191023, "DS", CANARY, None),  # no number
        (0x00191023, "DS", "19700101", None),  # a date
        (0x00191023, "DS", "1\\2", None),  # VM 1
    ],
)
def test_a_spoofed_safe_block_keeps_no_text(tag: int, vr: str, value: str, length: int | None) -> None:  # L083
    seen = _block(0x0019, 0x10, GE, attribute(tag, vr=vr, value=value, length=length, creator=GE))
    assert _kept(seen) == set()


@pytest.mark.parametrize(("length", "stays"), [(24, True), (8, False), (25, False), (240, False), (0, True)])
def test_binary_numbers_have_the_length_of_their_vm(length: int, stays: bool) -> None:  # noqa: FBT001 - a parameter
    tag = 0x0019100E  # Diffusion Gradient Direction, FD 3
    seen = _block(0x0019, 0x10, SIEMENS, attribute(tag, vr="FD", length=length, creator=SIEMENS))
    assert (tag in _kept(seen)) is stays


def test_bulk_data_that_nobody_can_read_go_even_where_they_are_called_safe() -> None:
    seen = _block(0x2001, 0x10, PHILIPS, attribute(0x200110FF, vr="OW", creator=PHILIPS))
    assert _kept(seen) == set()


def test_items_of_a_safe_sequence_are_looked_at_one_by_one() -> None:  # L084
    stack = 0x2001105F
    seen = _block(
        0x2001,
        0x10,
        PHILIPS,
        attribute(stack, vr="SQ", creator=PHILIPS),
        attribute(stack, 0, 0x00100010, vr="PN", value=f"{CANARY}^Nested"),
        attribute(stack, 0, 0x00180050, vr="DS", value="5"),
        attribute(stack, 0, 0x20010010, value=PHILIPS, creator=PHILIPS),
        attribute(stack, 0, 0x2001102D, vr="SS", value="4", length=2, creator=PHILIPS),
        attribute(stack, 0, 0x200110FF, vr="OW", creator=PHILIPS),
    )
    decided = steps(seen, SAFE)
    assert isinstance(decided[stack,].action, Keep)
    assert not isinstance(decided[stack, 0, 0x00100010].action, Keep)
    assert isinstance(decided[stack, 0, 0x00180050].action, Keep)
    assert isinstance(decided[stack, 0, 0x20010010].action, Keep)
    assert isinstance(decided[stack, 0, 0x2001102D].action, Keep)
    assert isinstance(decided[stack, 0, 0x200110FF].action, Remove)


def test_a_private_sequence_that_could_not_be_read_goes() -> None:  # L085
    seen = _block(0x2001, 0x10, PHILIPS, attribute(0x2001105F, vr="UN", creator=PHILIPS))
    assert _kept(seen) == set()


def test_a_private_uid_becomes_a_new_one() -> None:
    creator = "NQHeader"
    seen = _block(0x0099, 0x10, creator, attribute(0x00991002, vr="UI", value="1.2.3", creator=creator))
    decided = steps(seen, SAFE)
    assert isinstance(decided[0x00991002,].action, RemapUid)
    assert isinstance(decided[0x00990010,].action, Keep)


@pytest.mark.parametrize("vr", ["UN", "OB", "LO"])
def test_a_standard_attribute_of_the_wrong_vr_is_known_by_its_tag(vr: str) -> None:  # L086, L087
    one = attribute(0x00100010, vr=vr, value=f"{CANARY}^Jane" if vr == "LO" else None)
    assert not isinstance(action(one, "share"), Keep)
    one = attribute(0x00101040, vr=vr, value=CANARY if vr == "LO" else None)
    assert isinstance(action(one, "share"), Remove)


def _declared(group: int, creator: str, status: str, safe: str = "", identifying: str = "") -> tuple[Attribute, ...]:
    inside = (0x00080300, 0)
    return (
        attribute(0x00080300, vr="SQ"),
        attribute(*inside, 0x00080301, vr="US", value=str(group)),
        attribute(*inside, 0x00080302, vr="LO", value=creator),
        attribute(*inside, 0x00080303, vr="CS", value=status),
        attribute(*inside, 0x00080304, vr="US", value=safe),
        attribute(*inside, 0x00080305, vr="SQ"),
        attribute(*inside, 0x00080305, 0, 0x00080306, vr="US", value=identifying),
        attribute(*inside, 0x00080305, 0, 0x00080307, vr="CS", value="X"),
    )


def test_a_block_that_the_file_calls_safe_keeps_its_numbers() -> None:
    more = (
        attribute(0x00191002, vr="SL", value="912", length=4, creator=GE),
        attribute(0x00191018, vr="LO", value=CANARY, creator=GE),
    )
    seen = _block(0x0019, 0x10, GE, *more, *_declared(0x0019, GE, "SAFE"))
    assert _kept(seen) == {0x00190010, 0x00191002}


def test_single_attributes_that_the_file_calls_safe_stay() -> None:
    more = (
        attribute(0x00191002, vr="SL", value="912", length=4, creator=GE),
        attribute(0x00191026, vr="SL", value="7", length=4, creator=GE),
    )
    seen = _block(0x0019, 0x10, GE, *more, *_declared(0x0019, GE, "MIXED", safe="2"))
    assert _kept(seen) == {0x00190010, 0x00191002}


@pytest.mark.parametrize(("status", "identifying"), [("UNSAFE", ""), ("MIXED", "35")])
def test_what_the_file_calls_identifying_goes_although_the_standard_calls_it_safe(
    status: str, identifying: str
) -> None:
    one = attribute(0x00191023, vr="DS", value="1.5", creator=GE)
    seen = _block(0x0019, 0x10, GE, one, *_declared(0x0019, GE, status, identifying=identifying))
    assert _kept(seen) == set()


def test_what_a_file_says_about_its_private_blocks_goes_with_them() -> None:
    seen = image(*_declared(0x0019, CANARY, "SAFE"))
    assert isinstance(steps(seen, "share")[0x00080300,].action, Remove)
    assert not isinstance(steps(seen, SAFE)[0x00080300, 0, 0x00080302].action, Keep)


@pytest.mark.parametrize(
    ("vr", "length", "value"),
    [
        ("FD", 8, "837172123.0"),
        ("FL", 4, "837172096.0"),
        ("FL", 4, "19470312.0"),
        ("FD", 8, "12031947.0"),
        ("FD", 8, "470312.0"),
    ],
)
def test_the_own_id_and_birth_date_do_not_stay_as_a_safe_number(vr: str, length: int, value: str) -> None:
    creator, place = next(listed for listed, said in safe_table().items() if said == (vr, "1"))
    group, element = place >> 8, place & 0xFF
    own = (attribute(0x00100020, value="837172123"), attribute(0x00100030, vr="DA", value="19470312"))
    one = attribute(group << 16 | 0x1000 | element, vr=vr, value=value, creator=creator, length=length)
    plain = attribute(group << 16 | 0x1000 | element, vr=vr, value="0.125", creator=creator, length=length)
    assert one.where.path[-1] not in _kept(_block(group, 0x10, creator, one, *own))
    assert one.where.path[-1] in _kept(_block(group, 0x10, creator, plain, *own))
