"""Profiles, status attributes and the commands that show them."""

import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner

from conftest import CANARY
from factory_attributes import applied, attribute, image, new_value, plan, policy, profile, steps
from scanscrub.cli import key as key_command
from scanscrub.cli import profile as profile_command
from scanscrub.domain.errors import OutputUnusableError, UsageError
from scanscrub.domain.finding import Segment, SegmentSeen
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Add, Keep, Remove, Source
from scanscrub.domain.rules import Rule
from scanscrub.domain.text_mode import TextMode
from scanscrub.policy.decide import build_policy
from scanscrub.policy.describe import sentences
from scanscrub.policy.options import METHOD_CODES, Option
from scanscrub.policy.profile import Profile, load_profile
from scanscrub.policy.tables.vocabulary import person_names
from scanscrub.policy.text.descriptors import clean_text


def _codes(wanted: Profile | str, *, attest: bool = False) -> list[str]:
    added = steps(image(), wanted, attest=attest)[0x00120064,].action
    assert isinstance(added, Add)
    return [{tag: value for tag, _, value in item}[0x00080100] for item in added.items]


def _flag(tag: int, wanted: Profile | str) -> str:
    added = steps(image(), wanted)[tag,].action
    assert isinstance(added, Add)
    return added.value


@pytest.mark.parametrize("option", list(Option))
def test_each_option_adds_its_method_code(option: Option) -> None:
    assert _codes(profile(option)) == sorted(["113100", METHOD_CODES[option][0]])


def test_the_built_in_profiles_say_what_they_did() -> None:
    assert _codes("share") == ["113100", "113105"]
    assert _codes("research") == ["113100", "113104", "113105", "113107", "113108", "113109", "113111"]


def test_clean_pixels_are_attested_only_when_they_were_proved() -> None:
    assert "113101" not in _codes("share")
    assert _codes("share", attest=True) == ["113100", "113101", "113105"]
    attested = steps(image(), attest=True)[0x00280301,].action
    assert attested == Add("CS", "NO")
    assert (0x00280301,) not in steps(image())


def test_a_claim_that_no_text_is_burned_in_is_not_believed() -> None:  # L124
    decided = steps(image(attribute(0x00280301, vr="CS", value="NO")))
    assert isinstance(decided[0x00280301,].action, Remove)


@pytest.mark.parametrize(
    ("options", "said"),
    [((), "REMOVED"), ((Option.FULL_DATES,), "UNMODIFIED"), ((Option.MODIFIED_DATES,), "MODIFIED")],
)
def test_the_file_says_what_became_of_its_dates(options: tuple[Option, ...], said: str) -> None:
    assert _flag(0x00280303, profile(*options)) == said


def test_markers_of_earlier_programs_are_replaced() -> None:  # L076
    seen = image(
        attribute(0x00120062, vr="CS", value="YES"),
        attribute(0x00120063, value=f"by J. {CANARY} for MRN 1"),
        attribute(0x00120064, vr="SQ"),
        attribute(0x00120064, 0, 0x00080104, value=CANARY),
    )
    decided = steps(seen)
    assert isinstance(decided[0x00120062,].action, Keep)
    method = decided[0x00120063,]
    assert isinstance(method.action, Add)
    assert CANARY not in method.action.value
    assert method.because is not None
    assert method.because.rule is Rule.UNTRUE_STATUS
    assert isinstance(decided[0x00120064,].action, Add)
    assert (0x00120064, 0, 0x00080104) not in decided


@pytest.mark.parametrize("name", ["share", "research"])
def test_markers_that_are_true_already_stay(name: str) -> None:
    assert plan(applied(image(), name), name).changes == ()


def test_segments_that_a_picture_does_not_need_go() -> None:
    seen = (
        SegmentSeen(Segment("PNG IHDR"), needed=True, length=13),
        SegmentSeen(Segment("PNG tEXt"), needed=False, length=20, text=Phi(f"Author {CANARY}")),
    )
    first, second = policy().decide(Source(1, "ab"), seen, ()).steps
    assert isinstance(first.action, Keep)
    assert isinstance(second.action, Remove)
    assert second.because is not None
    assert second.because.rule is Rule.SEGMENT


def _file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_profile_of_ones_own_starts_from_a_built_in_one(tmp_path: Path) -> None:
    own = load_profile(
        _file(
            tmp_path,
            'extends = "share"\nname = "mine"\nretain = ["full-dates"]\nclean = ["graphics"]\n'
            'keep = ["PatientSex"]\nremove = ["(0018,0015)", "00180050"]\n',
        )
    )
    assert own.name == "mine"
    assert own.options == {Option.DESCRIPTORS, Option.FULL_DATES, Option.GRAPHICS}
    decided = steps(
        image(
            attribute(0x00100040, vr="CS", value="F"),
            attribute(0x00180015, vr="CS", value="CHEST"),
            attribute(0x00180050, vr="DS", value="5"),
        ),
        own,
    )
    assert isinstance(decided[0x00100040,].action, Keep)
    assert isinstance(decided[0x00180015,].action, Remove)
    assert isinstance(decided[0x00180050,].action, Remove)


@pytest.mark.parametrize(
    "text",
    [
        'surprise = "yes"',
        'extends = "nobody"',
        'retain = ["dates"]',
        'retain = ["descriptors"]',
        'clean = "descriptors"',
        'retain = ["full-dates", "modified-dates"]',
        'descriptors = "some"',
        'keep = ["NoSuchKeyword"]',
        'name = "A Name"',
        "not toml",
    ],
)
def test_a_profile_that_says_nonsense_is_an_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        load_profile(_file(tmp_path, text))


@pytest.mark.parametrize("name", ["nobody", "missing.toml"])
def test_a_profile_that_is_not_there_is_an_error(name: str) -> None:
    with pytest.raises(UsageError):
        load_profile(name)


def test_options_of_the_command_line_are_added() -> None:
    more = load_profile("research").with_options(["full-dates"], ["graphics"])
    assert Option.MODIFIED_DATES not in more.options
    assert {Option.FULL_DATES, Option.GRAPHICS, Option.SAFE_PRIVATE} <= more.options


def test_a_policy_is_known_by_what_it_decides_by_and_by_a_mark_of_its_key() -> None:
    share, research = load_profile("share"), load_profile("research")
    one, other = (build_policy(share, key).identity.split(" ") for key in (b"a", b"b"))
    assert one[:2] == other[:2]
    assert one[2] != other[2]
    assert build_policy(share, b"a").identity != build_policy(share.with_options(["uids"]), b"a").identity
    assert build_policy(share, b"a").identity != build_policy(share, b"a", text_mode=TextMode.NONE).identity
    assert build_policy(research, b"a").identity.startswith("research ")


SAID = {
    Option.UIDS: (0x0020000D, "UI", "1.2.3.4", "UIDs stay."),
    Option.DEVICE_IDENTITY: (0x00081010, "SH", "CT01", "Station names and serial numbers stay."),
    Option.INSTITUTION_IDENTITY: (0x00080080, "LO", "MERCY", "The institution's name and address stay."),
    Option.PATIENT_CHARACTERISTICS: (0x00101020, "DS", "1.7", "Sex, age, size and weight stay"),
    Option.FULL_DATES: (0x00080020, "DA", "20140321", "Dates and times stay"),
    Option.DESCRIPTORS: (0x00081030, "LO", "CHEST", "Of descriptions, the words"),
    Option.GRAPHICS: (0x00700001, "SQ", None, "Graphics in presentation states stay"),
}


@pytest.mark.parametrize("option", list(SAID))
@pytest.mark.parametrize("holds", [True, False])
def test_what_a_profile_says_is_what_it_does(option: Option, holds: bool) -> None:  # noqa: FBT001 - a parameter
    tag, vr, value, sentence = SAID[option]
    wanted = profile(option) if holds else profile()
    decided = steps(image(attribute(tag, vr=vr, value=value)), wanted)[tag,].action
    assert isinstance(decided, Keep) is holds
    assert any(line.startswith(sentence) for line in policy(wanted).describe()) is holds


def test_every_option_changes_what_a_profile_says() -> None:
    plain = list(policy(profile()).describe())
    assert all(list(policy(profile(option)).describe()) != plain for option in Option)


def test_a_key_is_new_private_and_never_overwritten(tmp_path: Path) -> None:
    runner = CliRunner()
    first, second = tmp_path / "first.key", tmp_path / "second.key"
    for path in (first, second):
        assert runner.invoke(key_command.app, ["new", str(path)]).exit_code == 0
    assert stat.S_IMODE(first.stat().st_mode) == 0o600
    assert len(bytes.fromhex(first.read_text())) == 32
    assert first.read_text() != second.read_text()
    again = runner.invoke(key_command.app, ["new", str(first)])
    assert isinstance(again.exception, OutputUnusableError)


def test_profiles_are_listed_and_shown_in_words() -> None:
    runner = CliRunner()
    listed = runner.invoke(profile_command.app, ["list"]).stdout
    assert "share" in listed
    assert "research" in listed
    shown = " ".join(runner.invoke(profile_command.app, ["show", "research"]).stdout.split())
    for sentence in policy("research").describe():
        assert sentence in shown


@pytest.mark.parametrize(
    ("sentence", "texts"),
    [
        ("Of descriptions, the words of a radiological vocabulary stay", {"CT CHEST": "CT CHEST", "CT Zqfoo": "CT"}),
        (
            "numbers with a technical meaning; everything else goes",
            {"TR 4000 TE 90": "TR 4000 TE 90", "CT 4711": "CT"},
        ),
    ],
)
def test_what_share_says_of_descriptions_is_what_it_does(sentence: str, texts: dict[str, str]) -> None:
    assert any(sentence in said for said in sentences(load_profile("share"), TextMode.ALL))
    assert {text: clean_text(text, (), load_profile("share").descriptors).text for text in texts} == texts


@pytest.mark.parametrize(
    ("sentence", "texts"),
    [
        ("is in a list of 47,000 names", {"CT Zqfoo": "CT Zqfoo", "CT Rosalind": "CT"}),
        (
            "a date, ID, telephone number, postal code, address or name",
            {"CT 24.03.1961": "CT", "CT Zqgasse 12": "CT"},
        ),
        ("Words in other scripts stay if they are terms of radiology", {"МРТ Иванова": "МРТ"}),  # noqa: RUF001 - Cyrillic
    ],
)
def test_what_research_says_of_descriptions_is_what_it_does(sentence: str, texts: dict[str, str]) -> None:
    assert any(sentence in said for said in sentences(load_profile("research"), TextMode.ALL))
    assert {text: clean_text(text, (), load_profile("research").descriptors).text for text in texts} == texts
    assert 47_000 <= len(person_names()) < 48_000


def _left(tag: int, value: str, name: str) -> str | None:
    step = steps(image(attribute(tag, vr="LO", value=value)), name).get((tag,))
    return value if step is None or isinstance(step.action, Keep) else new_value(step.action, value)


@pytest.mark.parametrize("name", ["share", "research"])
@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (0x00080070, "SIEMENS"),
        (0x00080070, "Carl Zeiss Meditec"),
        (0x00081090, "Ingenia Elition X"),
        (0x30060026, "Glnd_Submand_L"),
    ],
)
def test_a_maker_a_model_or_a_structure_of_the_lists_stays_whole(tag: int, value: str, name: str) -> None:
    assert _left(tag, value, name) == value


@pytest.mark.parametrize(
    ("tag", "value"), [(0x00081090, "Dr Zqli 0171 234 5678"), (0x30060026, "Zqmueller_L"), (0x00080070, "Zqmaker MR")]
)
def test_under_share_another_goes_whole(tag: int, value: str) -> None:
    left = _left(tag, value, "share") or ""
    assert not any(part in left.split() for part in value.replace("_", " ").split())
