"""The sample that is a letter: a PDF as a word processor writes it, with who it is about in its text and metadata."""

from collections.abc import Sequence

from making.people import HEAD_CT
from making.sample import Sample

_WIDTH, _HEIGHT = 420, 250
"""Points: less than a page, as a page takes its time."""


def _lines() -> Sequence[tuple[int, int, str, bool]]:
    """Points from the left and the top, the text, and whether it identifies somebody."""
    visit = HEAD_CT
    born, day = (f"{date[6:]}.{date[4:6]}.{date[:4]}" for date in (visit.birth, visit.date))
    return (
        (30, 28, visit.institution, True),
        (30, 42, visit.address.split("\r")[0], True),
        (30, 66, f"Patient: {visit.given} {visit.family}, born {born}", True),
        (30, 80, f"Patient ID: {visit.patient_id}", True),
        (270, 80, f"Date: {day}", True),
        (30, 104, "CT of the head without contrast", False),
        (30, 120, "Findings: No intracranial hemorrhage. The ventricles are normal in size.", False),
        (30, 134, "No acute infarct. Mild mucosal thickening of the maxillary sinuses.", False),
        (30, 150, "Impression: No acute intracranial abnormality.", False),
        (30, 180, f"We told Mrs. {visit.family} about the result.", True),
        (30, 210, f"Dr. {visit.physician.replace('^', ' ').strip()}", True),
    )


def letter() -> Sample:
    """The report of the head CT."""
    lines = _lines()
    title, author = f"Letter about {HEAD_CT.shown}", HEAD_CT.operator.replace("^", " ")
    shown = "\n".join(f"BT /F 10 Tf {x} {_HEIGHT - y} Td ({text}) Tj ET" for x, y, text, _ in lines).encode()
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 %d %d] /Contents 4 0 R "
        b"/Resources << /Font << /F 5 0 R >> >> >>" % (_WIDTH, _HEIGHT),
        b"<< /Length %d >>\nstream\n%b\nendstream" % (len(shown), shown),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        f"<< /Title ({title}) /Author ({author}) >>".encode(),
    )
    data, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%b\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    data += b"xref\n0 7\n0000000000 65535 f \n" + table
    data += b"trailer << /Size 7 /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % data.index(b"xref\n0 7")
    burned, markers = (
        tuple(text for _, _, text, is_somebodys in lines if is_somebodys == one) for one in (True, False)
    )
    return Sample("letter.pdf", data, (title, author, HEAD_CT.family, HEAD_CT.patient_id), burned, markers)
