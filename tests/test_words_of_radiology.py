# ruff: noqa: RUF001 - Cyrillic words are meant
"""What is radiology's stays though no list holds it as it is written; what is somebody's goes all the same."""

from importlib.metadata import version
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

import person_names_source
from local_identities import identities
from scanscrub.policy.tables.vocabulary import eponyms, person_names, plain_words
from scanscrub.policy.text.derived_words import is_derived
from scanscrub.policy.text.descriptors import Mode, clean_text
from text_examples import corpus_lines, kept

MODES: tuple[Mode, ...] = ("allow-list", "block-list")
STRUCTURES = [name for line in corpus_lines("structures_of_radiotherapy.txt") for name in line.split()]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "text",
    [
        "CHESTABDOMENPELVIS",
        "CT_biopsyliver",
        "PLVS W CNTRST",
        "CT COLONGRAPHY",
        "THORACOLUMBR SPINE",
        "sVEN SUB",
        "sIP Ax T1W",
        "ssubtraction",
        "ACRIN 6667 CONTRALATERAL BREAST",
        "ACRIN-6698: AX DWI 6698 R3",
        "ACRIN6667",
        "ISPY2: AX T2",
        "4bval_100/2_600/4_800/8",
        "#2-3 Plane Scout",
        "multiPhase384/256_80-100sec",
        "LUNG_260_5_0_B80f",
        "ST+ N14/12/15 A20",
        "L I V E R",
        "T L S SPINE",
        "CT_Chest_w_o_a_w_contrast",
        "Hr Lung Exp 1.0 B80s",
        "OMNIPAQUE 350",
        "Phase 10/12",
        "LEADS 10/12",
        "Im 03/12",
        "TI 24.03",
        "PTV_5000",
        "MRI RESEARCH GRANT",
        "頭部MRI T2強調",
        "胸部CT平扫",
        "上腹部增强CT",
        "腰椎 MRI 矢状位",
        "흉부 CT 조영증강",
        "뇌 MRI",
        "КТ органов грудной клетки",
        "МРТ головного мозга",
        "МРТ коленного сустава",
    ],
)
def test_what_radiology_writes_stays_whole(text: str, mode: Mode) -> None:
    assert clean_text(text, (), mode).text == text


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("CT HEAD Zqvolenská 69", "CT HEAD"),
        ("XR CHEST Karlova ulica 2", "XR CHEST"),
        ("US JL. ERLANGGAQ NO. 9", "US"),
        ("CT HEAD 545 MAUNGAWHARE ALLEYWAY", "CT HEAD"),
        ("CT HEAD Strada Eneq Nr. 497 Bl. 17 Sc. 22 Ap. 977", "CT HEAD"),
        ("CT HEAD CR. 58 # 1V-17 SUR", "CT HEAD"),
        ("MRI KNEE 14 oktyabr 1983", "MRI KNEE"),
        ("MRI KNEE 3. listopadu 1983", "MRI KNEE"),
        ("CT ACRIN 6667 24.03.1961", "CT ACRIN 6667"),
        ("CT DOB24.03.61", "CT"),
        ("6667 MR BREAST", "MR BREAST"),
        ("CT HEAD L ê", "CT HEAD"),
        ("CT HEAD CARINA MÜLLER", "CT HEAD"),
        ("US ABDOMEN Pavel Luts LIVER", "US ABDOMEN LIVER"),
        ("Leber^Melek MRI", "MRI"),
        ("DE-10115 CT", "CT"),
        ("CT 24/03", "CT"),
        ("CT HEAD 01/62", "CT HEAD"),
        ("NLST 4711 CT CHEST", "NLST CT CHEST"),
        ("b24.03.61 CT", "CT"),
        ("CT HEAD d24/03/61", "CT HEAD"),
    ],
)
def test_what_is_somebodys_goes(text: str, left: str, mode: Mode) -> None:
    assert clean_text(text, (), mode).text == left


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("AX T1 541", "AX T1"),
        ("CT HEAD C78 TTTP", "CT HEAD"),
        ("AX T1 0T28AT5", "AX T1"),
        ("671 CARLOSQ LOWER CT", "CT"),
        ("AX T1 350", "AX T1 350"),
        ("CT HEAD LÃO", "CT HEAD"),
        ("CT SMTH", "CT"),
        ("LIVER LESION NR 5", "LIVER LESION NR 5"),
    ],
)
def test_under_share_a_number_or_a_word_without_a_reading_goes(text: str, left: str) -> None:
    assert clean_text(text, (), "allow-list").text == left


@pytest.mark.parametrize("mode", MODES)
def test_every_structure_name_of_tg_263_stays_whole(mode: Mode) -> None:
    numbered = [f"{name}_PRV05" for name in STRUCTURES if "_" not in name]
    numbered += [
        "PTV_5000",
        "PTV2_4500",
        "CTV_High",
        "GTVp1",
        "PTVn_6996",
        "ITV_5400_R",
        "z_PTV_Opt",
        "SpinalCord_PRV5",
    ]
    assert len(STRUCTURES) > 650
    assert [name for name in (*STRUCTURES, *numbered) if clean_text(name, (), mode).words] == []


def test_hardly_any_name_would_be_taken_for_a_word_of_radiology_if_it_were_not_listed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    others = sorted(person_names() - plain_words() - eponyms())
    listed = person_names()
    monkeypatch.setattr(
        "scanscrub.policy.text.derived_words.person_names", lambda: frozenset(listed - set(others[::20]))
    )
    taken = [name for name in others[::20] if is_derived(name.title())]
    assert len(taken) / len(others[::20]) < 0.002, taken


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
def test_a_description_and_an_identity_cleaned_twice_are_cleaned_once(data: st.DataObject, mode: Mode) -> None:
    parts = [*kept("kept_tuning.txt"), *(one.value for one in MANY)]
    text = data.draw(st.sampled_from([" ", "_", ", ", "^", "/"])).join(
        data.draw(st.lists(st.sampled_from(parts), min_size=1, max_size=4))
    )
    once = clean_text(text, (), mode)
    assert clean_text(once.text, (), mode).words == 0


MANY = list(identities(600, seed=263))


@pytest.mark.skipif(version("faker") != "40.63.0", reason="the list was made of another version")
def test_the_list_of_names_is_what_its_script_makes() -> None:
    made = person_names_source.table()
    assert made == files("scanscrub.policy.tables").joinpath("person_names.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize("locale", ["de_DE", "en_GB", "pl_PL", "tr_TR", "vi_VN"])
def test_the_list_of_names_holds_nearly_all_that_faker_has_now(locale: str) -> None:
    made = person_names_source.of_faker(locale)
    assert len(made) > 40
    assert len(made - person_names()) / len(made) < 0.05


def test_the_lists_can_be_read_in_an_editor() -> None:
    tables = files("scanscrub.policy.tables")
    for file in tables.iterdir():
        if file.name.startswith(("vocabulary", "months", "person_names", "technical_numbers", "markers")):
            assert max(map(len, file.read_text(encoding="utf-8").splitlines())) <= 120, file.name
