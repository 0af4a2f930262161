"""Attributes as a format would show them, and what a policy decides about them."""

from collections.abc import Iterable, Mapping, Sequence

from conftest import CANARY
from scanscrub.domain.finding import Attribute, HeaderElement, Observation
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Action, Add, Clean, Keep, Plan, RemapUid, Replace, ShiftDate, Source, Step
from scanscrub.policy.decide import Policy, build_policy
from scanscrub.policy.options import Option
from scanscrub.policy.profile import Profile, load_profile

KEY = b"k" * 32
CT = "1.2.840.10008.5.1.4.1.1.2"
NAME = f"{CANARY}^Jane"
PATIENT_ID = f"{CANARY}4711"

_NOT_TEXT = frozenset({"SQ", "OB", "OW", "OB or OW", "OF", "OD", "UN"})

_WORDS = {"US": 2, "SS": 2, "UL": 4, "SL": 4, "FL": 4, "FD": 8}


def attribute(
    *path: int, vr: str = "LO", value: str | None = None, length: int | None = None, creator: str | None = None
) -> Attribute:
    """An attribute; `value` None is one whose value cannot be shown (a sequence, bulk data)."""
    size = len(value) if value is not None else 1
    if vr in _WORDS and value:
        size = _WORDS[vr] * len(value.split("\\"))
    return Attribute(
        HeaderElement(path),
        vr,
        None if value is None else Phi(value),
        size if length is None else length,
        None if creator is None else Phi(creator),
        value is not None or vr in _NOT_TEXT,
    )


def image(*more: Attribute, sop_class: str = CT) -> tuple[Attribute, ...]:
    """A small image header of a patient, with `more`, in file order."""
    header = (
        attribute(0x00080016, vr="UI", value=sop_class),
        attribute(0x00080018, vr="UI", value="1.2.3.4.5"),
        attribute(0x00100010, vr="PN", value=NAME),
        attribute(0x00100020, vr="LO", value=PATIENT_ID),
        attribute(0x0020000D, vr="UI", value="1.2.3.4"),
        attribute(0x0020000E, vr="UI", value="1.2.3.4.1"),
        attribute(0x00280010, vr="US", value="4"),
    )
    given = {one.where for one in more}
    return tuple(sorted((*(one for one in header if one.where not in given), *more), key=lambda one: one.where.path))


def profile(*options: Option, descriptors: bool = False) -> Profile:
    """The Basic Profile with options, free text removed unless `descriptors`."""
    held = frozenset(options) | ({Option.DESCRIPTORS} if descriptors else frozenset())
    return Profile("test", "", held)


def policy(wanted: Profile | str = "share", key: bytes = KEY) -> Policy:
    return build_policy(load_profile(wanted) if isinstance(wanted, str) else wanted, key)


def plan(
    seen: Sequence[Observation], wanted: Profile | str = "share", *, key: bytes = KEY, attest: bool = False
) -> Plan:
    return policy(wanted, key).decide(Source(1, "ab" * 32), seen, (), attest=attest)


def steps(
    seen: Sequence[Observation], wanted: Profile | str = "share", *, key: bytes = KEY, attest: bool = False
) -> Mapping[tuple[int, ...], Step]:
    """The steps by path."""
    steps = plan(seen, wanted, key=key, attest=attest).steps
    return {step.where.path: step for step in steps if isinstance(step.where, HeaderElement)}


def action(one: Attribute, wanted: Profile | str = "share", *around: Attribute, sop_class: str = CT) -> Action | None:
    """What happens to one attribute of an image; None where it has no step, because it lies in what goes."""
    step = steps(image(one, *around, sop_class=sop_class), wanted).get(one.where.path)
    return None if step is None else step.action


def new_value(decided: Action | None, old: str | None) -> str | None:
    """The value in the copy; None where the element is not in it or has none."""
    match decided:
        case Keep():
            return old
        case Replace(value) | RemapUid(value) | Clean(value, _) | Add(_, value):
            return value
        case ShiftDate(_, value):
            return value.reveal()
        case _:
            return None


def applied(seen: Iterable[Attribute], wanted: Profile | str, *, key: bytes = KEY) -> tuple[Attribute, ...]:
    """The attributes of the copy, as the writer of a format would make them."""
    given = tuple(seen)
    held = {one.where: one for one in given}
    copy: list[Attribute] = []
    for step in plan(given, wanted, key=key).steps:
        assert isinstance(step.where, HeaderElement)
        if isinstance(step.action, Add):
            copy.append(attribute(*step.where.path, vr=step.action.vr, value=step.action.value or None))
            for number, item in enumerate(step.action.items):
                copy += [attribute(*step.where.path, number, tag, vr=vr, value=value) for tag, vr, value in item]
            continue
        old = held[step.where]
        was = None if old.value is None else old.value.reveal()
        value = new_value(step.action, was)
        if isinstance(step.action, Keep):
            copy.append(old)
        elif value is not None:
            copy.append(attribute(*step.where.path, vr=old.vr, value=value))
        elif type(step.action).__name__ == "Empty":
            copy.append(attribute(*step.where.path, vr=old.vr, value="", length=0))
    return tuple(sorted(copy, key=lambda one: one.where.path))
