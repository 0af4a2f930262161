"""What a text says when it is decoded counts as what it says: percent signs, entities, base64 and the like."""

from base64 import b32encode, b64encode
from collections.abc import Callable
from pathlib import Path

import pytest

from conftest import CANARY
from factory_attributes import action, attribute, image, new_value, steps
from factory_clean import cleaned
from factory_dicom import ct_file
from scanscrub.domain.finding import Identifier, IdentifierKind
from scanscrub.domain.phi import Phi
from scanscrub.domain.plan import Keep
from scanscrub.policy.identifiers.matcher import IdentifierMatcher
from scanscrub.policy.identifiers.readings import readings
from scanscrub.policy.text.descriptors import Mode, clean_text
from text_examples import kept

KNOWN = IdentifierMatcher(
    [
        Identifier(IdentifierKind.NAME, Phi("Zyskorran^Ilsabe")),
        Identifier(IdentifierKind.ID, Phi("KX837172A")),
        Identifier(IdentifierKind.DATE, Phi("19470312")),
    ]
)
VALUES = ("Zyskorran", "ILSABE", "Zyskorran^Ilsabe", "KX837172A", "19470312", "12.03.1947")
CODES: dict[str, Callable[[str], str]] = {
    "percent": lambda text: "".join(f"%{byte:02X}" for byte in text.encode()),
    "one percent": lambda text: f"%{ord(text[0]):02x}{text[1:]}",
    "quoted printable": lambda text: "".join(f"={byte:02X}" for byte in text.encode()),
    "decimal entities": lambda text: "".join(f"&#{ord(letter)};" for letter in text),
    "entities": lambda text: "".join(f"&#x{ord(letter):X};" for letter in text),
    "base64": lambda text: b64encode(text.encode()).decode(),
    "base64 of UTF-16": lambda text: b64encode(text.encode("utf-16-le")).decode(),
    "base32": lambda text: b32encode(text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal apart": lambda text: text.encode().hex(" "),
    "bytes of C": lambda text: "".join(f"\\x{byte:02x}" for byte in text.encode()),
    "code points": lambda text: " ".join(f"U+{ord(letter):04X}" for letter in text),
    "numbers": lambda text: ",".join(str(byte) for byte in text.encode()),
    "bits": lambda text: " ".join(f"{byte:08b}" for byte in text.encode()),
    "UTF-7": lambda text: f"+{b64encode(text.encode('utf-16-be')).decode().rstrip('=')}-",
    "base64 twice": lambda text: b64encode(b64encode(text.encode())).decode(),
    "backward": lambda text: text[::-1],
}


@pytest.mark.parametrize("code", CODES)
def test_a_known_value_in_another_code_goes(code: str) -> None:
    for value in VALUES:
        coded = CODES[code](value)
        if code == "backward" and not value.isalpha():
            continue
        for carrier in ("{}", "CT HEAD {}", "MR_{}_KNEE"):
            for mode in ("allow-list", "block-list"):
                assert coded not in clean_text(carrier.format(coded), KNOWN, mode).text
        assert KNOWN.hits(f"CT {coded}")


@pytest.mark.parametrize("name", ["share", "research"])
@pytest.mark.parametrize("tag", [0x0008103E, 0x00081090, 0x00181020, 0x00204000])
def test_nowhere_does_the_name_of_the_patient_stay_in_another_code(tag: int, name: str) -> None:
    patient = attribute(0x00100010, vr="PN", value=f"{CANARY}^Ilsabe")
    for code in CODES.values():
        coded = code(CANARY)
        decided = steps(image(attribute(tag, value=coded), patient), name)[tag,].action
        assert coded not in str(new_value(decided, coded))


def test_chinese_in_hz_is_read() -> None:
    coded = "王小明".encode("hz").decode()
    matcher = IdentifierMatcher([Identifier(IdentifierKind.NAME, Phi("王^小明"))])
    assert clean_text(f"CT {coded}", matcher, "block-list").text == ""
    assert clean_text(f"CT {coded}", (), "allow-list").text == ""
    chest = "胸部CT平扫".encode("hz").decode()
    assert clean_text(chest, matcher, "allow-list").text == chest


@pytest.mark.parametrize("mode", ["allow-list", "block-list"])
@pytest.mark.parametrize(
    "text", ["CT%20HEAD", "T1 &lt; T2", "TE=90 TR=500", "50% dose", "FA=15 TI=41", "T1+CONTRAST", "T1+T2"]
)
def test_a_text_that_says_nothing_else_when_it_is_decoded_stays(text: str, mode: Mode) -> None:
    assert clean_text(text, KNOWN, mode).text == text


def test_no_description_is_taken_for_a_code() -> None:
    for text in (*kept("kept_tuning.txt"), *kept("kept_holdout.txt")):
        assert not readings(text) or clean_text(text, KNOWN, "allow-list") == clean_text(text, (), "allow-list")


def test_what_nobody_need_escape_goes_whoever_it_is() -> None:
    assert clean_text("CT %58%79%7A%72%61%6E", (), "block-list").text == ""
    assert not isinstance(action(attribute(0x00081090, value="%58%79%7A%72%61%6E"), "research"), Keep)


@pytest.mark.parametrize("name", ["share", "research"])
def test_a_copy_holds_the_name_in_no_code(name: str, tmp_path: Path) -> None:
    coded = [code(CANARY) for code in CODES.values()]
    remark = (0x00204000, "LT", "; ".join(coded))
    _record, copy = cleaned(ct_file(remark, (0x0008103E, "LO", coded[0][:64])), tmp_path, name)
    assert copy
    assert not [one for one in coded if one.encode() in copy]
