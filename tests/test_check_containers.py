"""Files in files: in archives and beside their lists, compressed, in drawings, and elsewhere with a pointer here."""

import base64
import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from conftest import CANARY
from factory_check import commit, git
from factory_dicom import ct_file
from factory_pictures import color, gray, saved
from running_check import Workplace
from scanscrub.archives import allowance
from scanscrub.archives.allowance import Allowance

PNG = saved(gray(), "PNG")
NIFTI = struct.pack("<L", 348) + bytes(340) + b"n+1\0" + bytes(100)
JPEG = saved(color(), "JPEG", comment=CANARY.encode())
BASE64 = base64.b64encode(JPEG).decode()

Pack = Callable[[bytes], bytes]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Workplace:
    return Workplace(tmp_path, monkeypatch, capfd)


def found(place: Workplace, name: str, content: bytes) -> list[str]:
    """The lines about a file of this content: what comes before ``clean would``, or the place and severity."""
    place.write(name, content)
    return [": ".join(line.split(": ")[:2]) for line in place.check(".", "-f", "concise").lines]


def zipped(**contents: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in contents.items():
            opened.writestr(name, content)
    return made.getvalue()


def streamed(**contents: bytes) -> bytes:
    """An archive that was written where nobody could go back: lengths stand behind the files."""

    class Pipe(io.BytesIO):
        def seekable(self) -> bool:
            return False

        def seek(self, *_: object) -> int:
            raise OSError

        def tell(self) -> int:
            raise OSError

    made = Pipe()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in contents.items():
            opened.writestr(name, content)
    return made.getvalue()


def open_tar(pax: Mapping[str, str] | None = None, **contents: bytes) -> bytes:
    """A tape archive, with these headers for all of its files."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w", pax_headers=pax) as opened:
        for name, content in contents.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return made.getvalue()


def drawing(url: str, encoding: str = "utf-8") -> bytes:
    return f"<svg xmlns='http://www.w3.org/2000/svg'><image href=\"{url}\"/></svg>".encode(encoding)


def moved(archive: bytes, by: int, *, at: int) -> bytes:
    """The archive with its directory's statements about places at or behind `at` moved."""
    data = bytearray(archive)
    end = data.rfind(b"PK\5\6")
    (start,) = struct.unpack_from("<L", data, end + 16)
    struct.pack_into("<L", data, end + 16, start + by)
    place = data.find(b"PK\1\2")
    while place >= 0:
        (offset,) = struct.unpack_from("<L", data, place + 42)
        struct.pack_into("<L", data, place + 42, offset + (by if offset >= at else 0))
        place = data.find(b"PK\1\2", place + 4)
    return bytes(data)


def with_bytes(archive: bytes, extra: bytes) -> bytes:
    """The archive with bytes between its last file and its directory, which says nothing of them."""
    end = archive.rfind(b"PK\5\6")
    (start,) = struct.unpack_from("<L", archive, end + 16)
    changed = moved(archive, len(extra), at=start)
    return changed[:start] + extra + changed[start:]


def local_file(name: bytes, content: bytes) -> bytes:
    """A file with its local header, which no directory lists."""
    archive = zipped(**{name.decode(): content})
    return archive[: archive.find(b"PK\1\2")]


@pytest.mark.parametrize("prefix", [b"MZ" + bytes(5000), b"#!/usr/bin/env python3\n", b"\x07\x08" * 3000, b"\x7fELF"])
def test_an_archive_behind_a_program_is_looked_into(place: Workplace, prefix: bytes) -> None:
    assert "run.exe!ct.dcm: H0 identity" in found(place, "run.exe", prefix + zipped(**{"ct.dcm": ct_file()}))
    place.write("run.exe", prefix + zipped(**{"notes.txt": b"nothing"}))
    assert place.check().code == 0


DISC = bytes(16 * 2048) + b"\1CD001" + bytes(9000) + ct_file()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (DISC, "scan: R0 identity"),
        (b"\1\2junk\0" * 1000 + ct_file(), "scan: R0 identity"),
        (b"MZ" + bytes(5000) + zipped(**{"ct.dcm": ct_file()}), "scan/ct.dcm: H0 identity"),
        (saved(color(), "TGA") * 9 + saved(color(), "TGA"), "scan: R0 identity"),
        (b"<!-- " + b"a" * 9999 + b"-->" + drawing(f"data:;base64,{BASE64}"), "scan/picture 1: S0 quasi-identity"),
    ],
    ids=["a disc", "in a container", "behind a program", "known by its end", "a drawing with a long comment"],
)
def test_what_does_not_begin_as_an_image_is_found_in_containers(place: Workplace, content: bytes, said: str) -> None:
    for make in (zipped, open_tar):
        assert f"held!{said}" in found(place, "held", make(scan=content))
    assert f"held{said[4:].replace('/', '!', 1)}" in found(place, "held", gzip.compress(content))


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_an_image_that_was_compressed_behind_words_is_found(place: Workplace, pack: Pack) -> None:
    words = pack(b"words\n" * 9999)
    assert "scan: H0 identity" in found(place, "scan", words + words + pack(ct_file()))
    assert found(place, "scan", words + pack(b"A PDF begins with %PDF-1.7.\n" * 999) + words) == []


@pytest.mark.parametrize("source", ["--staged", "--history"])
def test_an_archive_behind_a_program_is_looked_into_in_git(place: Workplace, source: str) -> None:
    git(place.folder, "init", "-q", "-b", "main")
    place.write("small", b"#!/bin/sh\n" + zipped(**{"ct.dcm": ct_file()}))
    place.write("large", b"MZ" + bytes(9000) + zipped(**{"ct.dcm": ct_file()}))
    git(place.folder, "add", "-A")
    if source == "--history":
        commit(place.folder)
    ran = place.check(source, "-f", "concise")
    assert {"small", "large"} == {
        line.split("!")[0].rpartition(":")[2] for line in ran.lines if "!ct.dcm: H0" in line
    }


@pytest.mark.parametrize(
    ("content", "severity"),
    [
        (with_bytes(zipped(a=b"nothing"), local_file(b"ct.dcm", ct_file())), "identity"),
        (local_file(b"ct.dcm", ct_file()) + zipped(a=b"nothing"), "identity"),
        (zipped(b=ct_file()) + zipped(a=b"nothing"), "identity"),
        (zipped(a=b"nothing") + ct_file(), "identity"),
        (with_bytes(zipped(a=b"nothing"), PNG), "identity"),
        (with_bytes(zipped(a=PNG), b"\1\2\3\4"), "hygiene"),
        (with_bytes(zipped(a=PNG), CANARY.encode()), "quasi-identity"),
        (b"MZ" + ct_file() + zipped(a=b"nothing"), "identity"),
    ],
    ids=["between", "before", "two archives", "behind", "a picture", "few bytes", "text", "in the program"],
)
def test_what_no_directory_lists_is_a_finding(place: Workplace, content: bytes, severity: str) -> None:
    assert found(place, "cd.zip", content) == [f"cd.zip: S0 {severity}"]


@pytest.mark.parametrize(
    "content",
    [
        zipped(a=PNG, b=PNG),
        streamed(a=PNG, b=PNG),
        with_bytes(zipped(a=PNG), bytes(4096)),
        with_bytes(zipped(a=b"nothing"), b"\1\2\3\4"),
        b"PK00" + zipped(a=PNG),
        zipped(),
    ],
    ids=["plain", "streamed", "aligned", "no image", "split", "empty"],
)
def test_an_ordinary_archive_holds_nothing_beside_its_files(place: Workplace, content: bytes) -> None:
    assert found(place, "cd.zip", content) == []


def test_archives_in_archives_are_opened_four_deep(place: Workplace) -> None:
    content = ct_file()
    for depth in range(4):
        content = zipped(**{f"{depth}.zip" if depth else "ct.dcm": content})
    assert "cd.zip!3.zip/2.zip/1.zip/ct.dcm: H0 identity" in found(place, "cd.zip", content)
    assert found(place, "cd.zip", zipped(deep=content)) == ["cd.zip!deep/3.zip/2.zip/1.zip: R0 quasi-identity"]


def test_what_is_taken_out_of_archives_has_an_end(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "ALWAYS_READ", 9 * len(PNG) // 2)
    monkeypatch.setattr(allowance, "GREATEST_RATIO", 1)
    assert found(place, "bomb.zip", zipped(a=PNG, b=zipped(c=PNG, d=PNG))) == ["bomb.zip!b: R0 identity"]


def test_what_all_archives_in_an_archive_inflate_to_has_an_end(
    place: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each is within bounds; together they are a thousand times what may be read."""
    monkeypatch.setattr(allowance, "ALWAYS_READ", 8 << 20)
    content = gzip.compress(bytes(7 << 20))
    for _ in range(3):
        content = zipped(**{f"{number}.zip": content for number in range(10)})
    assert len(content) < 64 << 10
    before = Allowance(len(content)).left
    taken: list[int] = []
    whole = Allowance.take

    def counted(self: Allowance, size: int) -> bool:
        taken.append(size)
        return whole(self, size)

    monkeypatch.setattr(Allowance, "take", counted)
    found(place, "bomb.zip", content)
    assert sum(taken) < 2 * before


def test_only_so_many_files_of_an_archive_are_looked_at(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(allowance, "ALWAYS_OPENED", 3)
    files = {f"{number}.txt": b"nothing" for number in range(3)}
    assert found(place, "some.zip", zipped(**files)) == []
    monkeypatch.setattr(allowance, "BYTES_OF_A_FILE", 1 << 20)
    assert found(place, "many.zip", zipped(**files, last=b"nothing")) == ["many.zip: R0 quasi-identity"]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_is_compressed_is_looked_into(place: Workplace, pack: Pack) -> None:
    assert "scan: H0 identity" in found(place, "scan", pack(ct_file()))
    assert found(place, "scan", pack(NIFTI)) == ["scan: R0 identity"]
    assert "scan!ct.dcm: H0 identity" in found(
        place, "scan", pack(open_tar(None, **{"a.txt": b"a", "ct.dcm": ct_file()}))
    )
    place.write(
        "scan", pack(open_tar(None, **{"setup.py": b"pass\n", "logo.png": PNG, "data.bin": bytes(range(256)) * 99}))
    )
    assert place.check().code == 0
    place.write("scan", pack(b"words\n" * 9999))
    assert place.check().code == 0


def headed(archive: bytes, at: int, *, kind: bytes = b"", wrong: int = 0, magic: bytes = b"ustar\x0000") -> bytes:
    """A tape archive with the header at `at` changed, and its checksum set, or set wrong."""
    header = bytearray(archive[at : at + 512])
    header[156:157] = kind or header[156:157]
    header[257:265] = magic
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % (sum(header) + wrong)
    return archive[:at] + header + archive[at + 512 :]


TAPE = open_tar(None, **{"a.txt": b"a", "scan": JPEG})
OF_GIT = {"comment": "0123456789" * 4}
TAPE_OF_SCAN = open_tar(scan=ct_file())


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
@pytest.mark.parametrize(
    ("content", "said"),
    [
        (headed(TAPE, 1024, wrong=1), ": S0 identity"),
        (headed(TAPE_OF_SCAN, 0, wrong=1), ": S0 identity"),
        (headed(TAPE, 1024, kind=b"1"), ": S0 identity"),
        (headed(TAPE, 1024, kind=b"5"), ": S0 identity"),
        (headed(TAPE, 1024, kind=b"Z"), "!scan: S0 quasi-identity"),
        (open_tar(scan=PNG) + JPEG, ": S0 identity"),
        (open_tar(scan=PNG) + bytes(99) + CANARY.encode(), ": S0 quasi-identity"),
        (open_tar(scan=PNG).replace(PNG + bytes(9), PNG + CANARY.encode()[:9]), ": S0 quasi-identity"),
    ],
    ids=[
        "damaged",
        "damaged alone",
        "a link",
        "a folder",
        "no known type",
        "behind",
        "text behind",
        "in the padding",
    ],
)
def test_what_no_file_of_a_tape_has_is_a_finding(place: Workplace, content: bytes, said: str, pack: Pack) -> None:
    assert found(place, "a.tar", pack(content)) == ["a.tar" + said]


def test_words_that_no_file_of_a_tape_has_are_none(place: Workplace) -> None:
    assert found(place, "a.tar", open_tar(None, **{"a.txt": b"a"}) + b"nothing") == []
    assert found(place, "a.tar", open_tar(None, **{"a.txt": b"a", "scan": PNG}) + bytes(20480)) == []
    assert found(place, "a.tar", open_tar(OF_GIT, scan=PNG) + open_tar(OF_GIT, scan=PNG)) == []


def commented(content: bytes) -> bytes:
    packed = gzip.compress(content)
    return packed[:3] + b"\x14" + packed[4:10] + b"\4\0BC\0\0" + CANARY.encode() + b"\0" + packed[10:]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (open_tar({"comment": CANARY}, scan=PNG), ["a: S0 quasi-identity"]),
        (gzip.compress(open_tar({"ACME.patient": CANARY}, scan=PNG)), ["a: S0 quasi-identity"]),
        (commented(PNG), ["a: S0 quasi-identity"]),
        (open_tar({"uname": CANARY, "SCHILY.ino": "1", "mtime": "1.5"}, scan=PNG), []),
        (open_tar({"comment": CANARY}, scan=b"words"), []),
        (commented(b"words"), []),
    ],
    ids=["tar", "another word", "gzip", "an account", "tar of words", "gzip of words"],
)
def test_what_is_said_beside_an_image_is_a_finding(place: Workplace, content: bytes, said: list[str]) -> None:
    assert found(place, "a", content) == said


def test_a_tape_of_an_older_kind_is_opened(place: Workplace) -> None:
    tape = headed(open_tar(scan=JPEG), 0, magic=bytes(8))
    assert found(place, "a.tar", tape) == ["a.tar!scan: S0 quasi-identity"]
    assert found(place, "a.tar", gzip.compress(tape)) == ["a.tar!scan: S0 quasi-identity"]


def test_a_tape_is_read_to_its_end(place: Workplace) -> None:
    both = open_tar(None, **{"a.txt": b"nothing"}) + open_tar(None, **{"ct.dcm": ct_file()})
    assert "two.tar!ct.dcm: H0 identity" in found(place, "two.tar", both)


def test_the_name_that_gzip_keeps_is_judged_with_the_image(place: Workplace) -> None:
    made = io.BytesIO()
    with gzip.GzipFile(f"{CANARY}^Jane.nii", "wb", fileobj=made) as opened:
        opened.write(NIFTI)
    assert [line.split(": ")[-1] for line in found(place, "scan.nii.gz", made.getvalue())] == [
        "R0 identity",
        "N0 identity",
    ]


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_what_cannot_be_unpacked_is_a_finding(place: Workplace, pack: Pack) -> None:
    assert found(place, "scan", pack(ct_file())[:-9]) == ["scan: R0 quasi-identity"]


def test_what_inflates_without_end_is_not_read_on(place: Workplace, monkeypatch: pytest.MonkeyPatch) -> None:
    for limit in ("ALWAYS_READ", "MOST_READ"):
        monkeypatch.setattr(f"scanscrub.archives.compressed.{limit}", 1 << 20)
    assert found(place, "bomb", gzip.compress(bytes(2 << 20))) == ["bomb: R0 quasi-identity"]


@pytest.mark.parametrize(
    "head", [b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c\0\4", b"Rar!\x1a\x07\x01", b"\x1f\x9d\x90", b"MSCF\0\0\0\0"]
)
def test_what_nobody_here_can_open_is_less_than_an_identity(place: Workplace, head: bytes) -> None:
    assert found(place, "packed", head + bytes(range(256))) == ["packed: R0 quasi-identity"]


@pytest.mark.parametrize(
    "content",
    [
        drawing(f"data:image/jpeg;base64,{BASE64}"),
        drawing(f"data:;base64,{BASE64}"),
        drawing(f"data:image/jpeg;charset=x;base64,{BASE64}"),
        drawing(f"DATA:image/jpeg;BASE64,{BASE64}"),
        drawing(f"data:image/jpeg ; base64 ,\n  {BASE64[:40]}\n {BASE64[40:]}"),
        drawing(f"da\nta:image/jpeg;base64,{BASE64}"),
        drawing("data:image/jpeg," + "".join(f"%{byte:02x}" for byte in JPEG)),
        drawing("data:image%2Fjpeg;base64," + BASE64.replace("+", "%2B").replace("=", "%3D")),
        drawing("&#x64;ata:image/jpeg;base64," + BASE64.replace("/", "&#47;")),
        drawing(f"data:image/jpeg;base64,{BASE64}", "utf-16"),
        drawing(f"data:image/jpeg;base64,{BASE64.rstrip('=')}"),
        b"<!DOCTYPE svg [<!ENTITY a '<b>'>]>" + drawing(f"data:image/jpeg;base64,{BASE64}"),
        b"<?xml version='1.0'?><?xml-stylesheet href='a.css'?>" + drawing(f"data:image/jpeg;base64,{BASE64}"),
        b"<?xml-stylesheet href='a>b'?>" + drawing(f"data:image/jpeg;base64,{BASE64}"),
        b"<!-- " + b"a > b, " * 999 + b"-->" + drawing(f"data:image/jpeg;base64,{BASE64}"),
        b"<!-- <" + b"a > b, " * 99999 + b"-->\n" + drawing(f"data:image/jpeg;base64,{BASE64}"),
        b"<!DOCTYPE svg [" + b"<!ENTITY a ']>\"'><!-- it's -->" * 999 + b"]>" + drawing(f"data:;base64,{BASE64}"),
        b" " * 9999 + drawing(f"data:image/jpeg;base64,{BASE64}"),
        drawing(f"data:;base64,{BASE64}").replace(b"<svg", b"<" + b"a" * 4094 + b":svg"),
        ("<!-- " + "a" * 9999 + "-->").encode("utf-16") + drawing(f"data:;base64,{BASE64}", "utf-16-le"),
        drawing("data:image/svg+xml;base64," + base64.b64encode(drawing(f"data:;base64,{BASE64}")).decode()),
        gzip.compress(drawing(f"data:image/jpeg;base64,{BASE64}")),
    ],
)
def test_a_picture_in_a_drawing_is_judged_like_any_other(place: Workplace, content: bytes) -> None:
    assert found(place, "a.svg", content) == ["a.svg!picture 1: S0 quasi-identity"]


@pytest.mark.parametrize(
    "content",
    [
        drawing("logo.png"),
        drawing("data:image/png;base64," + base64.b64encode(PNG).decode()),
        drawing("data:font/woff2;base64,d09GMgABAAAAA"),
        drawing("data:text/css,a"),
        b"<svg><metadata>data: 1, 2, 3</metadata><text>metadata:image/png;base64,</text></svg>",
        drawing("data:image/svg+xml,%3Csvg/%3E"),
    ],
    ids=["a link", "a clean picture", "a font", "a style", "words", "a drawing"],
)
def test_a_drawing_without_a_patient_is_no_finding(place: Workplace, content: bytes) -> None:
    assert found(place, "a.svg", content) == []


@pytest.mark.parametrize("before", [b"<!-- " + b"a" * 9999 + b"--><html>", b"<?php " + b"a" * 9999])
def test_a_picture_in_a_page_or_a_program_is_found_as_well(place: Workplace, before: bytes) -> None:
    page = before + drawing(f"data:;base64,{BASE64}")
    assert found(place, "a.svg", page) == ["a.svg!picture 1: S0 quasi-identity"]


def test_a_picture_in_a_drawing_that_cannot_be_read_is_a_finding(place: Workplace) -> None:
    assert found(place, "a.svg", drawing("data:image/png;base64,iVBO*")) == ["a.svg!picture 1: R0 identity"]


@pytest.mark.parametrize(
    ("content", "advice"),
    [
        (zipped(**{"a.jpg": JPEG}), "clean would remove it"),
        (b"#!/bin/sh\nexit\n" + zipped(**{"a.jpg": JPEG}), "Unpack the file, and clean what is in it."),
        (zipped(**{"a.zip": zipped(**{"a.jpg": JPEG})}), "Unpack the file, and clean what is in it."),
        (gzip.compress(JPEG), "Unpack the file, and clean what is in it."),
        (drawing(f"data:;base64,{BASE64}"), "Export the drawing as PNG, and clean that."),
        (zipped(**{"a.svg": drawing(f"data:;base64,{BASE64}")}), "Export the drawing as PNG, and clean that."),
    ],
    ids=["a ZIP", "a ZIP behind a script", "a ZIP in a ZIP", "gzip", "a drawing", "a drawing in a ZIP"],
)
def test_the_advice_is_one_that_works(place: Workplace, content: bytes, advice: str) -> None:
    """`clean` opens ZIP archives, and refuses what is compressed otherwise, and drawings."""
    place.write("held", content)
    ran = place.check("-f", "concise")
    assert ran.code == 1
    assert {line.split(": ", 3)[3] for line in ran.lines} == {advice}
    cleaned = place.run("clean", "held", "-o", place.out / "clean", "--text", "none", "--executor", "serial")
    assert (cleaned.code == 0) is advice.startswith("clean would")


OID = "oid sha256:" + "ab" * 32


@pytest.mark.parametrize(
    "pointer",
    [
        f"version https://git-lfs.github.com/spec/v1\n{OID}\nsize 9\n",
        f"version https://git-lfs.github.com/spec/v1\r\n{OID}\r\nsize 9\r\n",
        f"\ufeffversion https://git-lfs.github.com/spec/v1\n{OID}\nsize 9\n",
        f"version https://git-lfs.github.com/spec/v2\next-0-foo sha256:{'cd' * 32}\n{OID}\nsize 9\n",
        f"version https://hawser.github.com/spec/v1\n{OID}\nsize 9\n",
        f"version http://git-media.io/v/2\n{OID}\nsize 9\n",
        "# git-media\nabcdef\n",
        "/annex/objects/SHA256E-s9--abcdef.nii.gz\n",
        "../../.git/annex/objects/Xx/Yy/SHA256E-s9--abcdef.dcm/SHA256E-s9--abcdef.dcm",
    ],
)
def test_a_pointer_says_that_the_image_was_not_examined(place: Workplace, pointer: str) -> None:
    git(place.folder, "init", "-q", "-b", "main")
    assert found(place, "ct.dcm", pointer.encode()) == ["ct.dcm: R0 identity"]
    (place.folder / "ct.dcm").unlink()
    assert found(place, "a.zip", zipped(**{"ct.dcm": pointer.encode()})) == ["a.zip!ct.dcm: R0 identity"]


def test_words_about_pointers_are_none(place: Workplace) -> None:
    words = b"How to write version https://git-lfs.github.com/spec/v1 by hand\nand /annex/objects/ too\n"
    assert found(place, "howto.md", words) == []
