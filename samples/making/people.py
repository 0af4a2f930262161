"""The invented people. None exists; the names are of birds, plants and winds so that nobody mistakes them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Visit:
    """A patient and their visit, in DICOM's forms: names are PN, dates DA, times TM."""

    name: str
    patient_id: str
    birth: str
    sex: str
    age: str
    date: str
    time: str
    accession: str
    institution: str
    address: str
    physician: str
    operator: str
    phone: str
    study: str
    charset: str = "ISO_IR 100"

    @property
    def family(self) -> str:
        return self.name.split("=")[0].split("^")[0]

    @property
    def given(self) -> str:
        return self.name.split("=")[0].split("^")[1]

    @property
    def shown(self) -> str:
        """As a screen prints it."""
        return f"{self.family.upper()}, {self.given}"

    def values(self) -> tuple[str, ...]:
        """Every value that names or points at somebody, as written in headers."""
        return (
            *dict.fromkeys((self.name, *self.name.split("="))),
            self.patient_id,
            self.birth,
            self.date,
            self.accession,
            self.institution,
            self.address,
            self.physician,
            self.operator,
            self.phone,
        )


HEAD_CT = Visit(
    name="Quillfeather^Zelda^Annabel",
    patient_id="QF-4471902",
    birth="19580314",
    sex="F",
    age="067Y",
    date="20251107",
    time="084512.530000",
    accession="A2511070043",
    institution="St. Ottoline Infirmary",
    address="14 Lantern Lane, Mistlebury MB3 7QX",
    physician="Thistlewood^Ambrose^^Dr.",
    operator="Wrenfield^Piper",
    phone="+44 1632 960471",
    study="CT head without contrast",
)
CHEST = Visit(
    name="Brambleton^Orson^Pelham",
    patient_id="PID0093357821",
    birth="19470829",
    sex="M",
    age="078Y",
    date="20250922",
    time="161203",
    accession="RAD25-118203",
    institution="Mercy Fen General Hospital",
    address="2200 Heron Marsh Road, Tuppence Falls, OR 97999",
    physician="Galingale^Rosalind^M^^MD",
    operator="Fennimore^J",
    phone="(555) 013-4427",
    study="Chest PA and lateral",
)
BRAIN_MR = Visit(
    name="Müllerhain^Jörg",
    patient_id="M19830605-77",
    birth="19830605",
    sex="M",
    age="042Y",
    date="20251013",
    time="101944.1475",
    accession="1013257706",
    institution="Klinikum Nebelgrund, Abt. für Radiologie",
    address="Möwenstraße 9, 99998 Nebelgrund",
    physician="Grünspecht^Änne^^Prof. Dr.",
    operator="Kräher^U",
    phone="+49 30 23125 441",
    study="MRT Schädel nativ",
)
LIVER_US = Visit(
    name="Featherstonehaugh^Iolanthe",
    patient_id="77120-IF",
    birth="19911202",
    sex="F",
    age="033Y",
    date="20250718",
    time="093321",
    accession="US2507180917",
    institution="Larkspur Imaging Centre",
    address="88 Kingfisher Parade, Wattlebird NSW 2999",
    physician="Pomfret^Desmond^^Dr",
    operator="Yarrow^Lucinda",
    phone="+61 2 5550 1834",
    study="Upper abdomen",
)
ECHO_US = Visit(
    name="Sauerklee^Ottilie=山田^鳥子=やまだ^とりこ",
    patient_id="0027-6613-K",
    birth="19660117",
    sex="F",
    age="059Y",
    date="20250530",
    time="140227.000",
    accession="E25053011",
    institution="Herzzentrum Eulenbach",
    address="Am Reiherteich 3, 99997 Eulenbach",
    physician="Mövius^Hartmut^^Dr.",
    operator="Zeisig^Karla",
    phone="+49 40 66969127",
    study="Transthorakale Echokardiographie",
    charset="ISO_IR 192",
)
DOSE_SC = Visit(
    name="Pennyroyal^Cuthbert",
    patient_id="8840017",
    birth="19720430",
    sex="M",
    age="053Y",
    date="20250814",
    time="112840",
    accession="CT0814-2217",
    institution="Saint Petrel University Hospital",
    address="1 Cormorant Quay, Gullhaven, ME 04999",
    physician="Loosestrife^Henrietta^^^MD",
    operator="Bunting^Alfred",
    phone="(555) 019-2288",
    study="CT thorax with contrast",
)
VISITS = (HEAD_CT, CHEST, BRAIN_MR, LIVER_US, ECHO_US, DOSE_SC)
